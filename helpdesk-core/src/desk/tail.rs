//! The events of a tenant as they happen, read out of the histories: for looking on. Nothing is claimed or taken out; what
//! must arrive goes through the relay.

use std::collections::HashMap;

use super::context::Context;
use super::{AgentDesk, Error, ListRequest};
use crate::access::Action;
use crate::env::Timestamp;
use crate::query::{PageSize, Sort, TicketFilter, TimeRange};
use crate::sla::Seconds;
use crate::ticket::{EventRecord, Ticket, TicketId, TicketNumber, Version};

/// An event with the ticket that it happened to.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketEvent {
    /// The ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// What happened.
    pub record: EventRecord,
}

/// Follows the events of a tenant: each is given once, those of a ticket in the order of its history.
///
/// It looks at the tickets that changed last, and remembers of each how far it has told. It looks back
/// [`EventTail::OVERLAP`] every time, so that an event is found also if its commit became visible later than that of a
/// younger one, or was written by a process whose clock is behind: by so much at most. Two things it does not find: tickets
/// that were deleted are not told of any more, and what leaves a ticket as it is (a lock that was stolen) is told with the
/// ticket's next change.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use helpdesk_core::desk::OpenTicket;
/// use helpdesk_core::{Helpdesk, MemoryStore};
///
/// let desk = Helpdesk::builder(MemoryStore::new()).build();
/// let anna = desk.tenant("acme")?.agent("anna")?;
/// let ticket = anna.open(OpenTicket::new("Printer jams")).await?.ticket.id;
/// let mut tail = anna.tail();
/// assert_eq!(tail.newest(10).await?.len(), 1);
/// anna.claim(ticket).await?;
/// let names: Vec<_> = tail.next().await?.iter().map(|event| event.record.event.name().to_owned()).collect();
/// assert_eq!(names, ["assigned", "status_changed"]);
/// assert!(tail.next().await?.is_empty());
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct EventTail<'s> {
    agent: AgentDesk<'s>,
    /// What was looked at; nothing before the first call. Put there when a call is through, so that one that failed or was
    /// dropped is made again.
    reached: Option<Reached>,
}

/// How far everything is told.
#[derive(Debug, Clone, Default)]
struct Reached {
    /// The latest change that was seen; never after the desk's own clock, so that one that is ahead hides nothing.
    seen: Option<Timestamp>,
    /// How far each ticket is told that changed since the overlap began.
    told: HashMap<TicketId, Told>,
}

/// How far a ticket is told.
#[derive(Debug, Clone, Copy)]
struct Told {
    /// The ticket's version then.
    version: Version,
    /// The last place in its history.
    seq: u64,
    /// Its last change.
    at: Timestamp,
}

/// An event, and when it counts as having happened: never before an earlier one of its ticket.
struct Found {
    at: Timestamp,
    event: TicketEvent,
}

/// Events of a history that are read at once.
const HISTORY_PAGE: usize = 500;

impl<'s> AgentDesk<'s> {
    /// Follows the events of the tickets that the agent sees, from the first call on: [`EventTail::newest`] begins with
    /// what there is, [`EventTail::next`] with what comes.
    pub fn tail(&self) -> EventTail<'s> {
        EventTail { agent: self.clone(), reached: None }
    }
}

