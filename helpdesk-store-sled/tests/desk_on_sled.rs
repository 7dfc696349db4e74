//! The scenarios of the shell on sled; the same files as on the memory store.

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
use helpdesk_store_sled::{SledOptions, SledStore};

/// What keeps the store's folder.
type Guard = tempfile::TempDir;

#[expect(clippy::unused_async, reason = "the scenarios await it, as other backends are opened so")]
async fn store() -> (Arc<dyn Store>, Guard) {
    let folder = tempfile::tempdir().unwrap();
    let options = SledOptions::new(folder.path().join("desk.sled")).create(true).cache_bytes(4 * 1024 * 1024);
    (Arc::new(SledStore::open(&options).unwrap()), folder)
}
