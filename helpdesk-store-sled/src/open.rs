//! Opening a folder: whose it is, of which version, and whether it may be made. Nobody else may have it open.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use helpdesk_core::store::{FaultKind, SchemaState, StoreError};

use super::SledStore;
use super::cell::seal;
use super::engine::{Batch, Engine};
use super::error::Fault;
use super::layout::VERSION;
use super::maintenance::{schema, version_key};
use super::shared::Shared;
use super::sled_engine::SledEngine;
use super::view::View;
use super::writer::Writer;

/// How much of a store is kept in memory unless said; sled's own choice is 1 GiB.
const CACHE: u64 = 64 * 1024 * 1024;

/// What is told where nothing stands.
const MISSING: &str = "there is no such store";

/// Which folder, and how it is opened.
///
/// ```
/// use helpdesk_store_sled::SledOptions;
/// let options = SledOptions::new("desk.sled").create(true).cache_bytes(16 * 1024 * 1024);
/// assert_eq!(options.path().to_str(), Some("desk.sled"));
/// ```
#[derive(Debug, Clone)]
pub struct SledOptions {
    path: PathBuf,
    create: bool,
    cache: u64,
    #[cfg(feature = "tape")]
    notes: Option<std::sync::mpsc::Sender<super::Noted>>,
}

impl SledOptions {
    /// A folder that must be there.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            create: false,
            cache: CACHE,
            #[cfg(feature = "tape")]
            notes: None,
        }
    }

    /// Whether the store is made if it is not there.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// About how many bytes of it are kept in memory; 64 MiB unless said.
    pub fn cache_bytes(mut self, cache: u64) -> Self {
        self.cache = cache;
        self
    }

    /// Whether something stands there that may be a store.
    pub fn is_there(&self) -> bool {
        SledEngine::is_there(&self.path)
    }

    /// What stands in the folder, without opening it as a store.
    ///
    /// # Errors
    /// `NeedsMigration` if there is none; otherwise as [`SledStore::open`].
    pub fn schema(&self) -> Result<SchemaState, StoreError> {
        const OPERATION: &str = "schema";
        if !self.is_there() {
            return Err(StoreError::new(FaultKind::NeedsMigration, OPERATION).because(MISSING));
        }
        let engine = SledEngine::open(&self.path, self.cache).map_err(|fault| fault.during(OPERATION))?;
        schema(View(&engine)).map_err(|fault| fault.during(OPERATION))
    }

    /// Has every batch noted.
    #[cfg(feature = "tape")]
    #[doc(hidden)]
    pub fn noting(mut self, notes: std::sync::mpsc::Sender<super::Noted>) -> Self {
        self.notes = Some(notes);
        self
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

pub(crate) fn open(options: &SledOptions) -> Result<SledStore, StoreError> {
    const OPERATION: &str = "open";
    if !options.create && !options.is_there() {
        return Err(StoreError::new(FaultKind::NeedsMigration, OPERATION).because(MISSING));
    }
    let fault = |fault: Fault| fault.during(OPERATION);
    let engine = SledEngine::open(&options.path, options.cache).map_err(fault)?;
    let found = schema(View(&engine)).map_err(fault)?;
    if found.found > found.supported {
        return Err(StoreError::new(FaultKind::SchemaTooNew, OPERATION));
    }
    if found.found == 0 {
        begin(&engine, options.create)?;
    }
    let shared = Arc::new(Shared::new(boxed(engine, options)));
    let writer = Writer::start(Arc::clone(&shared)).map_err(fault)?;
    Ok(SledStore { path: options.path.clone(), shared, writer })
}

#[cfg(not(feature = "tape"))]
fn boxed(engine: SledEngine, _: &SledOptions) -> Box<dyn Engine> {
    Box::new(engine)
}

#[cfg(feature = "tape")]
fn boxed(engine: SledEngine, options: &SledOptions) -> Box<dyn Engine> {
    match options.notes.clone() {
        Some(notes) => Box::new(super::tape::Recorded { engine, notes }),
        None => Box::new(engine),
    }
}

/// Makes an empty store one of this version. What has something else in it is not touched.
fn begin(engine: &SledEngine, create: bool) -> Result<(), StoreError> {
    const OPERATION: &str = "open";
    let fault = |fault: Fault| fault.during(OPERATION);
    let strange = |kind| StoreError::new(kind, OPERATION).because("the folder holds no helpdesk");
    if !engine.is_empty().map_err(fault)? {
        return Err(strange(FaultKind::Unsupported));
    }
    if !create {
        return Err(strange(FaultKind::NeedsMigration));
    }
    let mut first = Batch::new();
    seal(&version_key(), &u64::from(VERSION).to_be_bytes(), 0, &mut first).map_err(fault)?;
    engine.apply(&first).map_err(fault)?;
    engine.settle().map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_store_is_not_touched() {
        let folder = tempfile::tempdir().unwrap();
        let options = SledOptions::new(folder.path().join("desk.sled")).create(true);
        let mut newer = Batch::new();
        seal(&version_key(), &99_u64.to_be_bytes(), 0, &mut newer).unwrap();
        {
            let engine = SledEngine::open(options.path(), CACHE).unwrap();
            engine.apply(&newer).unwrap();
            engine.sync().unwrap();
        }
        assert_eq!(open(&options).unwrap_err().kind, FaultKind::SchemaTooNew);
        let engine = SledEngine::open(options.path(), CACHE).unwrap();
        assert_eq!(engine.range(&[], &[0xff], crate::engine::Direction::Rising).count(), 1);
    }
}
