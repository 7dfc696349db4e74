//! What a store on a file and those that join from it know together.

use std::sync::Arc;

use super::held::Held;
use super::options::SqliteOptions;
use crate::fault::Fault;

/// What a store and those that join from it know together.
pub(super) struct Shared {
    pub(super) options: SqliteOptions,
    /// The file by the engine's name for it; empty if there is none to know.
    pub(super) file: String,
    pub(super) held: Arc<Held>,
}

impl Shared {
    pub(super) fn new(options: SqliteOptions, file: String) -> Self {
        Self { options, file, held: Arc::default() }
    }

    /// Refuses a caller that would wait for what it holds itself.
    pub(super) fn free(&self) -> Result<(), Fault> {
        if self.held.is_by_caller() { Err(Fault::Held) } else { Ok(()) }
    }
}
