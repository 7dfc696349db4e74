//! The primary and the replica that `scripts/replica` started. What is tried there is not known here.

use std::process::Command;
use std::time::Duration;

use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{AssertSqlSafe, Executor};

/// Where they are.
const URLS: &str = "HELPDESK_TEST_REPLICA_URLS";
/// What ends and begins them.
const CONTROL: &str = "HELPDESK_TEST_REPLICA";

#[derive(Debug, Clone, Copy)]
pub(crate) enum Server {
    Primary,
    Standby,
}

impl Server {
    fn url(self) -> String {
        let urls = std::env::var(URLS).expect("run by scripts/replica");
        let mut urls = urls.split(' ');
        match self {
            Self::Primary => urls.next(),
            Self::Standby => urls.nth(1),
        }
        .expect("there are two")
        .to_owned()
    }

    /// A pool on a database that may still be on its way.
    pub(crate) async fn pool(self, database: &str) -> PgPool {
        let url = self.url();
        let (server, _) = url.rsplit_once('/').expect("a URL names a database");
        let options = PgPoolOptions::new().max_connections(8).acquire_timeout(Duration::from_secs(3));
        loop {
            match options.clone().connect(&format!("{server}/{database}")).await {
                Ok(pool) => return pool,
                Err(sqlx::Error::Database(_)) => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(other) => panic!("{other}"),
            }
        }
    }
}

/// Makes a database on the primary; gives its name.
pub(crate) async fn database() -> String {
    let name = format!("helpdesk_{}", uuid::Uuid::new_v4().simple());
    let pool = Server::Primary.pool("helpdesk").await;
    pool.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    name
}

/// Says something to the script: `kill standby`, `start standby`, `promote`.
pub(crate) async fn control(words: &'static [&'static str]) {
    let script = std::env::var(CONTROL).expect("run by scripts/replica");
    let done = tokio::task::spawn_blocking(move || Command::new(script).args(words).status().unwrap());
    assert!(done.await.unwrap().success(), "{words:?} failed");
}
