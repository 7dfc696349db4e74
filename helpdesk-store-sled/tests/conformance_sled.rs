//! The conformance kit on sled: real folders, each of its own.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

use std::path::PathBuf;
use std::sync::Arc;

use helpdesk_core::conformance::{Fresh, Keep, Subject, stamp};
use helpdesk_core::store::Store;
use helpdesk_store_sled::{SledOptions, SledStore};

struct Sled;

/// The store's folder, and the one around it that goes when this does.
struct Place {
    path: PathBuf,
    _folder: tempfile::TempDir,
}

fn options(path: &PathBuf) -> SledOptions {
    SledOptions::new(path).cache_bytes(4 * 1024 * 1024)
}

#[async_trait::async_trait]
impl Subject for Sled {
    async fn fresh(&self) -> Fresh {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("desk.sled");
        let store = SledStore::open(&options(&path).create(true)).unwrap();
        Fresh::new(Arc::new(store), Place { path, _folder: folder })
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        let place = keep.downcast_ref::<Place>().unwrap();
        Some(Arc::new(SledStore::open(&options(&place.path)).unwrap()))
    }
}

stamp!(Sled);
