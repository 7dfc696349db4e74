//! What a command came to, and a ticket as an agent sees it.

use crate::env::Timestamp;
use crate::party::{Actor, AgentId};
use crate::ticket::{EventRecord, Lease, LockSlot, Message, Ticket, Warning};

/// What a command came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// The ticket as it stands after it.
    pub ticket: Ticket,
    /// What happened; empty if nothing changed, or if it was done before under the same key.
    pub events: Vec<EventRecord>,
    /// Messages that were added.
    pub messages: Vec<Message>,
    /// What the caller should know.
    pub warnings: Vec<Warning>,
    /// Whether this is the answer to an earlier call under the same idempotency key.
    pub replayed: bool,
    /// Whether it was only tried, not done.
    pub dry_run: bool,
}

/// A ticket with what is kept beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketView {
    /// The ticket.
    pub ticket: Ticket,
    /// Its lock.
    pub lock: LockSlot,
    /// Up to where the reader has read.
    pub mark: u32,
    /// Who reads.
    pub reader: Option<AgentId>,
}

impl TicketView {
    /// Whether the reader has something to read.
    pub fn is_unread(&self) -> bool {
        let reader = self.reader.clone().map(Actor::Agent);
        reader.is_some_and(|reader| self.ticket.is_unread(&reader, self.mark))
    }

    /// The lock that runs at `now`.
    pub fn locked(&self, now: Timestamp) -> Option<&Lease> {
        self.lock.running(now)
    }
}
