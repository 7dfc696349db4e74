//! Databases for tests, each fresh and gone with its keeper, on servers that the environment names. What is tested there
//! is not known here.

#![allow(dead_code, reason = "each test uses its part of this")]

use std::sync::Arc;
use std::time::Duration;

use helpdesk_store_sql::{SqlOptions, SqlPool, SqlStore};
use sqlx::{AssertSqlSafe, Connection, Executor};

pub(crate) mod load;
pub(crate) mod own;

/// A server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    Postgres,
    MySql,
}

/// A database of its own, dropped with this.
pub(crate) struct Database {
    pub(crate) server: Server,
    pub(crate) url: String,
    admin: String,
    name: String,
}

impl Server {
    /// The name by which it is skipped.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
        }
    }

    /// The variable that says where it is.
    pub(crate) fn variable(self) -> &'static str {
        match self {
            Self::Postgres => "HELPDESK_TEST_POSTGRES_URL",
            Self::MySql => "HELPDESK_TEST_MYSQL_URL",
        }
    }

    /// Where it is, if it is there.
    pub(crate) fn url(self) -> Option<String> {
        std::env::var(self.variable()).ok().filter(|url| !url.is_empty())
    }

    /// A pool on a database there that waits so long for a connection.
    pub(crate) async fn pool(self, url: &str, size: u32, patience: Duration) -> SqlPool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres => {
                let options = sqlx::postgres::PgPoolOptions::new().max_connections(size).acquire_timeout(patience);
                options.connect(url).await.unwrap().into()
            }
            #[cfg(feature = "mysql")]
            Self::MySql => {
                let options = sqlx::mysql::MySqlPoolOptions::new().max_connections(size).acquire_timeout(patience);
                options.connect(url).await.unwrap().into()
            }
            #[cfg(not(all(feature = "postgres", feature = "mysql")))]
            other => panic!("this build has no {}", other.name()),
        }
    }

    /// What ends a connection by its number.
    pub(crate) fn end_connection(self, number: i64) -> String {
        match self {
            Self::Postgres => format!("SELECT pg_terminate_backend({number})"),
            Self::MySql => format!("KILL {number}"),
        }
    }

    /// Whether a test must say that it was skipped; a failure where everything is required.
    pub(crate) fn is_lacking(self) -> bool {
        if self.url().is_some() {
            return false;
        }
        let required = std::env::var("HELPDESK_TEST_REQUIRE").is_ok_and(|required| required == "all");
        assert!(!required, "missing: {} (run the tests with scripts/test)", self.name());
        println!("skipped: {}", self.name());
        true
    }
}

impl Database {
    /// A new one.
    pub(crate) async fn create(server: Server) -> Self {
        let admin = server.url().expect("asked for only where the server is");
        let name = format!("helpdesk_{}", uuid::Uuid::new_v4().simple());
        execute(server, &admin, &format!("CREATE DATABASE {name}")).await;
        let (base, _) = admin.rsplit_once('/').expect("a URL names a database");
        Self { server, url: format!("{base}/{name}"), admin: admin.clone(), name }
    }

    /// A pool on it.
    pub(crate) async fn pool(&self, size: u32) -> SqlPool {
        self.server.pool(&self.url, size, Duration::from_secs(30)).await
    }

    /// A migrated store on a pool of its own.
    pub(crate) async fn store(&self) -> SqlStore {
        self.store_drawing(false).await
    }

    /// The same, with numbers drawn without gaps or out of blocks.
    pub(crate) async fn store_drawing(&self, gapless: bool) -> SqlStore {
        let store = SqlOptions::new(self.pool(8).await).gapless_numbers(gapless).build();
        store.migrate().await.unwrap();
        store
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (server, admin, name) = (self.server, self.admin.clone(), self.name.clone());
        // The test's runtime may be at its end.
        let gone = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            let force = if server == Server::Postgres { " WITH (FORCE)" } else { "" };
            runtime.block_on(execute(server, &admin, &format!("DROP DATABASE {name}{force}")));
        });
        gone.join().unwrap();
    }
}

async fn execute(server: Server, url: &str, statement: &str) {
    let statement = AssertSqlSafe(statement.to_owned());
    match server {
        #[cfg(feature = "postgres")]
        Server::Postgres => {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            connection.execute(statement).await.unwrap();
            connection.close().await.unwrap();
        }
        #[cfg(feature = "mysql")]
        Server::MySql => {
            let mut connection = sqlx::MySqlConnection::connect(url).await.unwrap();
            connection.execute(statement).await.unwrap();
            connection.close().await.unwrap();
        }
        #[cfg(not(all(feature = "postgres", feature = "mysql")))]
        other => panic!("this build has no {}", other.name()),
    }
}

/// A fresh database with a migrated store on it.
pub(crate) async fn fresh(server: Server) -> (Arc<SqlStore>, Database) {
    let database = Database::create(server).await;
    (Arc::new(database.store().await), database)
}
