//! Connections to PostgreSQL: out of the host's pool, or the host's transaction.

use std::time::Duration;

use async_trait::async_trait;
use helpdesk_core::store::SchemaState;
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnection, PgPool, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Executor, Postgres, Row as _, TypeInfo};

use super::dialect::DIALECT;
use super::error::{is_failed, is_there};
use super::write;
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::server::deltas::Deltas;
use crate::server::dialect::Dialect;
use crate::server::link::{Link, Source, Waiting, Written, in_time};
use crate::server::migrate::{steps, turn};
use crate::server::sql::{Placeholders, Sql, placed};
use crate::server::value::{Cell, Row, Value};

/// Begins a transaction that waits for others no longer than a few seconds.
const OPEN: &str = "BEGIN; ROLLBACK; BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '5s'";
const OPEN_BRIEFLY: &str =
    "BEGIN; ROLLBACK; BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE; SET LOCAL lock_timeout = '2s'";

/// One process at a time brings the tables up, until its transaction ends; the number is ours alone by chance.
const TURN: &str = "SELECT pg_advisory_xact_lock(7523094288207667563)";
const TRY_TURN: &str = "SELECT pg_try_advisory_xact_lock(7523094288207667563)::int";

/// Whether a transaction sees nothing of what others commit meanwhile.
const KEEPS_A_VIEW: &str = "SELECT (current_setting('transaction_isolation') <> 'read committed')::int";

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
    async fn say(&mut self, text: &'static str) -> Result<(), Fault> {
        self.busy = true;
        let said = in_time(self.patience, self.connection.execute(sqlx::raw_sql(text))).await;
        self.rest(said).map(|_| ())
    }

    /// Says something that starts with the end of a transaction which a cancelled `begin` of the host may have left. A
    /// `BEGIN` before it spares a warning where there is none.
    async fn begin(&mut self, text: &'static str) -> Result<(), Fault> {
        match self.say(text).await {
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
        self.rest(answer)?.iter().map(read).collect()
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        self.busy = true;
        let answer = in_time(self.patience, run(&mut self.connection, sql, self.schema.as_deref())).await;
        self.rest(answer)
    }

    async fn open(&mut self, waiting: Waiting) -> Result<(), Fault> {
        self.begin(if waiting == Waiting::Pass { OPEN_BRIEFLY } else { OPEN }).await?;
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

    async fn write(&mut self, deltas: &Deltas, waiting: Waiting) -> Result<Written, Fault> {
        Written::read(&self.rows(&write::statement(deltas, waiting)).await?)
    }
}

/// The host's transaction. Whatever is dropped on it leaves a savepoint at most: each write is one statement, so it was
/// done whole or not at all.
pub(crate) struct Joined<'t> {
    pub(crate) connection: &'t mut PgConnection,
    pub(crate) schema: Option<String>,
}

impl Joined<'_> {
    async fn say(&mut self, text: &'static str) -> Result<(), Fault> {
        self.connection.execute(sqlx::raw_sql(text)).await?;
        Ok(())
    }
}

