//! The scenarios of the shell on SQLite; the same files as on the memory store.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

#[path = "../../helpdesk-core/tests/scenarios/mod.rs"]
mod scenarios;

use std::sync::Arc;

use helpdesk_core::store::Store;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};

/// What keeps the store's file.
type Guard = tempfile::TempDir;

async fn store() -> (Arc<dyn Store>, Guard) {
    let folder = tempfile::tempdir().unwrap();
    // One reader, so that a call that keeps it is found out.
    let options = SqliteOptions::new(folder.path().join("desk.db")).create(true).readers(1);
    (Arc::new(SqliteStore::open(options).await.unwrap()), folder)
}
