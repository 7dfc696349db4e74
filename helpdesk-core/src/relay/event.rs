//! An event as it goes out. It refers to texts and people by id, it has neither.

use crate::party::TenantId;
use crate::ticket::{Event, EventId, EventRecord, TicketId};

/// An event that a sink is told: what happened, to which ticket, and how often that was tried.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use helpdesk_core::desk::OpenTicket;
/// use helpdesk_core::{Helpdesk, MemoryStore, Settings};
///
/// let desk = Helpdesk::builder(MemoryStore::new()).build();
/// let acme = desk.tenant("acme")?;
/// acme.admin("root")?.init(&Settings { outbox: true, ..Settings::default() }).await?;
/// acme.agent("anna")?.open(OpenTicket::new("Printer jams")).await?;
/// let waiting = desk.waiting(10).await?;
/// assert_eq!((waiting[0].record.event.name(), waiting[0].record.seq, waiting[0].attempt), ("opened", 1, 1));
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct OutgoingEvent {
    /// Whose.
    pub tenant: TenantId,
    /// Of which ticket.
    pub ticket: TicketId,
    /// What happened, when, by whom, at which place in the history; its id is the same on every try.
    pub record: EventRecord,
    /// The how-many-th try it is, from 1.
    pub attempt: u32,
}

impl OutgoingEvent {
    /// The event as it may leave: an agent's own words in it stay behind.
    pub(crate) fn new(tenant: TenantId, ticket: TicketId, mut record: EventRecord, attempt: u32) -> Self {
        if let Event::LockStolen { reason, .. } = &mut record.event {
            reason.clear();
        }
        Self { tenant, ticket, record, attempt }
    }

    /// What a receiver tells a redelivery by.
    pub fn id(&self) -> EventId {
        self.record.id
    }
}
