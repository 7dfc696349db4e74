//! A store on a pool of its own: what it opens, how few connections it needs, that it ends with them.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::desk::OpenTicket;
use helpdesk_core::store::{FaultKind, Maintenance};
use helpdesk_core::{Helpdesk, Settings};
use helpdesk_store_sql::{ConnectOptions, SqlStore};
use servers::{Database, Server};

fn each() -> impl Iterator<Item = Server> {
    [Server::Postgres, Server::MySql].into_iter().filter(|server| !server.is_lacking())
}

fn options(database: &Database) -> ConnectOptions {
    ConnectOptions::new(&database.url).unwrap()
}

/// How many connections others have to the database.
async fn connections(database: &Database) -> i64 {
    let count = match database.server {
        Server::Postgres => "SELECT count(*) - 1 FROM pg_stat_activity WHERE datname = current_database()",
        Server::MySql => "SELECT count(*) - 1 FROM information_schema.processlist WHERE db = database()",
    };
    match database.pool(1).await {
        helpdesk_store_sql::SqlPool::Postgres(pool) => sqlx::query_scalar(count).fetch_one(&pool).await.unwrap(),
        helpdesk_store_sql::SqlPool::MySql(pool) => sqlx::query_scalar(count).fetch_one(&pool).await.unwrap(),
        _ => unreachable!("there are two servers"),
    }
}

#[tokio::test]
async fn tables_are_made_only_where_that_was_said() {
    for server in each() {
        let database = Database::create(server).await;
        let options = options(&database);
        assert_eq!(options.schema().await.unwrap().found, 0);
        assert_eq!(SqlStore::connect(options.clone()).await.unwrap_err().kind, FaultKind::NeedsMigration);
        assert_eq!(options.schema().await.unwrap().found, 0, "nothing was made");
        SqlStore::connect(options.clone().create(true)).await.unwrap().close().await.unwrap();
        let schema = options.schema().await.unwrap();
        assert_eq!(schema.found, schema.supported);
        let store = SqlStore::connect(options.migrate(true)).await.unwrap();
        let about = store.about().await.unwrap();
        assert!(about.bytes > 0 && about.engine.contains(|c: char| c.is_ascii_digit()), "{about:?}");
    }
}

#[tokio::test]
async fn one_thing_after_the_other_needs_one_connection_and_the_end_leaves_none() {
    for server in each() {
        let database = Database::create(server).await;
        let store = Arc::new(SqlStore::connect(options(&database).create(true)).await.unwrap());
        let desk = Helpdesk::over(store.clone()).build();
        desk.tenant("acme").unwrap().admin("anna").unwrap().init(&Settings::usual()).await.unwrap();
        let anna = desk.tenant("acme").unwrap().agent("anna").unwrap();
        for _ in 0..5 {
            let ticket = anna.open(OpenTicket::new("Till is down").saying("Help")).await.unwrap().ticket;
            anna.note(ticket.id, "seen").await.unwrap();
        }
        // Making the tables takes one that is not given back at once.
        let open = connections(&database).await;
        assert!(open <= 2, "{open} connections to {server:?}");
        store.close().await.unwrap();
        assert_eq!(store.tenants().await.unwrap_err().kind, FaultKind::Unavailable);
        let mut left = connections(&database).await;
        for _ in 0..50 {
            if left == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
            left = connections(&database).await;
        }
        assert_eq!(left, 0, "{server:?}");
    }
}

#[test]
fn a_store_may_be_dropped_where_no_runtime_is() {
    for server in each() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let database = runtime.block_on(Database::create(server));
        let store = runtime.block_on(SqlStore::connect(options(&database).create(true))).unwrap();
        assert!(runtime.block_on(store.tenants()).unwrap().is_empty());
        drop(runtime);
        drop(store);
    }
}

#[test]
fn a_url_is_read_and_its_password_told_by_nobody() {
    for (url, place) in [
        ("postgres://desk:s3cret@db/desk", "postgres://db:5432/desk"),
        ("postgresql://desk:s3cret@db:6000", "postgres://db:6000/desk"),
        ("mysql://desk:s3cret@db/desk?ssl-mode=disabled", "mysql://db:3306/desk"),
        ("mariadb://desk:s%2Fcret@db/desk", "mysql://db:3306/desk"),
    ] {
        let options = ConnectOptions::new(url).unwrap();
        assert_eq!(options.place(), place);
        let told = format!("{options:?}");
        assert!(!told.contains("cret") && told.contains(place), "{told}");
    }
    for url in
        ["mysql://desk:s3cret@db", "postgres://desk:12/s3cret@db/x", "postgres:x", "oracle://desk:s3cret@db/x", "x"]
    {
        let refused = ConnectOptions::new(url).unwrap_err();
        assert!(refused.field == "url" && !refused.to_string().contains("s3cret"), "{refused}");
    }
}
