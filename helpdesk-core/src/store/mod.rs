//! The storage port: what a backend must do, method by method. A backend applies what the core decided; it knows
//! no rule of the desk. Everything expected is a value; [`StoreError`] is for faults.

mod commit;
mod damage;
mod error;
mod load;
mod locks;
mod maintenance;
mod marks;
mod outbox;
mod outcome;
mod records;
mod shard;
mod standing;
mod tickets;

pub use commit::{Commit, Fence, Guard, IdempotencyKey, Messages, NumberSource, TicketWrite};
pub use damage::Damage;
pub use error::{FaultKind, Retry, StoreError};
pub use load::{Loaded, Replay, TicketKey, Wants};
pub use locks::{LockAudit, LockStore};
pub use maintenance::{Capabilities, Finding, Maintenance, SchemaState};
pub use marks::ReadMarks;
pub use outbox::{ClaimToken, Delivery, Outbox};
pub use outcome::{Applied, CommitOutcome, Conflict};
pub use records::{Expected, Record, RecordKey, RecordKind, RecordStore, RecordWrite};
pub use shard::Shard;
pub use standing::Standing;
pub use tickets::{DueTimer, HistoryEntry, TicketPage, TicketRow, TicketStore};

/// A whole backend.
pub trait Store: TicketStore + LockStore + RecordStore + ReadMarks + Outbox + Maintenance {}

impl<T: TicketStore + LockStore + RecordStore + ReadMarks + Outbox + Maintenance> Store for T {}
