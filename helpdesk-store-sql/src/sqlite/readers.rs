//! The connections that read: one is held for one unit of work. A checkout that was not given back in good order,
//! because its future was dropped or a statement failed, takes its connection with it; the next one opens afresh.
//! So no transaction can stay open, and the number of checkouts never shrinks.

use std::sync::{Arc, Mutex, PoisonError};

use sqlx::Connection;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::SqliteOptions;
use super::open;
use super::sql::Sql;
use crate::fault::Fault;

/// The readers of a store.
pub(super) struct Readers {
    options: SqliteOptions,
    permits: Arc<Semaphore>,
    idle: Arc<Mutex<Vec<SqliteConnection>>>,
}

/// A connection held for a unit of work.
pub(super) struct Reader {
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
    pub(super) async fn checkout(&self) -> Result<Reader, Fault> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(|_| Fault::Closed)?;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let connection = match idle {
            Some(connection) => connection,
            None => open::reader(&self.options).await?,
        };
        Ok(Reader { connection, idle: Arc::clone(&self.idle), _permit: permit })
    }

    /// Answers one statement: the whole of most reads.
    pub(super) async fn rows(&self, sql: Sql) -> Result<Vec<SqliteRow>, Fault> {
        let mut reader = self.checkout().await?;
        let rows = sql.rows(reader.connection()).await?;
        reader.give_back();
        Ok(rows)
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

impl Reader {
    pub(super) fn connection(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }

    /// Gives the connection back; no transaction may be open on it.
    pub(super) fn give_back(self) {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(self.connection);
    }
}
