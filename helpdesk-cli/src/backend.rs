//! From a URL to a store: which backends this build has, and whether a missing store may be made.

use std::path::PathBuf;
use std::sync::Arc;

use helpdesk_core::MemoryStore;
use helpdesk_core::store::Store;

use crate::exit::Failure;

/// The backends of this build, as in URLs.
const BACKENDS: &str = "memory: and sqlite:PATH";

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
        let wrong = |message: String| Failure::Usage { message, hint: format!("this build has {BACKENDS}") };
        match url.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", path)) => {
                let path = path.strip_prefix("//").unwrap_or(path);
                if path.is_empty() {
                    return Err(wrong("the URL names no file".to_owned()));
                }
                Ok(Self::Sqlite(PathBuf::from(path)))
            }
            Some((scheme, _)) => Err(wrong(format!("this build has no backend for {scheme}:"))),
            None => Err(wrong("the URL has no scheme".to_owned())),
        }
    }
}

/// An open store: as the core sees it, and with what only a file can do.
#[derive(Clone)]
pub(crate) struct Backend {
    /// The store.
    pub(crate) store: Arc<dyn Store>,
}

impl Backend {
    /// Opens a store.
    ///
    /// # Errors
    /// If it is missing, of another version, damaged or cannot be reached.
    pub(crate) async fn open(place: &Place, opening: Opening) -> Result<Self, Failure> {
        let _ = opening;
        match place {
            Place::Memory => Ok(Self { store: Arc::new(MemoryStore::new()) }),
            Place::Sqlite(_) => Err(Failure::Usage { message: "no sqlite yet".into(), hint: BACKENDS.into() }),
        }
    }

    /// Copies the store into a file.
    ///
    /// # Errors
    /// If the backend has no file to copy, or the target is there already.
    #[expect(clippy::unused_async, reason = "a stand-in")]
    pub(crate) async fn backup(&self, _target: &std::path::Path) -> Result<(), Failure> {
        Err(Failure::Usage { message: "no sqlite yet".into(), hint: BACKENDS.into() })
    }
}
