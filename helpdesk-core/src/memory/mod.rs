//! The memory store: the reference that says what every other backend must do, as plainly as it can be said. Also
//! what hosts use in their own tests. It lists by looking at every ticket, so it is not meant for many of them.
//!
//! The files have the names of the files in [`crate::store`]; each has what that trait asks for.

mod commit;
mod load;
mod locks;
mod maintenance;
mod marks;
mod outbox;
mod records;
mod tickets;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use crate::env::Timestamp;
use crate::party::{AgentId, TenantId};
use crate::query::Seen;
use crate::store::{FaultKind, HistoryEntry, RecordKey, Replay, StoreError};
use crate::ticket::{ExternalRef, LockSlot, Message, NumberKey, Ticket, TicketId, Version};

/// A store in memory. What it holds is gone with it.
///
/// ```
/// use helpdesk_core::MemoryStore;
/// use helpdesk_core::store::Maintenance;
/// assert_eq!(MemoryStore::new().name(), "memory");
/// ```
#[derive(Debug, Default)]
pub struct MemoryStore {
    state: Mutex<State>,
}

/// Everything, behind one lock: so each act is atomic, and each answer of one moment.
#[derive(Debug, Default)]
struct State {
    closed: bool,
    desks: BTreeMap<TenantId, Desk>,
    outbox: outbox::Rows,
}

/// What one tenant has.
#[derive(Debug, Default)]
struct Desk {
    tickets: BTreeMap<TicketId, File>,
    numbers: BTreeMap<NumberKey, TicketId>,
    drawn: BTreeMap<String, u64>,
    external: BTreeMap<ExternalRef, TicketId>,
    records: BTreeMap<RecordKey, (Version, Value)>,
    keys: BTreeMap<(String, String), UsedKey>,
}

/// What one ticket has.
#[derive(Debug)]
struct File {
    ticket: Ticket,
    lock: LockSlot,
    messages: BTreeMap<u32, Message>,
    history: Vec<HistoryEntry>,
    marks: BTreeMap<AgentId, u32>,
}

/// What an idempotency key gave, and when.
#[derive(Debug)]
struct UsedKey {
    at: Timestamp,
    replay: Replay,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// The state, unless the store was closed.
    fn open(&self, operation: &'static str) -> Result<MutexGuard<'_, State>, StoreError> {
        // A panic while the lock was held is a bug of this store; the data behind it is still the best there is.
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.closed {
            return Err(StoreError::new(FaultKind::Unavailable, operation).because("the store was closed"));
        }
        Ok(state)
    }

    /// Reads from a tenant's desk; one without anything stored is empty.
    fn read<T>(
        &self,
        operation: &'static str,
        tenant: &TenantId,
        read: impl FnOnce(&Desk) -> T,
    ) -> Result<T, StoreError> {
        let state = self.open(operation)?;
        Ok(match state.desks.get(tenant) {
            Some(desk) => read(desk),
            None => read(&Desk::default()),
        })
    }
}

impl File {
    fn new(ticket: Ticket) -> Self {
        let (lock, messages, history, marks) = Default::default();
        Self { ticket, lock, messages, history, marks }
    }

    /// How far an agent has read.
    fn mark(&self, agent: Option<&AgentId>) -> u32 {
        agent.and_then(|agent| self.marks.get(agent)).copied().unwrap_or_default()
    }

    /// The ticket as queries see it.
    fn seen_by(&self, reader: Option<&AgentId>) -> Seen<'_> {
        Seen { ticket: &self.ticket, lock: &self.lock, mark: self.mark(reader) }
    }
}
