//! SQLite: one file. A single writer groups what waits into one synced transaction; a few readers stand beside it.
//! Several processes may use the file at once. The files mirror those of [`helpdesk_core::store`].

mod backup;
mod beside;
mod commit;
mod counters;
mod error;
mod filter;
mod gather;
mod kept;
mod load;
mod locks;
mod maintenance;
mod marks;
mod memory;
mod migrate;
mod number;
mod open;
mod outbox;
mod page;
mod place;
#[cfg(test)]
mod plan_tests;
mod presume;
mod readers;
mod records;
mod row;
mod script;
mod sql;
mod tally;
mod tickets;
mod turn;
mod verify;
mod view;
mod write;
mod writer;
#[cfg(test)]
mod writer_tests;

use std::fmt;
use std::path::{Path, PathBuf};

use helpdesk_core::store::StoreError;

pub(crate) use error::meaning;
pub use open::{SqliteOptions, Synchronous};

use crate::fault::Fault;
use readers::Readers;
use writer::{Act, Writer};

/// A desk's store in a SQLite file.
///
/// Everything acknowledged is durable as [`Synchronous`] says. Every future may be dropped at any time: a read leaves
/// nothing behind, and a write that the writer has was applied whole or not at all. Nothing blocks the runtime: each
/// connection has a thread of its own. It needs a tokio runtime with time enabled, and stops when that ends.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("desk.db");
/// use helpdesk_core::store::Maintenance;
/// use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
///
/// let store = SqliteStore::open(SqliteOptions::new(path).create(true)).await.unwrap();
/// assert!(store.check().await.unwrap().is_empty());
/// store.close().await.unwrap();
/// # });
/// ```
pub struct SqliteStore {
    options: SqliteOptions,
    readers: Readers,
    writer: Writer,
}

impl SqliteStore {
    /// Opens a file.
    ///
    /// # Errors
    /// `NeedsMigration` if there is no file, no helpdesk in it, or an older one, and the options do not allow for it;
    /// `SchemaTooNew` if newer code wrote it, and then nothing was touched; `Corrupt` if it is no database;
    /// `Unavailable` if it cannot be reached or written, or stays locked; `Unsupported` if SQLite itself is unsound.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("desk.db");
    /// use helpdesk_core::store::FaultKind;
    /// use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
    ///
    /// let missing = SqliteStore::open(SqliteOptions::new(path)).await.unwrap_err();
    /// assert_eq!(missing.kind, FaultKind::NeedsMigration);
    /// # });
    /// ```
    pub async fn open(options: SqliteOptions) -> Result<Self, StoreError> {
        let connection = open::open(&options).await?;
        let writer = Writer::start(connection, options.clone());
        Ok(Self { readers: Readers::new(options.clone()), writer, options })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.options.path()
    }

    /// Writes a copy of the file as it is at one instant, while others go on reading and writing.
    ///
    /// The copy is complete and synced when this returns; it opens like the original.
    ///
    /// # Errors
    /// `Unexpected` if `target` is there already; `Unavailable` if it cannot be written.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let (path, copy) = (folder.path().join("desk.db"), folder.path().join("copy.db"));
    /// use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
    ///
    /// let store = SqliteStore::open(SqliteOptions::new(path).create(true)).await.unwrap();
    /// store.backup(&copy).await.unwrap();
    /// assert!(SqliteStore::open(SqliteOptions::new(copy)).await.is_ok());
    /// # });
    /// ```
    pub async fn backup(&self, target: impl Into<PathBuf>) -> Result<(), StoreError> {
        self.options.backup(target).await
    }

    async fn write<A: Act>(&self, operation: &'static str, act: A) -> Result<A::Answer, StoreError> {
        self.writer.submit(act).await.map_err(|fault: Fault| fault.during(operation))
    }
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore").field("options", &self.options).finish_non_exhaustive()
    }
}
