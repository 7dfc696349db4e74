//! Connections to PostgreSQL, out of the host's pool.

use std::time::Duration;

use async_trait::async_trait;
use helpdesk_core::store::SchemaState;
use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::{AssertSqlSafe, Executor, Postgres, SqlSafeStr};

use super::dialect::DIALECT;
use super::error::is_failed;
use super::wire::{answers, read, rows, run};
use super::{literal, write};
use crate::fault::Fault;
use crate::server::deltas::Deltas;
use crate::server::dialect::Dialect;
use crate::server::link::{Answer, Link, Source, Waiting, Written, in_time};
use crate::server::migrate::{steps, turn};
use crate::server::sql::{Placeholders, Sql, placed};
use crate::server::value::Row;

/// Begins a transaction that waits for others no longer than a few seconds.
const OPEN: &str = "BEGIN; ROLLBACK; BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '5s'";
const OPEN_BRIEFLY: &str =
    "BEGIN; ROLLBACK; BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '2s'";

fn opening(waiting: Waiting) -> &'static str {
    if waiting == Waiting::Pass { OPEN_BRIEFLY } else { OPEN }
}

/// One process at a time brings the tables up, until its transaction ends; the number is ours alone by chance.
pub(super) const TURN: &str = "SELECT pg_advisory_xact_lock(7523094288207667563)";
const TRY_TURN: &str = "SELECT pg_try_advisory_xact_lock(7523094288207667563)::int";

/// The host's pool.
pub(crate) struct PgSource {
    pub(crate) pool: PgPool,
    pub(crate) schema: Option<String>,
    /// How long an answer is waited for.
    pub(crate) patience: Duration,
}

#[async_trait]
impl Source for PgSource {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn postgres(&self) -> Option<PgPool> {
        Some(self.pool.clone())
    }

    async fn link(&self) -> Result<Box<dyn Link>, Fault> {
        // One that is idle is taken as it is; asking whether it still lives would be a round trip.
        let connection = match self.pool.try_acquire() {
            Some(connection) => connection,
            None => self.pool.acquire().await?,
        };
        Ok(Box::new(self.pooled(connection)))
    }

    async fn spare_link(&self) -> Option<Box<dyn Link>> {
        let full = self.pool.size() >= self.pool.options().get_max_connections();
        let connection = match self.pool.try_acquire() {
            Some(connection) => connection,
            None if full => return None,
            None => self.pool.acquire().await.ok()?,
        };
        let mut link = self.pooled(connection);
        link.begin(super::OUTSIDE).await.ok()?;
        Some(Box::new(link))
    }

    async fn clean_link(&self) -> Result<Box<dyn Link>, Fault> {
        let connection = self.pool.acquire().await?;
        let mut link = self.pooled(connection);
        // A cancelled `begin` of the host may have left one.
        link.begin(super::OUTSIDE).await?;
        Ok(Box::new(link))
    }
}

impl PgSource {
    fn pooled(&self, connection: PoolConnection<Postgres>) -> Pooled {
        let (schema, patience) = (self.schema.clone(), self.patience);
        Pooled { connection, schema, patience, act: false, busy: false }
    }
}

/// A connection of the pool.
struct Pooled {
    connection: PoolConnection<Postgres>,
    schema: Option<String>,
    patience: Duration,
    /// Whether an act is open.
    act: bool,
    /// Whether something runs on it.
    busy: bool,
}

impl Pooled {
    async fn say(&mut self, text: impl SqlSafeStr) -> Result<Answer, Fault> {
        self.busy = true;
        let said = in_time(self.patience, answers(&mut self.connection, text.into_sql_str())).await;
        self.rest(said)
    }

    /// Says something that starts with the end of a transaction which a cancelled `begin` of the host may have left. A
    /// `BEGIN` before it spares a warning where there is none.
    async fn begin(&mut self, text: impl SqlSafeStr) -> Result<Answer, Fault> {
        let text = text.into_sql_str();
        match self.say(text.clone()).await {
            // That transaction has failed, and hears of nothing but its end.
            Err(Fault::Engine(error)) if is_failed(&error) => {
                self.say("ROLLBACK").await?;
                self.say(text).await
            }
            said => said,
        }
    }

    /// After an answer, also a refusal, the connection can be used again.
    fn rest<T>(&mut self, answer: Result<T, sqlx::Error>) -> Result<T, Fault> {
        self.busy = !matches!(answer, Ok(_) | Err(sqlx::Error::Database(_)));
        Ok(answer?)
    }
}

impl Drop for Pooled {
    fn drop(&mut self) {
        if self.act || self.busy {
            self.connection.close_on_drop();
        }
    }
}

#[async_trait]
impl Link for Pooled {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    async fn rows(&mut self, sql: &Sql) -> Result<Vec<Row>, Fault> {
        self.busy = true;
        let answer = in_time(self.patience, rows(&mut self.connection, sql, self.schema.as_deref())).await;
        Ok(self.rest(answer)?.iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        self.busy = true;
        let answer = in_time(self.patience, run(&mut self.connection, sql, self.schema.as_deref())).await;
        self.rest(answer)
    }

    async fn once(&mut self, sql: &Sql, waiting: Waiting) -> Result<Answer, Fault> {
        let text = sql.spelt(Placeholders::Numbered, self.schema.as_deref(), literal::spell);
        if self.act {
            return self.say(AssertSqlSafe(text)).await;
        }
        self.act = true;
        let answer = self.begin(AssertSqlSafe(format!("{}; {text}; COMMIT", opening(waiting)))).await;
        match &answer {
            Ok(_) => self.act = false,
            // The fault says more than what may go wrong while it is taken back; then the connection is closed.
            Err(_) => drop(self.undo().await),
        }
        answer
    }

    async fn open(&mut self, waiting: Waiting) -> Result<(), Fault> {
        self.begin(opening(waiting)).await?;
        self.act = true;
        Ok(())
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        self.say("COMMIT").await?;
        self.act = false;
        Ok(())
    }

    async fn undo(&mut self) -> Result<(), Fault> {
        if self.busy {
            return Ok(());
        }
        self.say("ROLLBACK").await?;
        self.act = false;
        Ok(())
    }

    async fn view(&mut self) -> Result<(), Fault> {
        self.begin("BEGIN; ROLLBACK; BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?;
        self.act = true;
        Ok(())
    }

    /// It stays open until the connection is dropped, and is closed with it.
    fn abandon(&mut self) {}

    async fn define(&mut self, script: &str) -> Result<(), Fault> {
        self.busy = true;
        let script = placed(script.to_owned(), Placeholders::Numbered, self.schema.as_deref());
        let defined = self.connection.execute(sqlx::raw_sql(AssertSqlSafe(script))).await;
        self.rest(defined).map(|_| ())
    }

    async fn migrate(&mut self) -> Result<SchemaState, Fault> {
        self.open(Waiting::Wait).await?;
        let migrated = match turn(self, || Sql::of(TRY_TURN, [])).await {
            Ok(()) => steps(self).await,
            Err(fault) => Err(fault),
        };
        match migrated {
            Ok(_) => self.keep().await?,
            // The fault says more than what may go wrong while it is taken back.
            Err(_) => drop(self.undo().await),
        }
        migrated
    }

    async fn write(&mut self, deltas: &Deltas) -> Result<Written, Fault> {
        Written::read(&self.rows(&write::statement(deltas, !self.act)).await?)
    }
}
