//! The scenarios of the shell on SQLite; the same files as on the memory store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

#[path = "../../helpdesk-core/tests/scenarios/bad_input.rs"]
mod bad_input;
#[path = "../../helpdesk-core/tests/scenarios/cancel.rs"]
mod cancel;
#[path = "../../helpdesk-core/tests/scenarios/commands.rs"]
mod commands;
#[path = "../../helpdesk-core/tests/scenarios/copying.rs"]
mod copying;
#[path = "../../helpdesk-core/tests/scenarios/editions.rs"]
mod editions;
#[path = "../../helpdesk-core/tests/scenarios/escalation.rs"]
mod escalation;
#[path = "../../helpdesk-core/tests/scenarios/findings.rs"]
mod findings;
#[path = "../../helpdesk-core/tests/scenarios/life.rs"]
mod life;
#[path = "../../helpdesk-core/tests/scenarios/model.rs"]
mod model;
#[path = "../../helpdesk-core/tests/scenarios/promised.rs"]
mod promised;
#[path = "../../helpdesk-core/tests/scenarios/races.rs"]
mod races;
#[path = "../../helpdesk-core/tests/scenarios/service_levels.rs"]
mod service_levels;
#[path = "../../helpdesk-core/tests/scenarios/stale.rs"]
mod stale;

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