#[async_trait]
impl Link for Joined<'_> {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    fn schema(&self) -> Option<&str> {
        self.schema.as_deref()
    }

    async fn rows(&mut self, sql: &Sql) -> Result<Vec<Row>, Fault> {
        rows(self.connection, sql, self.schema.as_deref()).await?.iter().map(read).collect()
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        Ok(run(self.connection, sql, self.schema.as_deref()).await?)
    }

    async fn open(&mut self, _: Waiting) -> Result<(), Fault> {
        self.say("SAVEPOINT helpdesk").await
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        self.say("RELEASE SAVEPOINT helpdesk").await
    }

    async fn undo(&mut self) -> Result<(), Fault> {
        self.say("ROLLBACK TO SAVEPOINT helpdesk; RELEASE SAVEPOINT helpdesk").await
    }

    /// The host's transaction is the view, as far as its isolation makes it one.
    async fn view(&mut self) -> Result<(), Fault> {
        self.open(Waiting::Wait).await
    }

    /// A savepoint is left, and nothing that was written behind it: every act writes in one statement, and what comes
    /// before that one changes nothing that anybody sees.
    fn abandon(&mut self) {}

    async fn define(&mut self, script: &str) -> Result<(), Fault> {
        let script = placed(script.to_owned(), Placeholders::Numbered, self.schema.as_deref());
        self.connection.execute(sqlx::raw_sql(AssertSqlSafe(script))).await?;
        Ok(())
    }

    /// In a savepoint, so that what is refused leaves the host's transaction as it was. Each step is one script: dropped
    /// in between, it was applied whole or not at all.
    async fn migrate(&mut self) -> Result<SchemaState, Fault> {
        self.open(Waiting::Wait).await?;
        let migrated = match self.rows(&Sql::of(TURN, [])).await {
            Ok(_) => steps(self).await,
            Err(fault) => Err(fault),
        };
        match migrated {
            Ok(state) => {
                self.keep().await?;
                Ok(state)
            }
            Err(fault) => {
                let undone = self.undo().await;
                // Others were faster, and the transaction keeps to what stood there before.
                let stale = matches!(&fault, Fault::Engine(error) if is_there(error))
                    && undone.is_ok()
                    && self.rows(&Sql::of(KEEPS_A_VIEW, [])).await?.first().map_or(Ok(0), |row| row.int(0))? == 1;
                Err(if stale { Fault::Stale } else { fault })
            }
        }
    }

    async fn write(&mut self, deltas: &Deltas, waiting: Waiting) -> Result<Written, Fault> {
        Written::read(&self.rows(&write::statement(deltas, waiting)).await?)
    }
}

async fn rows(connection: &mut PgConnection, sql: &Sql, schema: Option<&str>) -> Result<Vec<PgRow>, sqlx::Error> {
    let (text, values) = bound(sql, schema)?;
    sqlx::query_with(AssertSqlSafe(text), values).fetch_all(connection).await
}

async fn run(connection: &mut PgConnection, sql: &Sql, schema: Option<&str>) -> Result<u64, sqlx::Error> {
    let (text, values) = bound(sql, schema)?;
    Ok(sqlx::query_with(AssertSqlSafe(text), values).execute(connection).await?.rows_affected())
}

fn bound(sql: &Sql, schema: Option<&str>) -> Result<(String, PgArguments), sqlx::Error> {
    let (text, values) = sql.render(Placeholders::Numbered, schema);
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(value.as_deref()),
            Value::Id(value) => arguments.add(*value),
            Value::Ints(values) => arguments.add(values.as_slice()),
            Value::Texts(values) => arguments.add(values.as_slice()),
            Value::Ids(values) => arguments.add(values.as_slice()),
            Value::Rows(rows) => arguments.add(rows.to_string()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok((text, arguments))
}

/// A row, whatever types the statement gave its columns.
fn read(row: &PgRow) -> Result<Row, Fault> {
    let cell = |index: usize| -> Result<Cell, sqlx::Error> {
        let kind = row.column(index).type_info().name();
        Ok(match kind {
            "INT8" => row.try_get::<Option<i64>, _>(index)?.map_or(Cell::Null, Cell::Int),
            "INT4" => row.try_get::<Option<i32>, _>(index)?.map_or(Cell::Null, |int| Cell::Int(int.into())),
            "INT2" => row.try_get::<Option<i16>, _>(index)?.map_or(Cell::Null, |int| Cell::Int(int.into())),
            "UUID" => {
                let id = row.try_get::<Option<uuid::Uuid>, _>(index)?;
                id.map_or(Cell::Null, |id| Cell::Bytes(id.into_bytes().to_vec()))
            }
            _ => row.try_get_unchecked::<Option<String>, _>(index)?.map_or(Cell::Null, Cell::Text),
        })
    };
    Ok(Row((0..row.len()).map(cell).collect::<Result<_, _>>()?))
}
