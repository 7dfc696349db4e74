//! What the tests build on: a store in a folder of its own, beside the acts that every backend is tested with.
#![allow(dead_code, unused_imports, clippy::allow_attributes, reason = "each test binary uses a part of it")]

#[path = "../../../helpdesk-core/tests/shared/acts.rs"]
mod acts;

use std::path::Path;

use helpdesk_store_sled::{SledOptions, SledStore};

pub(crate) use acts::*;

pub(crate) struct Desk {
    pub(crate) store: SledStore,
    pub(crate) folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SledStore::open(&options(folder.path())).unwrap();
        Self { store, folder }
    }
}

pub(crate) fn options(folder: &Path) -> SledOptions {
    SledOptions::new(folder.join("desk.sled")).create(true).cache_bytes(4 * 1024 * 1024)
}
