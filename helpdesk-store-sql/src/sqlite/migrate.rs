//! How a store brings its file's tables to the present form. The steps are applied in `tables`.

use helpdesk_core::store::{Maintenance, SchemaState, StoreError};
use sqlx::{Connection, Sqlite, Transaction};

use super::open;
use super::steps::STEPS;
use super::store::{FileStore, Place};
use super::tables::{Found, found, run};
use crate::fault::Fault;
use crate::join::Joinable;
use crate::schema::{Migration, SchemaStatus};

impl FileStore<'_> {
    /// The steps to the present form of the tables, in their order.
    ///
    /// ```
    /// use helpdesk_store_sql::sqlite::SqliteStore;
    ///
    /// let steps = SqliteStore::migrations();
    /// assert_eq!((steps[0].version, steps[0].name), (1, "base"));
    /// ```
    pub fn migrations() -> &'static [Migration] {
        &STEPS
    }

    /// What stands in the file, step by step. A file that this code cannot open as a store is looked at by
    /// [`SqliteOptions::status`](super::SqliteOptions::status).
    ///
    /// # Errors
    /// `Unavailable` if it cannot be read.
    pub async fn status(&self) -> Result<SchemaStatus, StoreError> {
        self.found().await.map(|found| found.status).map_err(|fault| fault.during("status"))
    }

    /// Brings the tables to the version of this code. Any number of processes may do so at once. Opening has done it
    /// already if the options say so.
    ///
    /// # Errors
    /// `SchemaTooNew` if newer code wrote them for newer code, `Unsupported` if a step was applied in another form: then
    /// nothing was touched. `Unavailable` if another process holds the file for too long.
    pub async fn migrate(&self) -> Result<SchemaState, StoreError> {
        Maintenance::migrate(self).await
    }

    /// The same within a transaction of the host's, in a savepoint, together with what the host changes there: done when
    /// that is committed, and no trace of it after a rollback. The file's header stays the host's.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("shop.db"));
    /// # let pool = sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await?;
    /// use helpdesk_store_sql::sqlite::SqliteStore;
    ///
    /// let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    /// sqlx::query("CREATE TABLE orders (id INTEGER PRIMARY KEY)").execute(&mut *transaction).await?;
    /// let schema = SqliteStore::migrate_tx(&mut transaction).await?;
    /// transaction.commit().await?; // both, or neither
    /// assert_eq!(schema.found, schema.supported);
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate), and the transaction can be used as if nothing had been called. `Conflict` if others
    /// wrote since it read first: roll it back and begin it anew.
    pub async fn migrate_tx(transaction: &mut Transaction<'_, Sqlite>) -> Result<SchemaState, StoreError> {
        // Beside none of its own: where the tables are is where the transaction is.
        transaction.store(&helpdesk_core::MemoryStore::new()).migrate().await
    }

    pub(super) async fn found(&self) -> Result<Found, Fault> {
        match &self.place {
            Place::Joined(joined) => joined.lock().await.found().await,
            Place::Own(_) => {
                let mut reader = self.checkout().await?;
                let found = found(reader.connection()).await?;
                reader.give_back();
                Ok(found)
            }
        }
    }

    pub(super) async fn bring_up(&self) -> Result<SchemaState, Fault> {
        if let Place::Joined(joined) = &self.place {
            return joined.lock().await.migrate().await;
        }
        // Waiting for a reader's place refuses a store that was closed.
        self.checkout().await?.give_back();
        self.shared.free()?;
        let mut connection = open::writer(&self.shared.options).await?;
        let state = run(&mut connection, self.shared.options.is_ours()).await?;
        connection.close().await?;
        Ok(state)
    }
}
