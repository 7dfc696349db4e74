//! Where a joined desk finds its tables on SQLite, and how they come into a file that is the host's.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod shop;
mod support;

use std::sync::Arc;

use helpdesk_core::store::*;
use helpdesk_core::{Helpdesk, MemoryStore};
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use helpdesk_store_sql::{Join, Joinable};
use shop::*;
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;
use support::*;

#[tokio::test]
async fn a_desk_on_another_store_looks_where_the_transaction_is() {
    let shop = Shop::new().await;
    let elsewhere = Helpdesk::builder(MemoryStore::new()).build();
    let mut transaction = shop.begin().await;
    let anna = elsewhere.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    let ticket = anna.open(damaged()).await.unwrap().ticket.id;
    drop(anna);
    transaction.commit().await.unwrap();
    assert!(shop.anna().show(ticket).await.is_ok());

    let memory = SqlitePool::connect("sqlite::memory:").await.unwrap();
    let mut transaction = memory.begin().await.unwrap();
    let anna = elsewhere.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    let error = anna.open(damaged()).await.unwrap_err();
    assert_eq!(error.code(), FaultKind::NeedsMigration.code(), "{error}");
}

#[tokio::test]
async fn tables_are_made_within_the_transaction() {
    let memory = SqlitePool::connect("sqlite::memory:").await.unwrap();
    for keep in [false, true] {
        let mut transaction = memory.begin().await.unwrap();
        let store: Arc<dyn Store + '_> = transaction.store(&MemoryStore::new());
        assert_eq!(store.schema().await.unwrap().found, 0);
        let state = store.migrate().await.unwrap();
        assert_eq!((state, store.schema().await.unwrap()), (state, state));
        assert_eq!(store.migrate().await.unwrap(), state, "twice is fine");
        open(&*store, plain("At once"), at(0)).await;
        drop(store);
        if keep {
            transaction.commit().await.unwrap();
        } else {
            transaction.rollback().await.unwrap();
        }
        let tables = sqlx::query_scalar("SELECT count(*) FROM sqlite_master WHERE name LIKE 'helpdesk%'");
        let tables: i64 = tables.fetch_one(&memory).await.unwrap();
        assert_eq!(tables > 0, keep, "{tables}");
    }
    let stamp: i64 = sqlx::query_scalar("PRAGMA application_id").fetch_one(&memory).await.unwrap();
    assert_eq!(stamp, 0, "the header is the host's");
}

#[tokio::test]
async fn a_store_in_the_file_of_a_pool_leaves_the_hosts_part_alone() {
    let shop = Shop::new().await;
    let mut transaction = shop.begin().await;
    order(&mut transaction, 1).await;
    transaction.commit().await.unwrap();
    let again = SqliteStore::from_pool(&shop.pool).await.unwrap();
    assert!(again.path().ends_with("shop.db"));
    again.close().await.unwrap();
    assert_eq!(shop.orders().await, [1], "closing the store leaves the pool open");
    let folder = tempfile::tempdir().unwrap();
    let blank = SqliteConnectOptions::new().filename(folder.path().join("new.db"));
    let pool = SqlitePool::connect_lazy_with(blank.create_if_missing(true));
    SqliteStore::from_pool(&pool).await.unwrap();
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&pool).await.unwrap();
    assert_eq!(version, 0, "the header is the host's, though nothing of it stood there yet");
    for memory in ["sqlite::memory:", "sqlite:file:name?mode=memory&cache=shared"] {
        let pool = SqlitePool::connect(memory).await.unwrap();
        assert_eq!(SqliteStore::from_pool(&pool).await.unwrap_err().kind, FaultKind::Unsupported, "{memory}");
    }
    let memory = SqliteOptions::new(":memory:").create(true);
    assert_eq!(SqliteStore::open(memory).await.unwrap_err().kind, FaultKind::Unsupported);
}
