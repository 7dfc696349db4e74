//! From a URL to a place: which backends this build has, and what stands where before it is opened.

use std::path::{Path, PathBuf};

use helpdesk_core::MemoryStore;
use helpdesk_core::store::{Maintenance, SchemaState};
use helpdesk_core::text::Invalid;
use helpdesk_store_sled::SledOptions;
use helpdesk_store_sql::sqlite::SqliteOptions;

use crate::backend::{Backend, Opening, hide_panics_of_sled, missing};
use crate::failure::Failure;
use crate::lang::Saying;

/// The backends of this build, as in URLs.
const BACKENDS: &str = "memory:, sqlite:PATH, sled:DIR";

/// How many copies of one version are kept beside a store.
const COPIES: u32 = 1000;

/// What a URL names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// This process's memory.
    Memory,
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A sled folder.
    Sled(PathBuf),
}

impl Place {
    /// Reads a URL.
    ///
    /// # Errors
    /// If this build has no such backend.
    pub(crate) fn parse(url: &str) -> Result<Self, Failure> {
        let wrong = |expected| Failure::from(Invalid::malformed("url", expected)).hinting(known());
        let path = |rest: &str| {
            let path = rest.strip_prefix("//").unwrap_or(rest);
            if path.is_empty() { Err(wrong("a URL with a path")) } else { Ok(PathBuf::from(path)) }
        };
        match url.split_once(':') {
            Some(("memory", "")) => Ok(Self::Memory),
            Some(("sqlite", rest)) => path(rest).map(Self::Sqlite),
            Some(("sled", rest)) => path(rest).map(Self::Sled),
            Some((scheme, _)) => {
                let lacks = Saying::new(format!("{scheme}: is not among them"), format!("{scheme}: gehört nicht dazu"));
                let invalid = Invalid::malformed("url", "a URL of a backend that this build has");
                Err(Failure::from(invalid).hinting(known().and(&lacks)))
            }
            None => Err(wrong("a URL with a scheme")),
        }
    }

    /// Whether there is anything to open.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Self::Memory => true,
            Self::Sqlite(path) => path.exists(),
            Self::Sled(path) => SledOptions::new(path).is_there(),
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
            Self::Sled(path) => {
                hide_panics_of_sled();
                SledOptions::new(path).schema().map_err(|error| missing(error, path))
            }
        }
    }

    /// Copies what stands there to a place beside it, before it is opened; says where. Memory has nothing to copy.
    ///
    /// # Errors
    /// If it cannot be read, or the copy not be written.
    pub(crate) async fn set_aside(&self, version: u32) -> Result<Option<PathBuf>, Failure> {
        match self {
            Self::Memory => Ok(None),
            Self::Sqlite(path) => {
                let target = free_name(path, version);
                SqliteOptions::new(path).backup(&target).await?;
                Ok(Some(target))
            }
            Self::Sled(path) => {
                let target = free_name(path, version);
                let backend = Backend::open(self, Opening::Existing).await?;
                let copied = backend.backup(&target).await;
                backend.store.close().await?;
                copied.map(|()| Some(target))
            }
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

/// What this build has.
fn known() -> Saying {
    Saying::new(format!("this build has {BACKENDS}"), format!("dieses Programm kennt {BACKENDS}"))
}
