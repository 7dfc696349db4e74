//! The nodes that `scripts/galera` started, and databases on them. What is tried there is not known here.

use std::process::Command;
use std::sync::Arc;

use helpdesk_store_sql::{SqlOptions, SqlStore};
use sqlx::mysql::{MySqlConnection, MySqlPool, MySqlPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Executor};

/// Where the nodes are, one after the other.
const URLS: &str = "HELPDESK_TEST_GALERA_URLS";
/// What ends and begins them.
const CONTROL: &str = "HELPDESK_TEST_GALERA";

/// How many there are.
pub(crate) const NODES: usize = 3;

/// A database of its own on every node, dropped with this.
pub(crate) struct Database {
    name: String,
}

/// The stores of one database, each at another node, as three processes would have them.
pub(crate) type Stores = [Arc<SqlStore>; NODES];

/// The address of a node, up to its database.
fn server(node: usize) -> String {
    let urls = std::env::var(URLS).expect("run by scripts/galera");
    let url = urls.split(' ').nth(node).expect("there are three nodes").to_owned();
    url.rsplit_once('/').expect("a URL names a database").0.to_owned()
}

impl Database {
    pub(crate) async fn create() -> Self {
        let name = format!("helpdesk_{}", uuid::Uuid::new_v4().simple());
        say(0, "", &format!("CREATE DATABASE {name}")).await;
        for node in 1..NODES {
            say(node, "", "SET STATEMENT wsrep_sync_wait = 1 FOR SELECT 1").await;
        }
        Self { name }
    }

    pub(crate) async fn pool(&self, node: usize) -> MySqlPool {
        let options = MySqlPoolOptions::new().max_connections(8);
        options.connect(&format!("{}/{}", server(node), self.name)).await.unwrap()
    }

    pub(crate) async fn store(&self, node: usize) -> Arc<SqlStore> {
        Arc::new(SqlOptions::new(self.pool(node).await).build())
    }

    /// Stores at all nodes; the tables are made through the first one.
    pub(crate) async fn stores(&self) -> Stores {
        let stores = [self.store(0).await, self.store(1).await, self.store(2).await];
        stores[0].migrate().await.unwrap();
        stores
    }

    pub(crate) async fn connection(&self, node: usize) -> MySqlConnection {
        MySqlConnection::connect(&format!("{}/{}", server(node), self.name)).await.unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {}", self.name);
        // The test's runtime may be at its end.
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(say(0, "", &drop));
        });
        gone.join().unwrap();
    }
}

/// A database with stores at all nodes.
pub(crate) async fn fresh() -> (Stores, Database) {
    let database = Database::create().await;
    (database.stores().await, database)
}

async fn say(node: usize, database: &str, statement: &str) {
    let mut connection = MySqlConnection::connect(&format!("{}/{database}", server(node))).await.unwrap();
    connection.execute(AssertSqlSafe(statement.to_owned())).await.unwrap();
    connection.close().await.unwrap();
}

/// Kills a node, or takes it in again.
pub(crate) async fn control(what: &'static str, node: usize) {
    let script = std::env::var(CONTROL).expect("run by scripts/galera");
    let done = tokio::task::spawn_blocking(move || {
        Command::new(script).args([what, &format!("node{}", node + 1)]).status().unwrap()
    });
    assert!(done.await.unwrap().success(), "{what} of a node failed");
}
