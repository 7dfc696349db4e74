//! Looking after a store: what it can do, its schema, its health.

use std::any::Any;

use async_trait::async_trait;
use serde::Serialize;

use super::{Damage, StoreError};
use crate::party::TenantId;

/// What a backend promises beyond the contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent yes-or-no promises")]
pub struct Capabilities {
    /// What is acknowledged survives the end of the process.
    pub persistent: bool,
    /// What is acknowledged survives a power cut.
    pub durable: bool,
    /// Several processes may open it at once.
    pub shared: bool,
    /// Drawn numbers have no gaps.
    pub gapless_numbers: bool,
}

/// The version of the stored form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SchemaState {
    /// What stands in the store; 0 if it is empty.
    pub found: u32,
    /// What this code writes.
    pub supported: u32,
}

/// Something wrong that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Where: a table, a file, a ticket.
    pub place: String,
    /// What.
    pub damage: Damage,
}

/// Looking after a store.
#[async_trait]
pub trait Maintenance: Send + Sync {
    /// The backend's name, as in its URL.
    fn name(&self) -> &'static str;

    /// Something of its own by which the crate of a backend finds its store again behind a desk, to join a transaction
    /// of the host from there; `None` if it has no use for that.
    fn as_any(&self) -> Option<&dyn Any>;

    /// What it promises.
    fn capabilities(&self) -> Capabilities;

    /// The version of its stored form.
    async fn schema(&self) -> Result<SchemaState, StoreError>;

    /// Brings the stored form to the version of this code. Safe to call from many processes at once, and again
    /// after it was interrupted. `SchemaTooNew` if it is newer; then nothing is touched.
    async fn migrate(&self) -> Result<SchemaState, StoreError>;

    /// Looks for damage that the engine and the backend's own structures show: broken pages, index entries that do
    /// not belong to their ticket. What histories say is checked above the port, alike for all backends.
    async fn check(&self) -> Result<Vec<Finding>, StoreError>;

    /// The tenants that have a ticket or a record, rising; whether those that had one once are told too is open.
    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError>;

    /// Ends background work after what was begun, and lets go of files and connections; later calls are `Unavailable`.
    /// Calling it twice is fine.
    async fn close(&self) -> Result<(), StoreError>;
}
