//! Connections to MariaDB and MySQL, out of the host's pool.

use std::time::Duration;

use async_trait::async_trait;
use helpdesk_core::store::SchemaState;
use sqlx::mysql::MySqlPool;
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Executor, MySql, SqlSafeStr};

use super::cluster::{Cluster, Manner, PLAIN, UNDO};
use super::dialect::DIALECT;
use super::wire::{answers, read, rows, run};
use super::{literal, write};
use crate::fault::Fault;
use crate::server::deltas::Deltas;
use crate::server::dialect::Dialect;
use crate::server::link::{Answer, Link, Source, Waiting, Written, in_time};
use crate::server::migrate::{steps, turn};
use crate::server::sql::{Placeholders, Sql, placed};
use crate::server::value::Row;

/// One process at a time brings the tables of a database up.
const TRY_TURN: &str = "SELECT GET_LOCK(CONCAT('helpdesk.', COALESCE(?, DATABASE())), 1)";
const END_TURN: &str = "SELECT RELEASE_LOCK(CONCAT('helpdesk.', COALESCE(?, DATABASE())))";

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

    #[cfg(feature = "postgres")]
    fn postgres(&self) -> Option<sqlx::PgPool> {
        None
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
    async fn say(&mut self, text: impl SqlSafeStr) -> Result<Answer, Fault> {
        self.busy = true;
        let said = in_time(self.patience, answers(&mut self.connection, text.into_sql_str())).await;
        self.rest(said)
    }

    /// Says something that begins a transaction of its own and ends it.
    async fn say_alone(&mut self, text: impl SqlSafeStr) -> Result<Answer, Fault> {
        self.act = true;
        let answer = self.say(text).await;
        match &answer {
            Ok(_) => self.act = false,
            // What ended it left its transaction open. The fault says more than what may go wrong while that is taken
            // back; then the connection is closed.
            Err(_) => drop(self.undo().await),
        }
        answer
    }

    /// Ends a transaction that a cancelled `begin` of the host may have left.
    async fn clean(&mut self, cluster: &Cluster) -> Result<(), Fault> {
        let answer = self.say(cluster.cleaning()).await?;
        self.manner = cluster.learn(&answer.rows)?;
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
        Ok(self.rest(answer)?.iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        self.busy = true;
        let answer = in_time(self.patience, run(&mut self.connection, sql, self.schema.as_deref())).await;
        self.rest(answer)
    }

    async fn once(&mut self, sql: &Sql, waiting: Waiting) -> Result<Answer, Fault> {
        let text = sql.spelt(Placeholders::Plain, self.schema.as_deref(), literal::spell);
        if self.act {
            return self.say(AssertSqlSafe(text)).await;
        }
        let Manner { keep, .. } = self.manner;
        self.say_alone(AssertSqlSafe(format!("{}; {text}; {keep}", self.manner.opening(waiting)))).await
    }

    async fn open(&mut self, waiting: Waiting) -> Result<(), Fault> {
        self.say(self.manner.opening(waiting)).await?;
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

    async fn write(&mut self, deltas: &Deltas) -> Result<Written, Fault> {
        let begin = (!self.act).then_some(self.manner.begin);
        let script = write::script(deltas, begin);
        let text = AssertSqlSafe(script.spelt(Placeholders::Plain, self.schema.as_deref(), literal::spell));
        let answer = if begin.is_some() { self.say_alone(text).await } else { self.say(text).await };
        Written::read(&answer?.rows)
    }
}
