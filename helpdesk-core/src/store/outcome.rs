//! What a commit comes to. All of these are expected; a fault is a `StoreError`.

use crate::store::{RecordKey, Replay};
use crate::ticket::{ExternalRef, LockSlot, TicketId, TicketNumber, Version};

/// What a commit came to. Only [`CommitOutcome::Applied`] changed anything.
#[derive(Debug, Clone, PartialEq)]
pub enum CommitOutcome {
    /// It is done, and durable as the backend promises.
    Applied(Applied),
    /// The key was used for the same request before; this is what it gave.
    Replayed(Replay),
    /// Something was not as expected.
    Conflict(Conflict),
    /// A lock was not as seen.
    LockMoved {
        /// Whose.
        ticket: TicketId,
        /// As it is.
        slot: LockSlot,
    },
    /// The key was used for another request before.
    KeyReused,
    /// Another ticket has this reference already.
    ExternalTaken {
        /// The reference.
        external: ExternalRef,
        /// Whose it is.
        ticket: TicketId,
    },
    /// Another ticket has the given number already.
    NumberTaken {
        /// The number.
        number: TicketNumber,
    },
}

/// What was applied.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Applied {
    /// The number of each ticket, in the commit's order: drawn, given, or the one that it has had.
    pub numbers: Vec<TicketNumber>,
    /// The place in the history of each ticket's first event, in the commit's order; for a write without events it says
    /// nothing.
    pub first_seq: Vec<u64>,
}

/// What was not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conflict {
    /// A ticket.
    Ticket {
        /// Which.
        ticket: TicketId,
        /// The version expected; [`Version::NONE`] if it must not be there.
        expected: Version,
        /// The version found; [`Version::NONE`] if it is not there.
        found: Version,
    },
    /// A record.
    Record {
        /// Which.
        key: RecordKey,
        /// The version found; [`Version::NONE`] if it is not there.
        found: Version,
    },
}
