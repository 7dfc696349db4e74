//! How a file's tables get their form: the steps that are missing, each applied once, all in one transaction that is
//! taken before anything is looked at, so that any number of processes may start at once. What they lead to is in
//! `schema`.

use helpdesk_core::store::{Maintenance, SchemaState, StoreError};
use sqlx::sqlite::SqliteConnection;
use sqlx::{AssertSqlSafe, Connection, Sqlite, Transaction};

use super::open;
use super::steps::STEPS;
use super::store::{FileStore, Place};
use crate::fault::Fault;
use crate::join::Joinable;
use crate::rows::columns::Columns;
use crate::schema::{Migration, SchemaStatus};

/// `hldk`: what tells our files from others.
const APPLICATION_ID: i64 = 0x686c_646b;
/// The header of a file of ours.
const STAMP: &str = "PRAGMA application_id = 1751934059; PRAGMA user_version = 1";

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

/// What stands in a file.
pub(super) struct Found {
    pub(super) status: SchemaStatus,
    /// Whether nothing at all stands there, of anybody.
    blank: bool,
}

/// Looks at what stands in the file.
pub(super) async fn found(connection: &mut SqliteConnection) -> Result<Found, Fault> {
    const LOOK: &str = "SELECT (SELECT application_id FROM pragma_application_id), \
        (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master), \
        (SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'helpdesk_schema')";
    const STEPS_THERE: &str = "SELECT s.version, s.min_reader, s.min_writer, m.version, m.name, m.checksum, m.applied_at \
        FROM helpdesk_schema AS s LEFT JOIN helpdesk_migrations AS m ON true ORDER BY m.version";
    let row = sqlx::query(LOOK).fetch_one(&mut *connection).await?;
    let blank = row.int(0)? == 0 && row.int(1)? == 0 && row.int(2)? == 0;
    let mut status = if row.int(3)? == 0 {
        SchemaStatus::empty(&STEPS)
    } else {
        SchemaStatus::read(&sqlx::query(STEPS_THERE).fetch_all(connection).await?, &STEPS)?
    };
    if row.int(0)? == APPLICATION_ID {
        // Where the header of ours is of newer code than the tables, it counts.
        let stamped = u32::try_from(row.int(1)?).unwrap_or(u32::MAX);
        if stamped > status.found.max(status.supported) {
            (status.found, status.min_reader, status.min_writer) = (stamped, stamped, stamped);
        }
    }
    Ok(Found { status, blank })
}

/// Sets the journal: it is kept in the file, so that later connections find it.
pub(super) async fn journal(connection: &mut SqliteConnection) -> Result<(), Fault> {
    let row = sqlx::query("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    if row.text(0)? != "wal" {
        sqlx::query("PRAGMA journal_mode = WAL").fetch_one(connection).await?;
    }
    Ok(())
}

/// Brings the file to this version. Whatever ends it early leaves the file as it was. A blank file is stamped if it is
/// `ours`.
pub(super) async fn run(connection: &mut SqliteConnection, ours: bool) -> Result<SchemaState, Fault> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let done = steps(connection, ours).await;
    sqlx::query(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).execute(connection).await?;
    done
}

/// The same within a transaction or savepoint that the caller ends.
pub(super) async fn steps(connection: &mut SqliteConnection, ours: bool) -> Result<SchemaState, Fault> {
    // Another process may have been faster.
    let Found { status, blank } = found(connection).await?;
    for step in status.missing()? {
        sqlx::raw_sql(AssertSqlSafe(step.script())).execute(&mut *connection).await?;
    }
    if ours && blank {
        // A file of our own is stamped; in a host's database the header is the host's.
        sqlx::raw_sql(STAMP).execute(connection).await?;
    }
    Ok(SchemaState { found: status.found.max(status.supported), ..status.state() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_that_the_literals_write_is_ours() {
        let version = STEPS.last().unwrap().version;
        assert_eq!(STAMP, format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}"));
    }
}
