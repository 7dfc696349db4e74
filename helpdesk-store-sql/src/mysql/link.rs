//! Connections to MariaDB and MySQL: out of the host's pool, or the host's transaction.

use std::time::Duration;

use async_trait::async_trait;
use helpdesk_core::store::SchemaState;
use sqlx::mysql::{MySqlArguments, MySqlConnection, MySqlPool, MySqlRow, MySqlTransactionManager};
use sqlx::pool::PoolConnection;
use sqlx::{Arguments, AssertSqlSafe, Column, Executor, MySql, Row as _, TypeInfo};
use sqlx_core::transaction::TransactionManager;

use super::cluster::{Cluster, Manner, PLAIN, UNDO};
use super::dialect::DIALECT;
use super::{literal, write};
use crate::fault::Fault;
use crate::server::deltas::Deltas;
use crate::server::dialect::Dialect;
use crate::server::link::{Link, Source, Waiting, Written, in_time};
use crate::server::migrate::{steps, turn};
use crate::server::sql::{Placeholders, Sql, placed};
use crate::server::value::{Cell, Row, Value};

/// One process at a time brings the tables of a database up.
const TRY_TURN: &str = "SELECT GET_LOCK(CONCAT('helpdesk.', COALESCE(?, DATABASE())), 1)";
const END_TURN: &str = "SELECT RELEASE_LOCK(CONCAT('helpdesk.', COALESCE(?, DATABASE())))";
/// Why the host's transaction cannot have the tables changed in it.
const COMMITS: &str = "changing tables would commit the host's transaction";

/// The host's pool.
pub(crate) struct MySqlSource {
    pool: MySqlPool,
    schema: Option<String>,
    /// How long an answer is waited for.
    patience: Duration,
    cluster: Cluster,
}

#[async_trait]
impl Source for MySqlSource {
    fn dialect(&self) -> &'static Dialect {
        &DIALECT
    }

    async fn link(&self) -> Result<Box<dyn Link>, Fault> {
        if self.cluster.manner().is_none() {
            return self.clean_link().await;
        }
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
        link.clean(&self.cluster).await.ok()?;
        Some(Box::new(link))
    }

    async fn clean_link(&self) -> Result<Box<dyn Link>, Fault> {
        let mut link = self.pooled(self.pool.acquire().await?);
        link.clean(&self.cluster).await?;
        Ok(Box::new(link))
    }
}

impl MySqlSource {
    pub(crate) fn new(pool: MySqlPool, schema: Option<String>, patience: Duration) -> Self {
        Self { pool, schema, patience, cluster: Cluster::default() }
    }

    /// One whose reads need not have everything.
    pub(crate) fn behind(self) -> Self {
        Self { cluster: Cluster::behind(), ..self }
    }

    fn pooled(&self, connection: PoolConnection<MySql>) -> Pooled {
        let (schema, patience) = (self.schema.clone(), self.patience);
        let manner = self.cluster.manner().unwrap_or(&PLAIN);
        Pooled { connection, schema, patience, manner, act: false, busy: false }
    }
}

/// A connection of the pool.
struct Pooled {
    connection: PoolConnection<MySql>,
    schema: Option<String>,
    patience: Duration,
    manner: &'static Manner,
    /// Whether an act is open.
    act: bool,
    /// Whether something runs on it.
    busy: bool,
}

impl Pooled {
    async fn say(&mut self, text: &'static str) -> Result<Vec<MySqlRow>, Fault> {
        self.busy = true;
        let said = in_time(self.patience, self.connection.fetch_all(sqlx::raw_sql(text))).await;
        self.rest(said)
    }

    /// Ends a transaction that a cancelled `begin` of the host may have left.
    async fn clean(&mut self, cluster: &Cluster) -> Result<(), Fault> {
        let rows = self.say(cluster.cleaning()).await?;
        self.manner = cluster.learn(&rows)?;
        Ok(())
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
        // An act waited when it began.
        let begin = if self.act { "" } else { self.manner.read };
        let answer = rows(&mut self.connection, begin, sql, self.schema.as_deref());
        let answer = in_time(self.patience, answer).await;
        self.rest(answer)?.iter().map(read).collect()
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        self.busy = true;
        let answer = in_time(self.patience, run(&mut self.connection, sql, self.schema.as_deref())).await;
        self.rest(answer)
    }

    async fn open(&mut self, waiting: Waiting) -> Result<(), Fault> {
        self.say(if waiting == Waiting::Pass { self.manner.open_briefly } else { self.manner.open }).await?;
        self.act = true;
        Ok(())
    }

    async fn view(&mut self) -> Result<(), Fault> {
        self.say(self.manner.view).await?;
        self.act = true;
        Ok(())
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        self.say(self.manner.keep).await?;
        self.act = false;
        Ok(())
    }

    async fn undo(&mut self) -> Result<(), Fault> {
        if self.busy {
            return Ok(());
        }
        self.say(UNDO).await?;
        self.act = false;
        Ok(())
    }

    /// It stays open until the connection is dropped, and is closed with it.
    fn abandon(&mut self) {}

    async fn define(&mut self, script: &str) -> Result<(), Fault> {
        self.busy = true;
        let script = placed(script.to_owned(), Placeholders::Plain, self.schema.as_deref());
        let defined = self.connection.execute(sqlx::raw_sql(AssertSqlSafe(script))).await;
        self.rest(defined).map(|_| ())
    }

    async fn migrate(&mut self) -> Result<SchemaState, Fault> {
        let schema = self.schema.clone();
        turn(self, || Sql::of(TRY_TURN, [schema.as_deref().into()])).await?;
        // A change of tables commits by itself, so the turn is the connection's; it goes with it if this is dropped.
        self.act = true;
        let migrated = steps(self).await;
        // Where it cannot be given back, the connection is closed.
        self.act = self.rows(&Sql::of(END_TURN, [schema.as_deref().into()])).await.is_err();
        migrated
    }

