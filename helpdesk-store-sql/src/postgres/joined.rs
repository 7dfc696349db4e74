//! The host's transaction on PostgreSQL.

use async_trait::async_trait;
use helpdesk_core::store::SchemaState;
use sqlx::postgres::PgConnection;
use sqlx::{AssertSqlSafe, Executor, SqlSafeStr};

use super::dialect::DIALECT;
use super::error::is_there;
use super::link::TURN;
use super::wire::{answers, read, rows, run};
use super::{literal, write};
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::server::deltas::Deltas;
use crate::server::dialect::Dialect;
use crate::server::link::{Answer, Link, Waiting, Written};
use crate::server::migrate::steps;
use crate::server::sql::{Placeholders, Sql, placed};
use crate::server::value::Row;

/// Whether a transaction sees nothing of what others commit meanwhile.
const KEEPS_A_VIEW: &str = "SELECT (current_setting('transaction_isolation') <> 'read committed')::int";

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
        let rows = rows(self.connection, sql, self.schema.as_deref()).await?;
        Ok(rows.iter().map(read).collect::<Result<_, _>>()?)
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        Ok(run(self.connection, sql, self.schema.as_deref()).await?)
    }

    async fn once(&mut self, sql: &Sql, _: Waiting) -> Result<Answer, Fault> {
        let text = sql.spelt(Placeholders::Numbered, self.schema.as_deref(), literal::spell);
        Ok(answers(self.connection, AssertSqlSafe(text).into_sql_str()).await?)
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

    async fn write(&mut self, deltas: &Deltas) -> Result<Written, Fault> {
        Written::read(&self.rows(&write::statement(deltas, false)).await?)
    }
}
