//! The outbox is told to the host's sink: claimed, told ticket by ticket, acknowledged. Driven by the host; how one
//! ticket's events are told stands in `relay_run`.

use std::collections::BTreeMap;

use super::relay_run::{Run, Told};
use super::together::{Part, together};
use super::{Error, Helpdesk};
use crate::party::TenantId;
use crate::relay::{EventSink, OutgoingEvent, RelayOptions};
use crate::store::{ClaimToken, Delivery, Shard};
use crate::ticket::TicketId;

/// Tickets whose events are told at once.
const AT_ONCE: usize = 32;

/// What a relay did.
#[derive(Debug, Default)]
pub struct RelayReport {
    /// Events that arrived.
    pub delivered: usize,
    /// Events that did not arrive and are tried again later.
    pub retried: usize,
    /// Events that became dead letters.
    pub dead: usize,
    /// Events that were given back untold: they stand behind one of their ticket that is tried again, or the lease was
    /// nearly over.
    pub held_back: usize,
    /// Events whose lease ran out before it was noted what came of them: they may be told again.
    pub late: usize,
    /// Tickets of which the store failed to note what came of an event, and how. Those events are told again.
    pub failed: Vec<(TenantId, TicketId, Error)>,
    /// Whether more may wait than the limit, or the lease, let it take.
    pub more: bool,
}

impl Helpdesk {
    /// Tells at most `limit` events of all tenants to `sink`.
    ///
    /// At least once each, the events of a ticket in the order of its history; different tickets are told at the same time.
    /// An event that fails is tried again after a wait ([`crate::relay::backoff`]), and the later ones of its ticket wait
    /// for it; what cannot be told becomes a dead letter, and they go on. Any number of processes may relay at once. Only
    /// tenants whose settings say `outbox` have events to be told.
    ///
    /// Dropping it loses nothing: what was not noted yet is told again when the lease has run out.
    ///
    /// # Errors
    /// If the outbox cannot be read; a ticket that the store fails on stands in the report.
    pub async fn relay(&self, sink: &dyn EventSink, limit: usize) -> Result<RelayReport, Error> {
        self.relay_with(sink, &RelayOptions { limit, ..RelayOptions::default() }).await
    }

    /// Tells at most `limit` events of a share of the tenants.
    ///
    /// # Errors
    /// As [`Helpdesk::relay`].
    pub async fn relay_shard(&self, shard: Shard, sink: &dyn EventSink, limit: usize) -> Result<RelayReport, Error> {
        self.relay_with(sink, &RelayOptions { shard, limit, ..RelayOptions::default() }).await
    }

    /// Tells events as the options say.
    ///
    /// # Errors
    /// As [`Helpdesk::relay`].
    pub async fn relay_with(&self, sink: &dyn EventSink, options: &RelayOptions) -> Result<RelayReport, Error> {
        let now = self.now();
        let token = ClaimToken(self.fresh_id(now));
        let until = now + RelayOptions::LEASE.as_delta();
        let claimed = self.inner.store.claim(options.shard, token, now, until, options.limit).await?;
        let mut report =
            RelayReport { more: !claimed.is_empty() && claimed.len() == options.limit, ..Default::default() };
        let run = Run { desk: self, sink, options, token, until };
        let tickets = by_ticket(claimed);
        for wave in tickets.chunks(AT_ONCE) {
            let parts = wave.iter().map(|deliveries| -> Part<'_, _> { Box::pin(run.ticket(deliveries)) });
            for (deliveries, told) in wave.iter().zip(together(parts.collect()).await) {
                report.add(told, deliveries);
            }
        }
        Ok(report)
    }

    /// What a relay of at most `limit` events would tell now, oldest first. Nothing is told, taken out or held.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn waiting(&self, limit: usize) -> Result<Vec<OutgoingEvent>, Error> {
        let now = self.now();
        let token = ClaimToken(self.fresh_id(now));
        let mut events = Vec::new();
        // A claim that ends with the instant of its beginning holds nothing.
        for delivery in self.inner.store.claim(Shard::ALL, token, now, now, limit).await? {
            let tried = self.tried(&delivery).await?;
            let attempt = tried.attempt();
            events.push(OutgoingEvent::new(delivery.tenant, delivery.ticket, delivery.event, attempt));
        }
        Ok(events)
    }
}

impl RelayReport {
    fn add(&mut self, told: Told, deliveries: &[Delivery]) {
        self.delivered += told.delivered;
        self.retried += told.retried;
        self.dead += told.dead;
        self.held_back += told.held_back;
        self.late += told.late;
        self.more |= told.out_of_time;
        if let (Some(error), Some(first)) = (told.failed, deliveries.first()) {
            self.failed.push((first.tenant.clone(), first.ticket, error));
        }
    }
}

/// Deliveries by ticket, each ticket's in order, the tickets in the order of their first.
fn by_ticket(claimed: Vec<Delivery>) -> Vec<Vec<Delivery>> {
    let mut places: BTreeMap<(TenantId, TicketId), usize> = BTreeMap::new();
    let mut tickets: Vec<Vec<Delivery>> = Vec::new();
    for delivery in claimed {
        let place = *places.entry((delivery.tenant.clone(), delivery.ticket)).or_insert(tickets.len());
        match tickets.get_mut(place) {
            Some(ticket) => ticket.push(delivery),
            None => tickets.push(vec![delivery]),
        }
    }
    tickets
}
