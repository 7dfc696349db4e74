//! What a decision needs, fetched in one round trip.

use crate::party::AgentId;
use crate::store::{IdempotencyKey, Record, RecordKey};
use crate::ticket::{ExternalRef, LockSlot, NumberKey, Ticket, TicketId, Version};

/// How a ticket is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketKey {
    /// By its id.
    Id(TicketId),
    /// By its number.
    Number(NumberKey),
    /// By a reference outside.
    External(ExternalRef),
}

/// What is wanted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wants {
    /// A ticket with its lock.
    pub ticket: Option<TicketKey>,
    /// Records, whole.
    pub records: Vec<RecordKey>,
    /// Records, their versions only.
    pub versions: Vec<RecordKey>,
    /// What an idempotency key gave before.
    pub replay: Option<IdempotencyKey>,
    /// How far this agent has read the ticket.
    pub mark: Option<AgentId>,
}

/// What was found, in the order of what was wanted.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Loaded {
    /// The ticket, tombstones included; `None` if it is not there.
    pub ticket: Option<Ticket>,
    /// Its lock; the default if it was never locked.
    pub lock: LockSlot,
    /// The records; `None` for one that is not there.
    pub records: Vec<Option<Record>>,
    /// The versions; [`Version::NONE`] for one that is not there.
    pub versions: Vec<Version>,
    /// What the key gave before.
    pub replay: Option<Replay>,
    /// How far the agent has read; 0 if nowhere.
    pub mark: u32,
}

/// What an idempotency key gave: never text, only where to find it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The digest of the request it was used for.
    pub fingerprint: String,
    /// The first ticket that was written; `None` if the act wrote records alone.
    pub ticket: Option<TicketId>,
    /// Its version then; [`Version::NONE`] without a ticket.
    pub version: Version,
}
