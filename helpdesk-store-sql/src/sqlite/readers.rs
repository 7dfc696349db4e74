//! The connections that read: one is held for one unit of work. One of the store's own that was not given back in good order,
//! because its future was dropped or a statement failed, takes its connection with it; the next one opens afresh.
//! So no transaction can stay open, and the number of checkouts never shrinks.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::Connection;
use sqlx::sqlite::SqliteConnection;
use tokio::sync::{MappedMutexGuard, OwnedSemaphorePermit, Semaphore};

use super::SqliteOptions;
use super::open;
use crate::fault::Fault;

/// The readers of a store.
pub(super) struct Readers {
    options: SqliteOptions,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<SqliteConnection>>>,
}

/// A connection held for a unit of work.
pub(super) enum Reader<'r> {
    Own(Checkout),
    /// The host's, whose transaction is one view.
    Joined(MappedMutexGuard<'r, SqliteConnection>),
}

/// One of the store's own.
pub(super) struct Checkout {
    connection: SqliteConnection,
    idle: Arc<Mutex<Vec<SqliteConnection>>>,
    _permit: OwnedSemaphorePermit,
}

impl Readers {
    pub(super) fn new(options: SqliteOptions) -> Self {
        let permits = Arc::new(Semaphore::new(options.reader_count()));
        Self { options, permits, idle: Arc::default() }
    }

    /// Waits for its turn and takes a connection.
    pub(super) async fn checkout(&self) -> Result<Checkout, Fault> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Fault::Closed)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open::reader(&self.options).await?,
        };
        Ok(Checkout { connection, idle: Arc::clone(&self.idle), _permit: permit })
    }

    /// Lets nobody in any more and closes what is idle.
    pub(super) async fn close(&self) {
        self.permits.close();
        let idle = std::mem::take(&mut *self.idle.lock().unwrap_or_else(PoisonError::into_inner));
        for connection in idle {
            // It has written nothing; whatever closing says, nothing is lost.
            let _ = connection.close().await;
        }
    }
}

impl Reader<'_> {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        match self {
            Self::Own(own) => &mut own.connection,
            Self::Joined(connection) => connection,
        }
    }

    /// Whether all that is read on it is of one view anyway, so that no transaction is begun for that.
    pub(super) fn is_one_view(&self) -> bool {
        matches!(self, Self::Joined(_))
    }

    /// Gives the connection back; no transaction of ours may be open on it.
    pub(super) fn give_back(self) {
        if let Self::Own(Checkout { connection, idle, _permit }) = self {
            idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        }
    }
}
