//! From a place to an open store, as the core sees it and with what each backend does its own way.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::store::{FaultKind, Maintenance, Store, StoreError};
use helpdesk_store_sled::{SledOptions, SledStore};
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use helpdesk_store_sql::{ConnectOptions, SchemaStatus, SqlStore};

use crate::failure::Failure;
use crate::lang::Saying;
use crate::place::{Place, hide_panics_of_sled, missing, shut};

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
    own: Own,
}

/// What a store is beside that: there are things that only files can do, and others that only a server can say.
#[derive(Clone)]
enum Own {
    Memory,
    Sqlite(Arc<SqliteStore>),
    Sled(Arc<SledStore>),
    Server(Arc<SqlStore>),
}

/// Which engine a store has and how much it takes, as far as that can be known.
#[derive(Debug, Default)]
pub(crate) struct About {
    /// The server's engine and its version.
    pub(crate) engine: Option<String>,
    /// Bytes on the disk.
    pub(crate) bytes: Option<u64>,
    /// The steps by which its tables came about, where there are some.
    pub(crate) steps: Option<SchemaStatus>,
    /// Whether commits wake a relay, where they can.
    pub(crate) notify: Option<bool>,
}

impl Backend {
    /// An empty store in memory.
    pub(crate) fn memory() -> Self {
        Self { store: Arc::new(MemoryStore::new()), own: Own::Memory }
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
                Ok(Self { store: Arc::clone(&store) as Arc<dyn Store>, own: Own::Sqlite(store) })
            }
            Place::Sled(path) => {
                hide_panics_of_sled();
                let options = SledOptions::new(path).create(opening == Opening::Create);
                let store = Arc::new(SledStore::open(&options).map_err(|error| missing(error, path))?);
                Ok(Self { store: Arc::clone(&store) as Arc<dyn Store>, own: Own::Sled(store) })
            }
            Place::Server(options) => {
                let opened = ConnectOptions::clone(options)
                    .create(opening == Opening::Create)
                    .migrate(opening == Opening::Migrate);
                let store = match SqlStore::connect(opened).await {
                    Ok(store) => Arc::new(store),
                    Err(error) => return Err(shut(error, options).await),
                };
                Ok(Self { store: Arc::clone(&store) as Arc<dyn Store>, own: Own::Server(store) })
            }
        }
    }

    /// Whether the store can be copied, as far as can be seen before it is done.
    ///
    /// # Errors
    /// As [`Backend::backup`].
    pub(crate) fn may_back_up(&self, target: &Path) -> Result<(), Failure> {
        if matches!(self.own, Own::Memory | Own::Server(_)) {
            return Err(self.no_file());
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
        match &self.own {
            Own::Sqlite(store) => Ok(store.backup(target).await?),
            Own::Sled(store) => Ok(store.backup(target).await?),
            Own::Memory | Own::Server(_) => Err(self.no_file()),
        }
    }

    fn no_file(&self) -> Failure {
        let failure: Failure =
            StoreError::new(FaultKind::Unsupported, "backup").because("this store is no file").into();
        let Own::Server(_) = &self.own else { return failure };
        let tool = if self.store.name() == "postgres" { "pg_dump" } else { "mariadb-dump --single-transaction" };
        failure.hinting(Saying::new(
            format!("use `{tool}`, or copy it into a file with `helpdesk db copy URL sqlite:FILE`"),
            format!("`{tool}` verwenden, oder mit `helpdesk db copy URL sqlite:DATEI` in eine Datei kopieren"),
        ))
    }

    /// Copies what stands at a place to one beside it, before it is opened for good; says where. Memory has nothing to copy,
    /// and a server's copies are made by its own means.
    ///
    /// # Errors
    /// If it cannot be read, or the copy not be written.
    pub(crate) async fn set_aside(place: &Place, version: u32) -> Result<Option<PathBuf>, Failure> {
        match place {
            Place::Memory | Place::Server(_) => Ok(None),
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

    /// Which engine it has and how much it takes.
    ///
    /// # Errors
    /// If a server cannot be asked.
    pub(crate) async fn about(&self) -> Result<About, Failure> {
        Ok(match &self.own {
            Own::Memory => About::default(),
            Own::Sqlite(store) => {
                let bytes = std::fs::metadata(store.path()).ok().map(|metadata| metadata.len());
                About { bytes, steps: Some(store.status().await?), ..About::default() }
            }
            Own::Sled(store) => About { bytes: store.size_on_disk().ok(), ..About::default() },
            Own::Server(store) => {
                let about = store.about().await?;
                let steps = Some(store.status().await?);
                let notify = match self.waking() {
                    Some(store) => Some(store.notifies_outbox().await?),
                    None => None,
                };
                About { engine: Some(about.engine), bytes: Some(about.bytes), steps, notify }
            }
        })
    }

    /// The store, if its commits can wake a relay.
    pub(crate) fn waking(&self) -> Option<&SqlStore> {
        match &self.own {
            Own::Server(store) if store.name() == "postgres" => Some(store),
            _ => None,
        }
    }
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
