//! The scenarios of the shell within a host's transaction on SQLite; the same files as on the memory store.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

#[path = "../../helpdesk-core/tests/scenarios/mod.rs"]
mod scenarios;

use std::sync::Arc;

use helpdesk_core::store::Store;
use helpdesk_store_sql::Joinable;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

/// What keeps the store's file.
type Guard = tempfile::TempDir;

async fn store() -> (Arc<dyn Store>, Guard) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.db");
    let desk = SqliteStore::open(SqliteOptions::new(&file).create(true)).await.unwrap();
    let pool = SqlitePool::connect_lazy_with(SqliteConnectOptions::new().filename(&file));
    // A scenario keeps its store for as long as it likes, so the transaction lasts as long as the test.
    let transaction = Box::leak(Box::new(pool.begin().await.unwrap()));
    (transaction.store(&desk), folder)
}
