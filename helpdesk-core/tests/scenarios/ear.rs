//! What tests of the outbox are given: a desk whose tenants tell their events, and a sink that hears, and answers as told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use helpdesk_core::desk::{AdminDesk, AgentDesk, OpenTicket};
use helpdesk_core::env::ManualClock;
use helpdesk_core::relay::{Answer, EventSink, OutgoingEvent, RelayOptions};
use helpdesk_core::store::Store;
use helpdesk_core::ticket::{EventId, TicketId};
use helpdesk_core::{Helpdesk, Settings};

use super::commands;

pub(crate) struct Given {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) desk: Helpdesk,
    pub(crate) clock: Arc<ManualClock>,
    _guard: super::Guard,
}

/// A ticket of a tenant.
pub(crate) type Place = (String, TicketId);

impl Given {
    pub(crate) async fn new() -> Self {
        let (store, guard) = super::store().await;
        let clock = Arc::new(ManualClock::at(commands::start()));
        let desk = Helpdesk::over(Arc::clone(&store)).clock(clock.clone()).build();
        for tenant in ["acme", "other"] {
            let settings = Settings { outbox: true, ..Settings::default() };
            desk.tenant(tenant).unwrap().admin("root").unwrap().init(&settings).await.unwrap();
        }
        Self { store, desk, clock, _guard: guard }
    }

    pub(crate) fn anna(&self, tenant: &str) -> AgentDesk<'static> {
        self.desk.tenant(tenant).unwrap().agent("anna").unwrap()
    }

    pub(crate) fn admin(&self) -> AdminDesk<'static> {
        self.desk.tenant("acme").unwrap().admin("root").unwrap()
    }

    /// A ticket with so many events and its opening.
    pub(crate) async fn ticket(&self, tenant: &str, events: usize) -> TicketId {
        let anna = self.anna(tenant);
        let id = anna.open(OpenTicket::new("Printer jams")).await.unwrap().ticket.id;
        for n in 0..events {
            anna.tag(id, &[&format!("tag-{n}")], &[]).await.unwrap();
        }
        id
    }

    /// The ids of all events of a ticket, as its history has them.
    pub(crate) async fn ids(&self, tenant: &str, ticket: TicketId) -> Vec<EventId> {
        let history = self.anna(tenant).history(ticket).await.unwrap();
        history.into_iter().map(|entry| entry.record.id).collect()
    }

    pub(crate) fn later(&self, by: TimeDelta) {
        self.clock.advance(by);
    }

    /// Whatever anybody held is free again.
    pub(crate) fn lease_runs_out(&self) {
        self.later(RelayOptions::LEASE.as_delta());
    }

    /// Nothing waits, also not for a later try.
    pub(crate) async fn nothing_waits(&self) {
        self.later(TimeDelta::days(2));
        let waiting = self.desk.waiting(1000).await.unwrap();
        assert!(waiting.is_empty(), "{waiting:?}");
    }
}

type Script = Box<dyn Fn(&OutgoingEvent) -> Answer + Send + Sync>;

/// Hears everything, and answers as the script says.
pub(crate) struct Ear {
    script: Script,
    heard: Mutex<Vec<OutgoingEvent>>,
}

impl Ear {
    pub(crate) fn new(script: impl Fn(&OutgoingEvent) -> Answer + Send + Sync + 'static) -> Self {
        Self { script: Box::new(script), heard: Mutex::new(Vec::new()) }
    }

    pub(crate) fn open() -> Self {
        Self::new(|_| Answer::Delivered)
    }

    /// What it has heard since it was asked last.
    pub(crate) fn heard(&self) -> Vec<OutgoingEvent> {
        std::mem::take(&mut self.heard.lock().unwrap())
    }

    /// The ids it has heard since it was asked last, by ticket, in order.
    pub(crate) fn by_ticket(&self) -> BTreeMap<Place, Vec<EventId>> {
        let mut tickets: BTreeMap<Place, Vec<EventId>> = BTreeMap::new();
        for event in self.heard() {
            tickets.entry((event.tenant.to_string(), event.ticket)).or_default().push(event.id());
        }
        tickets
    }
}

#[async_trait::async_trait]
impl EventSink for Ear {
    async fn tell(&self, event: &OutgoingEvent) -> Answer {
        self.heard.lock().unwrap().push(event.clone());
        tokio::task::yield_now().await;
        (self.script)(event)
    }
}