impl EventTail<'_> {
    /// How far it looks back behind the latest change that it has seen.
    pub const OVERLAP: Seconds = Seconds::minutes(5);

    /// Begins, or begins anew: the newest events, at most `limit`, the oldest of them first. What is older is never told.
    ///
    /// # Errors
    /// If the agent may not read tickets, or the store fails.
    pub async fn newest(&mut self, limit: usize) -> Result<Vec<TicketEvent>, Error> {
        let context = self.agent.desk.bare_context(&self.agent.tenant, &self.agent.who).await?;
        let now = self.agent.desk.now();
        let mut reached = Reached::default();
        let mut newest: Vec<Found> = Vec::new();
        let mut request = changed(None);
        'pages: loop {
            let page = self.agent.list(&request).await?;
            for row in page.rows {
                reached.saw(&row.ticket, now);
                let in_overlap = reached.overlap().is_none_or(|begins| row.ticket.updated_at >= begins);
                // No change of a ticket is younger than its last one.
                let is_older = |found: &Found| found.at > row.ticket.updated_at;
                if !in_overlap && newest.len() >= limit && newest.first().is_none_or(is_older) {
                    break 'pages;
                }
                // Each version has one event or more, so that the last ones stand behind this place.
                let after = row.ticket.version.0.saturating_sub(limit as u64);
                newest.extend(self.look(&row.ticket, after, &context, &mut reached).await?);
                newest.sort_by_key(Found::place);
                newest.drain(..newest.len().saturating_sub(limit));
            }
            match page.next {
                Some(next) => request.after = Some(next),
                None => break,
            }
        }
        self.reached = Some(reached.short());
        Ok(newest.into_iter().map(|found| found.event).collect())
    }

    /// What happened since the last call, the oldest first; the first call of all begins here and gives nothing.
    ///
    /// # Errors
    /// As [`EventTail::newest`]; the call after it begins where this one did.
    pub async fn next(&mut self) -> Result<Vec<TicketEvent>, Error> {
        let Some(mut reached) = self.reached.clone() else { return self.newest(0).await };
        let context = self.agent.desk.bare_context(&self.agent.tenant, &self.agent.who).await?;
        let (now, begins) = (self.agent.desk.now(), reached.overlap());
        let mut request = changed(begins);
        let mut events = Vec::new();
        loop {
            let page = self.agent.list(&request).await?;
            for row in page.rows {
                reached.saw(&row.ticket, now);
                let known = reached.told.get(&row.ticket.id).copied();
                if known.is_some_and(|known| known.version == row.ticket.version) {
                    continue;
                }
                let after = known.map_or(0, |known| known.seq);
                let found = self.look(&row.ticket, after, &context, &mut reached).await?;
                // Of a ticket that had not changed for long, what is older than the overlap was told, or is too old.
                let is_new = |found: &Found| known.is_some() || begins.is_none_or(|begins| found.at >= begins);
                events.extend(found.into_iter().filter(is_new));
            }
            match page.next {
                Some(next) => request.after = Some(next),
                None => break,
            }
        }
        self.reached = Some(reached.short());
        events.sort_by_key(Found::place);
        Ok(events.into_iter().map(|found| found.event).collect())
    }

    /// A ticket's events behind a place in its history, which are told then.
    async fn look(
        &self,
        ticket: &Ticket,
        after: u64,
        context: &Context,
        reached: &mut Reached,
    ) -> Result<Vec<Found>, Error> {
        let AgentDesk { desk, tenant, .. } = &self.agent;
        let mut found: Vec<Found> = Vec::new();
        let (mut seq, mut at) = (after, Timestamp::MIN_UTC);
        let mut more = desk.authorise(context, Action::TicketRead, Some(ticket)).is_ok();
        while more {
            let page = desk.inner.store.history(tenant, ticket.id, seq, HISTORY_PAGE).await?;
            more = page.len() == HISTORY_PAGE;
            for entry in page {
                seq = entry.record.seq;
                at = at.max(entry.record.at);
                let (id, number) = (ticket.id, ticket.number.clone());
                found.push(Found { at, event: TicketEvent { ticket: id, number, record: entry.record } });
            }
        }
        reached.told.insert(ticket.id, Told { version: ticket.version, seq, at: at.max(ticket.updated_at) });
        Ok(found)
    }
}

impl Reached {
    fn saw(&mut self, ticket: &Ticket, now: Timestamp) {
        self.seen = self.seen.max(Some(ticket.updated_at.min(now)));
    }

    /// Since when changes are looked at.
    fn overlap(&self) -> Option<Timestamp> {
        self.seen.and_then(|seen| seen.checked_sub_signed(EventTail::OVERLAP.as_delta()))
    }

    /// The same without the tickets that changed before the overlap: they are not looked at again unless they change.
    fn short(mut self) -> Self {
        if let Some(begins) = self.overlap() {
            self.told.retain(|_, told| told.at >= begins);
        }
        self
    }
}

impl Found {
    fn place(&self) -> (Timestamp, TicketId, u64) {
        (self.at, self.event.ticket, self.event.record.seq)
    }
}

/// The tickets that changed, the latest first.
fn changed(since: Option<Timestamp>) -> ListRequest {
    let updated = TimeRange { from: since, to: None };
    let filter = TicketFilter { updated, ..TicketFilter::default() };
    ListRequest { sort: Sort::Updated, size: PageSize::default(), ..ListRequest::of(filter) }
}
