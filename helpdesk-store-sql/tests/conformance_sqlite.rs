//! The conformance kit on SQLite: real files, each in a folder of its own.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

use std::path::PathBuf;
use std::sync::Arc;

use helpdesk_core::conformance::{Fresh, Keep, Subject, stamp};
use helpdesk_core::store::Store;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};

struct Sqlite;

/// The file, and the folder that goes when this does.
struct Place {
    file: PathBuf,
    _folder: tempfile::TempDir,
}

#[async_trait::async_trait]
impl Subject for Sqlite {
    async fn fresh(&self) -> Fresh {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.db");
        let store = SqliteStore::open(SqliteOptions::new(&file).create(true)).await.unwrap();
        Fresh::new(Arc::new(store), Place { file, _folder: folder })
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        let place = keep.downcast_ref::<Place>().unwrap();
        Some(Arc::new(SqliteStore::open(SqliteOptions::new(&place.file)).await.unwrap()))
    }
}

stamp!(Sqlite);