    async fn write(&mut self, deltas: &Deltas, waiting: Waiting) -> Result<Written, Fault> {
        let alone = !self.act;
        let script = write::script(deltas, waiting, alone.then_some(self.manner.begin));
        self.act = true;
        self.busy = true;
        let answer = answers(&mut self.connection, &script, self.schema.as_deref());
        let answer = in_time(self.patience, answer).await;
        let written = self.rest(answer).and_then(|rows| rows.iter().map(read).collect::<Result<Vec<_>, _>>());
        if alone {
            match &written {
                Ok(_) => self.act = false,
                // What ended the script left its transaction open.
                Err(_) if !self.busy => self.undo().await?,
                Err(_) => {}
            }
        }
        Written::read(&written?)
    }
}

/// The host's transaction. Dropped in the instant in which an act is kept, a call makes the host's next statement fail
/// with what the driver then says: the transaction is rolled back, and nothing is half stored. A savepoint that is dropped before
/// it is kept is taken back before anything else is said on the connection: the driver's own nested transaction sees to that. Nothing is prepared here: a call that is dropped
/// while the driver prepares leaves the connection unusable.
pub(crate) struct Joined<'t> {
    connection: &'t mut MySqlConnection,
    schema: Option<String>,
    /// Whether a savepoint is open.
    act: bool,
}

impl<'t> Joined<'t> {
    pub(crate) fn new(connection: &'t mut MySqlConnection, schema: Option<String>) -> Self {
        Self { connection, schema, act: false }
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
        answers(self.connection, sql, self.schema.as_deref()).await?.iter().map(read).collect()
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        let text = sql.spelt(self.schema.as_deref(), literal::spell);
        Ok(self.connection.execute(sqlx::raw_sql(AssertSqlSafe(text))).await?.rows_affected())
    }

    async fn open(&mut self, _: Waiting) -> Result<(), Fault> {
        MySqlTransactionManager::begin(self.connection, None).await?;
        self.act = true;
        Ok(())
    }

    /// The host's transaction is the view, as far as its isolation makes it one.
    async fn view(&mut self) -> Result<(), Fault> {
        self.open(Waiting::Wait).await
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        MySqlTransactionManager::commit(self.connection).await?;
        self.act = false;
        Ok(())
    }

    async fn undo(&mut self) -> Result<(), Fault> {
        MySqlTransactionManager::rollback(self.connection).await?;
        self.act = false;
        Ok(())
    }

    fn abandon(&mut self) {
        if std::mem::take(&mut self.act) {
            MySqlTransactionManager::start_rollback(self.connection);
        }
    }

    async fn define(&mut self, _: &str) -> Result<(), Fault> {
        Err(Fault::Unsupported(COMMITS))
    }

    async fn migrate(&mut self) -> Result<SchemaState, Fault> {
        Err(Fault::Unsupported(COMMITS))
    }

    async fn write(&mut self, deltas: &Deltas, waiting: Waiting) -> Result<Written, Fault> {
        let script = write::script(deltas, waiting, None);
        let rows = answers(self.connection, &script, self.schema.as_deref()).await?;
        Written::read(&rows.iter().map(read).collect::<Result<Vec<_>, _>>()?)
    }
}

async fn rows(
    connection: &mut MySqlConnection,
    begin: &'static str,
    sql: &Sql,
    schema: Option<&str>,
) -> Result<Vec<MySqlRow>, sqlx::Error> {
    let (text, values) = bound(sql, schema)?;
    let text = if begin.is_empty() { text } else { format!("{begin}{text}") };
    sqlx::query_with(AssertSqlSafe(text), values).fetch_all(connection).await
}

async fn run(connection: &mut MySqlConnection, sql: &Sql, schema: Option<&str>) -> Result<u64, sqlx::Error> {
    let (text, values) = bound(sql, schema)?;
    Ok(sqlx::query_with(AssertSqlSafe(text), values).execute(connection).await?.rows_affected())
}

/// Runs statements with their values spelt out; gives the rows of all of them.
async fn answers(
    connection: &mut MySqlConnection,
    sql: &Sql,
    schema: Option<&str>,
) -> Result<Vec<MySqlRow>, sqlx::Error> {
    let text = sql.spelt(schema, literal::spell);
    connection.fetch_all(sqlx::raw_sql(AssertSqlSafe(text))).await
}

fn bound(sql: &Sql, schema: Option<&str>) -> Result<(String, MySqlArguments), sqlx::Error> {
    let (text, values) = sql.render(Placeholders::Plain, schema);
    let mut arguments = MySqlArguments::default();
    for value in values {
        let added = match value {
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(value.as_deref()),
            Value::Id(value) => arguments.add(value.as_ref().map(|id| id.as_bytes().as_slice())),
            Value::Rows(_) | Value::Ints(_) | Value::Texts(_) | Value::Ids(_) => arguments.add(literal::json(value)),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok((text, arguments))
}

/// A row, whatever types the statement gave its columns; texts come as bytes.
fn read(row: &MySqlRow) -> Result<Row, Fault> {
    let cell = |index: usize| -> Result<Cell, sqlx::Error> {
        let kind = row.column(index).type_info().name();
        Ok(if kind.contains("INT") {
            row.try_get_unchecked::<Option<i64>, _>(index)?.map_or(Cell::Null, Cell::Int)
        } else {
            row.try_get_unchecked::<Option<Vec<u8>>, _>(index)?.map_or(Cell::Null, Cell::Bytes)
        })
    };
    Ok(Row((0..row.len()).map(cell).collect::<Result<_, _>>()?))
}
