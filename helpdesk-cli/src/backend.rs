//! From a place to an open store, as the core sees it and with what only files can do.

use std::path::Path;
use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::store::{FaultKind, Store, StoreError};
use helpdesk_store_sled::{SledOptions, SledStore};
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};

use crate::failure::Failure;
use crate::lang::Saying;
use crate::place::Place;

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

    /// How many bytes it has on the disk, where that can be known.
    pub(crate) fn size(&self) -> Option<u64> {
        match &self.files {
            Files::Sqlite(store) => std::fs::metadata(store.path()).ok().map(|metadata| metadata.len()),
            Files::Sled(store) => store.size_on_disk().ok(),
            Files::None => None,
        }
    }
}

/// sled panics on damage; the store catches that and tells it as an error, and people need not read both.
pub(crate) fn hide_panics_of_sled() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.location().is_some_and(|location| location.file().contains("/sled-0.")) {
                loud(panic);
            }
        }));
    });
}

fn no_file() -> Failure {
    StoreError::new(FaultKind::Unsupported, "backup").because("this store is no file").into()
}

/// A store that is not there is to be made; one of an older version is to be migrated, which is the usual hint.
pub(crate) fn missing(error: StoreError, path: &Path) -> Failure {
    let is_missing = error.kind == FaultKind::NeedsMigration
        && std::fs::metadata(path).map_or(true, |metadata| metadata.len() == 0 || metadata.is_dir());
    let failure = Failure::from(error);
    if !is_missing {
        return failure;
    }
    let path = path.display();
    failure.hinting(Saying::new(
        format!("{path} was looked for: make it with `helpdesk init`, or say where it is with --url"),
        format!("gesucht wurde {path}: mit `helpdesk init` anlegen oder mit --url sagen, wo es liegt"),
    ))
}
