//! The scenarios of the shell on the memory store.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

#[path = "scenarios/bad_input.rs"]
mod bad_input;
#[path = "scenarios/cancel.rs"]
mod cancel;
#[path = "scenarios/commands.rs"]
mod commands;
#[path = "scenarios/copying.rs"]
mod copying;
#[path = "scenarios/editions.rs"]
mod editions;
#[path = "scenarios/escalation.rs"]
mod escalation;
#[path = "scenarios/findings.rs"]
mod findings;
#[path = "scenarios/life.rs"]
mod life;
#[path = "scenarios/model.rs"]
mod model;
#[path = "scenarios/promised.rs"]
mod promised;
#[path = "scenarios/races.rs"]
mod races;
#[path = "scenarios/service_levels.rs"]
mod service_levels;
#[path = "scenarios/stale.rs"]
mod stale;

use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::store::Store;

/// What keeps the store's files; nothing here.
type Guard = ();

#[expect(clippy::unused_async, reason = "other stores are opened by awaiting")]
async fn store() -> (Arc<dyn Store>, Guard) {
    (Arc::new(MemoryStore::new()), ())
}
