//! The scenarios of the shell on the memory store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

#[path = "scenarios/mod.rs"]
mod scenarios;

use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::store::Store;

/// What keeps the store's files; nothing here.
type Guard = ();

async fn store() -> (Arc<dyn Store>, Guard) {
    (Arc::new(MemoryStore::new()), ())
}
