//! The scenarios of the shell on MariaDB; the same files as on the memory store.

#![cfg(feature = "mysql")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

#[path = "../../helpdesk-core/tests/scenarios/mod.rs"]
mod scenarios;
mod servers;

use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::store::Store;
use servers::{Database, Server, fresh};

/// What keeps the database.
type Guard = Option<Database>;

async fn store() -> (Arc<dyn Store>, Guard) {
    if Server::MySql.is_lacking() {
        return (Arc::new(MemoryStore::new()), None);
    }
    let (store, database) = fresh(Server::MySql).await;
    (store, Some(database))
}
