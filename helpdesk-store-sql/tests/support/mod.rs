//! What the tests build on: a store in a folder of its own, beside the acts that every backend is tested with.
#![allow(dead_code, unused_imports, clippy::allow_attributes, reason = "each test binary uses a part of it")]

#[path = "../../../helpdesk-core/tests/shared/acts.rs"]
mod acts;

use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use sqlx::ConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};

pub(crate) use acts::*;

pub(crate) struct Desk {
    pub(crate) store: SqliteStore,
    pub(crate) folder: tempfile::TempDir,
}

impl Desk {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = SqliteStore::open(options(folder.path())).await.unwrap();
        Self { store, folder }
    }
}

pub(crate) fn options(folder: &std::path::Path) -> SqliteOptions {
    SqliteOptions::new(folder.join("desk.db")).create(true)
}

/// A connection to a file past the store: to damage it, or to hold it as another program would.
pub(crate) async fn raw(path: &std::path::Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).create_if_missing(true).connect().await.unwrap()
}
