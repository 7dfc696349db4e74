//! How a server's tables get their form: the steps that are missing, each applied once, by one process at a time. What
//! newer code wrote is refused untouched. The steps stand beside each server, what they lead to in `schema`.

use std::time::Duration;

use helpdesk_core::store::{SchemaState, StoreError};
use tokio::time::{Instant, sleep};

use super::link::Link;
use super::sql::Sql;
use super::store::{Place, ServerStore, told};
use crate::fault::Fault;
use crate::join::Joinable;
use crate::rows::columns::Columns;
use crate::schema::{Migration, SchemaStatus};

/// How long a process waits while another one brings the tables up: a step may walk all of a large table.
const PATIENCE: Duration = Duration::from_mins(10);
/// How often it asks meanwhile.
const PAUSE: Duration = Duration::from_millis(50);

impl ServerStore<'_> {
    /// The steps to the present form of the tables, in their order. The server is not asked, so a pool that connects
    /// when it is first used is enough.
    ///
    /// ```
    /// # #[cfg(feature = "postgres")]
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// use helpdesk_store_sql::SqlStore;
    ///
    /// let pool = sqlx::PgPool::connect_lazy("postgres://desk@db.example.com/desk").unwrap();
    /// for step in SqlStore::from_pool(pool).migrations() {
    ///     // Such as a migration of the host's own tool.
    ///     println!("-- V{}__helpdesk_{}.sql\n{}", step.version, step.name, step.script());
    /// }
    /// # });
    /// ```
    pub fn migrations(&self) -> &'static [Migration] {
        self.dialect().migrations
    }

    /// What stands in the database, step by step. Nothing is changed, and nothing is refused: see
    /// [`SchemaStatus::fault`].
    ///
    /// # Errors
    /// `Unavailable` if the server cannot be reached.
    pub async fn status(&self) -> Result<SchemaStatus, StoreError> {
        told("status", self.found().await)
    }

    /// Brings the tables to the version of this code. Any number of processes may do so at once: one of them works, the
    /// others wait for it, at most ten minutes. What was interrupted goes on with the next call.
    ///
    /// # Errors
    /// `SchemaTooNew` if newer code wrote them for newer code, `Unsupported` if a step was applied in another form: then
    /// nothing was touched. `Unavailable` if the server cannot be reached, or others hold the tables.
    pub async fn migrate(&self) -> Result<SchemaState, StoreError> {
        told("migrate", self.bring_up().await)
    }

    /// The same within a transaction of the host's, together with what the host changes there: done when that is
    /// committed, and no trace of it after a rollback. Others who migrate wait for its end. The tables are made where
    /// this store has its own.
    ///
    /// ```no_run
    /// # async fn f(pool: sqlx::PgPool) -> Result<(), Box<dyn std::error::Error>> {
    /// use helpdesk_store_sql::SqlStore;
    ///
    /// let store = SqlStore::from_pool(pool.clone());
    /// let mut transaction = pool.begin().await?;
    /// sqlx::query("CREATE TABLE orders (id BIGINT PRIMARY KEY)").execute(&mut *transaction).await?;
    /// store.migrate_tx(&mut transaction).await?;
    /// transaction.commit().await?; // both, or neither
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// As [`migrate`](Self::migrate), and the transaction can be used as if nothing had been called. `Conflict` if others
    /// migrated and the transaction's isolation does not let it see that: roll it back and begin it anew. `Unsupported` on
    /// MariaDB and MySQL, where a change of tables commits whatever transaction it is in; then none was made.
    pub async fn migrate_tx(&self, transaction: &mut impl Joinable) -> Result<SchemaState, StoreError> {
        transaction.store(self).migrate().await
    }

    /// Makes sure, once, that the tables are of this version.
    pub(crate) async fn ready(&self) -> Result<(), Fault> {
        let look = || async { self.found().await?.usable() };
        self.shared.current.get_or_try_init(look).await.copied()
    }

    pub(crate) async fn found(&self) -> Result<SchemaStatus, Fault> {
        match &self.place {
            Place::Joined(joined) => look(joined.link.lock().await.as_mut()).await,
            Place::Own(own) => {
                own.open()?;
                let mut link = own.workshop.source.clean_link().await?;
                look(link.as_mut()).await
            }
        }
    }

    pub(crate) async fn bring_up(&self) -> Result<SchemaState, Fault> {
        match &self.place {
            Place::Joined(joined) => joined.link.lock().await.migrate().await,
            Place::Own(own) => {
                own.open()?;
                let mut link = own.workshop.source.clean_link().await?;
                link.migrate().await
            }
        }
    }
}

/// Looks at what stands there.
async fn look(link: &mut dyn Link) -> Result<SchemaStatus, Fault> {
    let dialect = link.dialect();
    let asked = (dialect.has_schema)(link.schema());
    let there = link.rows(&asked).await?;
    if there.first().map_or(Ok(0), |row| row.int(0))? == 0 {
        return Ok(SchemaStatus::empty(dialect.migrations));
    }
    SchemaStatus::read(&link.rows(&Sql::of(dialect.look, [])).await?, dialect.migrations)
}

/// Waits until it is this process's turn, which the statement says with 1.
pub(crate) async fn turn(link: &mut dyn Link, ask: impl Fn() -> Sql + Send) -> Result<(), Fault> {
    let end = Instant::now() + PATIENCE;
    loop {
        let rows = link.rows(&ask()).await?;
        // None at all: the server ends the connection.
        if rows.first().and_then(|row| row.maybe_int(0).ok()?) == Some(1) {
            return Ok(());
        }
        if Instant::now() >= end {
            return Err(Fault::Overtaken);
        }
        sleep(PAUSE).await;
    }
}

/// Applies what is missing. Nobody else does at the same time.
pub(crate) async fn steps(link: &mut dyn Link) -> Result<SchemaState, Fault> {
    let before = look(link).await?;
    for step in before.missing()? {
        link.define(&step.script()).await?;
    }
    Ok(SchemaState { found: before.found.max(before.supported), ..before.state() })
}
