//! A transaction of the host's on any engine.

use helpdesk_core::store::{SchemaState, StoreError};
use helpdesk_store_sql::sqlite::SqliteStore;
use sqlx::{AssertSqlSafe, Executor, MySql, Postgres, Sqlite, Transaction};

use super::{Home, Pool};

pub(crate) enum HostTransaction {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
    MySql(Transaction<'static, MySql>),
}

macro_rules! on {
    ($host:expr, $transaction:ident => $done:expr) => {
        match $host {
            HostTransaction::Sqlite($transaction) => $done,
            HostTransaction::Postgres($transaction) => $done,
            HostTransaction::MySql($transaction) => $done,
        }
    };
}

impl Home {
    /// Begins one as the documentation advises.
    pub(crate) async fn begin(&self) -> HostTransaction {
        match &self.pool {
            Pool::Sqlite(pool) => HostTransaction::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await.unwrap()),
            Pool::Postgres(pool) => HostTransaction::Postgres(pool.begin().await.unwrap()),
            Pool::MySql(pool) => HostTransaction::MySql(pool.begin().await.unwrap()),
        }
    }
}

impl HostTransaction {
    /// Brings the tables up within it.
    pub(crate) async fn migrate(&mut self, home: &Home) -> Result<SchemaState, StoreError> {
        match self {
            Self::Sqlite(transaction) => SqliteStore::migrate_tx(transaction).await,
            Self::Postgres(transaction) => home.on_server().migrate_tx(transaction).await,
            Self::MySql(transaction) => home.on_server().migrate_tx(transaction).await,
        }
    }

    pub(crate) async fn run(&mut self, statement: &str) {
        let statement = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
        let done = on!(self, transaction => transaction.execute(statement).await.map(|_| ()));
        done.unwrap();
    }

    pub(crate) async fn commit(self) {
        on!(self, transaction => transaction.commit().await).unwrap();
    }

    pub(crate) async fn rollback(self) {
        on!(self, transaction => transaction.rollback().await).unwrap();
    }
}
