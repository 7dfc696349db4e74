//! From a URL to a store: which backends this build has, and whether a missing store may be made.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::store::{FaultKind, Maintenance, SchemaState, Store, StoreError};
use helpdesk_core::text::Invalid;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};

use crate::failure::Failure;
use crate::lang::Saying;

/// The backends of this build, as in URLs.
const BACKENDS: &str = "memory: and sqlite:PATH";

/// How many copies of one version are kept beside a file.
const COPIES: u32 = 1000;

/// What a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// This process's memory.
    Memory,
    /// A SQLite file.
    Sqlite(PathBuf),
}

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

impl Place {
    /// Reads a URL.
    ///
    /// # Errors
    /// If this build has no such backend.
    pub(crate) fn parse(url: &str) -> Result<Self, Failure> {
        let wrong = |expected| Failure::from(Invalid::malformed("url", expected)).hinting(known());
        match url.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", path)) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                if path.is_empty() {
                    return Err(wrong("a URL with the path of a file"));
                }
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            Some((scheme, _)) => {
                let lacks = Saying::new(format!("{scheme}: is not among them"), format!("{scheme}: gehört nicht dazu"));
                let invalid = Invalid::malformed("url", "a URL of a backend that this build has");
                Err(Failure::from(invalid).hinting(known().and(&lacks)))
            }
            None => Err(wrong("a URL with a scheme")),
        }
    }
}

impl Place {
    /// Whether there is anything to open.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Self::Memory => true,
            Self::Sqlite(path) => path.exists(),
        }
    }

    /// What stands there, before it is opened. Nothing is changed.
    ///
    /// # Errors
    /// If nothing stands there, or it cannot be read.
    pub(crate) async fn schema(&self) -> Result<SchemaState, Failure> {
        match self {
            Self::Memory => Ok(MemoryStore::new().schema().await?),
            Self::Sqlite(path) => SqliteOptions::new(path).schema().await.map_err(|error| missing(error, path)),
        }
    }

    /// Copies what stands there into a file beside it, before it is opened; says which. Memory has nothing to copy.
    ///
    /// # Errors
    /// If it cannot be read, or the copy not be written.
    pub(crate) async fn set_aside(&self, version: u32) -> Result<Option<PathBuf>, Failure> {
        let Self::Sqlite(path) = self else { return Ok(None) };
        let named = |copy: u32| {
            let mut name = path.as_os_str().to_owned();
            name.push(format!(".v{version}.backup"));
            if copy > 1 {
                name.push(format!("-{copy}"));
            }
            PathBuf::from(name)
        };
        // An earlier copy is never written over; past the last name, the store refuses.
        let free = (1..=COPIES).map(named).find(|target| !target.exists()).unwrap_or_else(|| named(1));
        SqliteOptions::new(path).backup(&free).await?;
        Ok(Some(free))
    }
}

/// An open store: as the core sees it, and with what only a file can do.
#[derive(Clone)]
pub(crate) struct Backend {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
    file: Option<Arc<SqliteStore>>,
}

impl Backend {
    /// An empty store in memory.
    pub(crate) fn memory() -> Self {
        Self { store: Arc::new(MemoryStore::new()), file: None }
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
                Ok(Self { store: Arc::clone(&store) as Arc<dyn Store>, file: Some(store) })
            }
        }
    }

    /// Whether the store can be copied into a file, as far as can be seen before it is done.
    ///
    /// # Errors
    /// As [`Backend::backup`].
    pub(crate) fn may_back_up(&self, target: &Path) -> Result<(), Failure> {
        if self.file.is_none() {
            return Err(StoreError::new(FaultKind::Unsupported, "backup").because("this store is no file").into());
        }
        if target.exists() {
            return Err(Failure::io(target.display().to_string(), std::io::ErrorKind::AlreadyExists.into()));
        }
        Ok(())
    }

    /// Copies the store into a file.
    ///
    /// # Errors
    /// If the backend has no file to copy, or the target is there already.
    pub(crate) async fn backup(&self, target: &Path) -> Result<(), Failure> {
        match &self.file {
            Some(file) => Ok(file.backup(target).await?),
            None => Err(StoreError::new(FaultKind::Unsupported, "backup").because("this store is no file").into()),
        }
    }
}

/// What this build has.
fn known() -> Saying {
    Saying::new(format!("this build has {BACKENDS}"), format!("dieses Programm kennt {BACKENDS}"))
}

/// A store that is not there is to be made; one of an older version is to be migrated, which is the usual hint.
fn missing(error: StoreError, path: &Path) -> Failure {
    let is_missing =
        error.kind == FaultKind::NeedsMigration && std::fs::metadata(path).map_or(true, |metadata| metadata.len() == 0);
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
