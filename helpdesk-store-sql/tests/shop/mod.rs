//! A host with a table of its own in a file, and a desk in the same file: what the tests of joined transactions build on.
#![allow(dead_code, clippy::allow_attributes, reason = "each test binary uses a part of it")]

use std::path::PathBuf;
use std::time::Duration;

use helpdesk_core::desk::{AgentDesk, OpenTicket};
use helpdesk_core::{Helpdesk, Settings};
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{Connection, Sqlite, SqliteConnection, SqlitePool, Transaction};

/// How long a connection waits for another one here.
pub(crate) const BUSY: Duration = Duration::from_millis(100);

pub(crate) struct Shop {
    pub(crate) desk: Helpdesk,
    pub(crate) pool: SqlitePool,
    pub(crate) file: PathBuf,
    _folder: tempfile::TempDir,
}

impl Shop {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.db");
        let options = SqliteConnectOptions::new().filename(&file).create_if_missing(true).busy_timeout(BUSY);
        let pool = SqlitePoolOptions::new().max_connections(2).connect_with(options).await.unwrap();
        sqlx::query("CREATE TABLE orders (id INTEGER PRIMARY KEY, ticket TEXT)").execute(&pool).await.unwrap();
        let store = SqliteStore::open(SqliteOptions::from_pool(&pool).busy_timeout(BUSY)).await.unwrap();
        let desk = Helpdesk::builder(store).build();
        let settings = Settings { outbox: true, ..Settings::default() };
        desk.tenant("acme").unwrap().admin("root").unwrap().init(&settings).await.unwrap();
        Self { desk, pool, file, _folder: folder }
    }

    /// A transaction that writes, as the documentation advises.
    pub(crate) async fn begin(&self) -> Transaction<'static, Sqlite> {
        self.pool.begin_with("BEGIN IMMEDIATE").await.unwrap()
    }

    /// An agent outside of every transaction.
    pub(crate) fn anna(&self) -> AgentDesk<'static> {
        self.desk.tenant("acme").unwrap().agent("anna").unwrap()
    }

    /// The orders that are committed, as a connection of nobody's sees them.
    pub(crate) async fn orders(&self) -> Vec<i64> {
        let mut connection = self.stranger().await;
        sqlx::query_scalar("SELECT id FROM orders ORDER BY id").fetch_all(&mut connection).await.unwrap()
    }

    /// How much is committed in a table of the desk's.
    pub(crate) async fn rows(&self, table: &'static str) -> i64 {
        let mut connection = self.stranger().await;
        let count = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
        sqlx::query_scalar(count).fetch_one(&mut connection).await.unwrap()
    }

    pub(crate) async fn stranger(&self) -> SqliteConnection {
        SqliteConnection::connect(self.file.to_str().unwrap()).await.unwrap()
    }

    /// Nothing in the desk's tables contradicts anything else.
    pub(crate) async fn is_sound(&self) {
        let report = self.desk.check(|_| {}).await.unwrap();
        assert!(report.is_clean(), "{report:?}");
    }
}

pub(crate) fn damaged() -> OpenTicket {
    OpenTicket::new("Order 4711 came damaged").from_email("max@example.com").unwrap().saying("The box is wet.")
}

/// The host's own row.
pub(crate) async fn order(connection: &mut SqliteConnection, id: i64) {
    sqlx::query("INSERT INTO orders VALUES (?, NULL)").bind(id).execute(connection).await.unwrap();
}
