//! The host's transaction on MariaDB or MySQL.

use async_trait::async_trait;
use helpdesk_core::store::SchemaState;
use sqlx::mysql::{MySqlConnection, MySqlTransactionManager};
use sqlx::{AssertSqlSafe, SqlSafeStr};
use sqlx_core::transaction::TransactionManager;

use super::dialect::DIALECT;
use super::wire::answers;
use super::{literal, write};
use crate::fault::Fault;
use crate::server::deltas::Deltas;
use crate::server::dialect::Dialect;
use crate::server::link::{Answer, Link, Waiting, Written};
use crate::server::sql::{Placeholders, Sql};
use crate::server::value::Row;

/// Why the host's transaction cannot have the tables changed in it.
const COMMITS: &str = "changing tables would commit the host's transaction";

/// The host's transaction.
///
/// Dropped in the instant in which an act is kept, a call makes the host's next statement fail with what the driver then
/// says: the transaction is rolled back, and nothing is half stored. A savepoint that is dropped before it is kept is
/// taken back before anything else is said on the connection: the driver's own nested transaction sees to that. Nothing
/// is prepared here: a call that is dropped while the driver prepares leaves the connection unusable.
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
        Ok(self.once(sql, Waiting::Wait).await?.rows)
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        Ok(self.once(sql, Waiting::Wait).await?.met)
    }

    async fn once(&mut self, sql: &Sql, _: Waiting) -> Result<Answer, Fault> {
        let text = sql.spelt(Placeholders::Plain, self.schema.as_deref(), literal::spell);
        Ok(answers(self.connection, AssertSqlSafe(text).into_sql_str()).await?)
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

    async fn write(&mut self, deltas: &Deltas) -> Result<Written, Fault> {
        Written::read(&self.rows(&write::script(deltas, None)).await?)
    }
}
