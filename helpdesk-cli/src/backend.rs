//! From a place to an open store, as the core sees it and with what only files can do.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::store::{FaultKind, Store, StoreError};
use helpdesk_store_sled::{SledOptions, SledStore};
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};

use crate::failure::Failure;
use crate::place::{Place, hide_panics_of_sled, missing};

/// How many copies of one version are kept beside a store.
const COPIES: u32 = 1000;

/// How a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It must be there, of this version.
    Existing,
    /// It is made if it is not there.
    Create,
    /// It must be there, and is brought to this version.
    Migrate,
}

/// An open store.
#[derive(Clone)]
pub(crate) struct Backend {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    files: Files,
}

/// The store with what only its files can do.
#[derive(Clone)]
enum Files {
    None,
    Sqlite(Arc<SqliteStore>),
    Sled(Arc<SledStore>),
}

impl Backend {
    /// An empty store in memory.
    pub(crate) fn memory() -> Self {
        Self { store: Arc::new(MemoryStore::new()), files: Files::None }
    }

    /// Opens a store.
    ///
    /// # Errors
    /// If it is missing, of another version, damaged or cannot be reached.
    pub(crate) async fn open(place: &Place, opening: Opening) -> Result<Self, Failure> {
        match place {
            Place::Memory => Ok(Self::memory()),
            Place::Sqlite(path) => {
                let options =
                    SqliteOptions::new(path).create(opening == Opening::Create).migrate(opening == Opening::Migrate);
                let store = Arc::new(SqliteStore::open(options).await.map_err(|error| missing(error, path))?);
                Ok(Self { store: Arc::clone(&store) as Arc<dyn Store>, files: Files::Sqlite(store) })
            }
            Place::Sled(path) => {
                hide_panics_of_sled();
                let options = SledOptions::new(path).create(opening == Opening::Create);
                let store = Arc::new(SledStore::open(&options).map_err(|error| missing(error, path))?);
                Ok(Self { store: Arc::clone(&store) as Arc<dyn Store>, files: Files::Sled(store) })
            }
        }
    }

    /// Whether the store can be copied, as far as can be seen before it is done.
    ///
    /// # Errors
    /// As [`Backend::backup`].
    pub(crate) fn may_back_up(&self, target: &Path) -> Result<(), Failure> {
        if matches!(self.files, Files::None) {
            return Err(no_file());
        }
        if target.exists() {
            return Err(Failure::io(target.display().to_string(), std::io::ErrorKind::AlreadyExists.into()));
        }
        Ok(())
    }

    /// Copies the store into a file, or a folder where the store is one.
    ///
    /// # Errors
    /// If the backend has no file to copy, or the target is there already.
    pub(crate) async fn backup(&self, target: &Path) -> Result<(), Failure> {
        match &self.files {
            Files::Sqlite(store) => Ok(store.backup(target).await?),
            Files::Sled(store) => Ok(store.backup(target).await?),
            Files::None => Err(no_file()),
        }
    }

    /// Copies what stands at a place to one beside it, before it is opened for good; says where. Memory has nothing to copy.
    ///
    /// # Errors
    /// If it cannot be read, or the copy not be written.
    pub(crate) async fn set_aside(place: &Place, version: u32) -> Result<Option<PathBuf>, Failure> {
        match place {
            Place::Memory => Ok(None),
            Place::Sqlite(path) => {
                let target = free_name(path, version);
                SqliteOptions::new(path).backup(&target).await?;
                Ok(Some(target))
            }
            Place::Sled(path) => {
                let target = free_name(path, version);
                let backend = Self::open(place, Opening::Existing).await?;
                let copied = backend.backup(&target).await;
                backend.store.close().await?;
                copied.map(|()| Some(target))
            }
        }
    }

    /// How many bytes it has on the disk, where that can be known.
    pub(crate) fn size(&self) -> Option<u64> {
        match &self.files {
            Files::Sqlite(store) => std::fs::metadata(store.path()).ok().map(|metadata| metadata.len()),
            Files::Sled(store) => store.size_on_disk().ok(),
            Files::None => None,
        }
    }
}

fn no_file() -> Failure {
    StoreError::new(FaultKind::Unsupported, "backup").because("this store is no file").into()
}

/// A name for a copy that nothing has. An earlier copy is never written over; past the last name, the store refuses.
fn free_name(path: &Path, version: u32) -> PathBuf {
    let named = |copy: u32| {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".v{version}.backup"));
        if copy > 1 {
            name.push(format!("-{copy}"));
        }
        PathBuf::from(name)
    };
    (1..=COPIES).map(named).find(|target| !target.exists()).unwrap_or_else(|| named(1))
}
