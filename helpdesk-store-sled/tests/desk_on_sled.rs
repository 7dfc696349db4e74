//! The scenarios of the shell on sled; the same files as on the memory store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

#[path = "../../helpdesk-core/tests/scenarios/mod.rs"]
mod scenarios;

use std::sync::Arc;

use helpdesk_core::store::Store;
use helpdesk_store_sled::{SledOptions, SledStore};

/// What keeps the store's folder.
type Guard = tempfile::TempDir;

async fn store() -> (Arc<dyn Store>, Guard) {
    let folder = tempfile::tempdir().unwrap();
    let options = SledOptions::new(folder.path().join("desk.sled")).create(true).cache_bytes(4 * 1024 * 1024);
    (Arc::new(SledStore::open(&options).unwrap()), folder)
}
