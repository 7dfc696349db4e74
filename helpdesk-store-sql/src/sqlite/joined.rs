//! The host's transaction as a store works on it: each act in a savepoint, reads as they are, since the transaction is one
//! view already. It is begun, committed and rolled back elsewhere.

use std::sync::Arc;

use helpdesk_core::store::SchemaState;
use sqlx::sqlite::{SqliteConnection, SqliteTransactionManager};
use sqlx_core::transaction::TransactionManager;

use super::held::Hold;
use super::memory::Memory;
use super::open;
use super::shared::Shared;
use super::tables::{self, Found};
use super::turn::Turn;
use super::writer::Act;
use crate::fault::Fault;

/// The connection of a transaction that the host has open.
pub(super) struct Joined<'t> {
    connection: &'t mut SqliteConnection,
    shared: Arc<Shared>,
    memory: Memory,
    /// What was found at the first look.
    base: Option<Base>,
    /// Whether the tables are of this version.
    ready: bool,
    /// The hold on the file, once something was written.
    hold: Option<Hold>,
}

/// What a transaction stands on.
#[derive(Debug, Clone, Copy)]
struct Base {
    /// How many transactions and savepoints the host has open in one another.
    depth: usize,
    /// Whether it is on the file of the store that it was joined from.
    shared: bool,
}

impl<'t> Joined<'t> {
    pub(super) fn new(connection: &'t mut SqliteConnection, shared: Arc<Shared>) -> Self {
        Self { connection, shared, memory: Memory::default(), base: None, ready: false, hold: None }
    }

    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        self.connection
    }

    /// Makes sure, once, that the tables are of this version.
    pub(super) async fn ready(&mut self) -> Result<(), Fault> {
        if !self.ready {
            self.found().await?.status.usable()?;
            self.base().await?;
            self.ready = true;
        }
        Ok(())
    }

    pub(super) async fn found(&mut self) -> Result<Found, Fault> {
        tables::found(self.connection).await
    }

    async fn base(&mut self) -> Result<Base, Fault> {
        if let Some(base) = self.base {
            return Ok(base);
        }
        let file = open::file(self.connection).await?;
        let shared = !file.is_empty() && file == self.shared.file;
        // Only after an answer has the driver ended what the host dropped before.
        let depth = SqliteTransactionManager::get_transaction_depth(self.connection);
        Ok(*self.base.insert(Base { depth, shared }))
    }

    /// Holds the file from now on, before it is known whether something will be written: a call may be dropped after it did.
    /// Says whether it was not held before.
    fn hold(&mut self, base: Base) -> bool {
        let first = base.shared && self.hold.is_none();
        if first {
            self.hold = Some(self.shared.held.hold());
        }
        first
    }

    /// Does an act in a savepoint.
    pub(super) async fn act<A: Act>(&mut self, act: &A) -> Result<A::Answer, Fault> {
        self.ready().await?;
        let base = self.base().await?;
        let first = self.hold(base);
        let savepoint = Savepoint::begin(self.connection, base.depth).await?;
        let mut turn = Turn::joined(savepoint.connection, &mut self.memory);
        let answer = act.apply(&mut turn).await;
        if first && answer.is_ok() && !turn.has_written() {
            self.hold = None;
        }
        savepoint.end(answer.is_ok(), answer).await
    }

    /// Brings the tables to this version, in a savepoint. The file's header stays the host's.
    pub(super) async fn migrate(&mut self) -> Result<SchemaState, Fault> {
        let base = self.base().await?;
        self.hold(base);
        let savepoint = Savepoint::begin(self.connection, base.depth).await?;
        let state = tables::steps(savepoint.connection, false).await;
        savepoint.end(state.is_ok(), state).await
    }
}

/// A savepoint within the host's transaction; dropped before its end it is taken back ahead of whatever is said on the
/// connection next. It is the driver's own nested transaction, without its guard: that one counts as open before it is
/// begun, and would take back the host's transaction if it were dropped until then.
struct Savepoint<'c> {
    connection: &'c mut SqliteConnection,
    open: bool,
}

impl<'c> Savepoint<'c> {
    async fn begin(connection: &'c mut SqliteConnection, depth: usize) -> Result<Self, Fault> {
        // Dropped before its answer came, the driver takes it back by itself.
        SqliteTransactionManager::begin(connection, None).await?;
        let savepoint = Self { connection, open: true };
        if SqliteTransactionManager::get_transaction_depth(savepoint.connection) != depth + 1 {
            // One before it could not be taken back, since the engine had ended all of the transaction.
            return Err(Fault::Gone);
        }
        Ok(savepoint)
    }

    /// Keeps or takes back what was done, and hands on what came of it.
    async fn end<T>(mut self, keep: bool, done: Result<T, Fault>) -> Result<T, Fault> {
        if keep {
            SqliteTransactionManager::commit(self.connection).await?;
            self.open = false;
        } else {
            // The fault says more than what may go wrong while it is taken back; that shows when the next one begins.
            self.open = SqliteTransactionManager::rollback(self.connection).await.is_err();
        }
        done.map_err(|fault| if fault.is_outdated() { Fault::Stale } else { fault })
    }
}

impl Drop for Savepoint<'_> {
    fn drop(&mut self) {
        if self.open {
            SqliteTransactionManager::start_rollback(self.connection);
        }
    }
}
