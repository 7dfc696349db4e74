//! What makes it a backend: the rules of the kit, one named test each.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

use std::path::PathBuf;
use std::sync::Arc;

use example_custom_backend::RedbStore;
use helpdesk_core::conformance::{Fresh, Keep, Subject, stamp};
use helpdesk_core::store::Store;

struct Redb;

/// The file, and the folder that goes when this does.
struct Place {
    file: PathBuf,
    _folder: tempfile::TempDir,
}

#[async_trait::async_trait]
impl Subject for Redb {
    async fn fresh(&self) -> Fresh {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.redb");
        let store = RedbStore::open(&file).unwrap();
        Fresh::new(Arc::new(store), Place { file, _folder: folder })
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        let place = keep.downcast_ref::<Place>().unwrap();
        Some(Arc::new(RedbStore::open(&place.file).unwrap()))
    }
}

stamp!(Redb);
