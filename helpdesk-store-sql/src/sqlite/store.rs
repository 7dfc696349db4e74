//! The store on a file, and how everything in this room gets at a connection: its own readers and its writer, or the one
//! that the host's transaction runs on.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use helpdesk_core::store::{Store, StoreError};
use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use tokio::sync::{Mutex, MutexGuard};

use super::joined::Joined;
use super::open;
use super::options::SqliteOptions;
use super::readers::{Reader, Readers};
use super::shared::Shared;
use super::sql::Sql;
use super::writer::{Act, Writer};
use crate::fault::Fault;

/// A desk's store in a SQLite file, on connections of its own or within the host's transaction.
pub struct FileStore<'t> {
    pub(super) place: Place<'t>,
    pub(super) shared: Arc<Shared>,
}

/// A desk's store in a SQLite file.
///
/// Everything acknowledged is durable as [`Synchronous`](super::Synchronous) says. Every future may be dropped at any time: a read leaves
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
pub type SqliteStore = FileStore<'static>;

/// Where the connections come from.
pub(super) enum Place<'t> {
    Own(Own),
    Joined(Mutex<Joined<'t>>),
}

/// Connections of the store's own.
pub(super) struct Own {
    pub(super) readers: Readers,
    pub(super) writer: Writer,
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
        let (connection, file) = open::open(&options).await?;
        let writer = Writer::start(connection, options.clone());
        let own = Own { readers: Readers::new(options.clone()), writer };
        Ok(Self { place: Place::Own(own), shared: Arc::new(Shared::new(options, file)) })
    }

    /// Opens the file of a host's pool, as [`SqliteOptions::from_pool`] has it: on connections of its own, which are no part
    /// of the pool and stay open when that is closed. The desk's tables are added to the host's if they are not there.
    ///
    /// # Errors
    /// As [`SqliteStore::open`]; `Unsupported` if the pool's database is in memory, since no other connection reaches it.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("shop.db"));
    /// use helpdesk_core::store::FaultKind;
    /// use helpdesk_store_sql::sqlite::SqliteStore;
    /// use sqlx::SqlitePool;
    ///
    /// let pool = SqlitePool::connect_with(options.create_if_missing(true)).await.unwrap();
    /// let store = SqliteStore::from_pool(&pool).await.unwrap();
    /// assert!(store.path().ends_with("shop.db"));
    ///
    /// let memory = SqlitePool::connect("sqlite::memory:").await.unwrap();
    /// assert_eq!(SqliteStore::from_pool(&memory).await.unwrap_err().kind, FaultKind::Unsupported);
    /// # });
    /// ```
    pub async fn from_pool(pool: &SqlitePool) -> Result<Self, StoreError> {
        Self::open(SqliteOptions::from_pool(pool)).await
    }

    /// The file.
    pub fn path(&self) -> &Path {
        self.shared.options.path()
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
        self.shared.options.backup(target).await
    }
}

impl<'t> FileStore<'t> {
    /// The store on the host's transaction, beside the one that the desk stands on.
    pub(crate) fn joined(connection: &'t mut SqliteConnection, beside: &dyn Store) -> Self {
        let known = beside.as_any().and_then(|any| any.downcast_ref::<Arc<Shared>>());
        // What stands on something else has no file to share.
        let shared = known.cloned().unwrap_or_else(|| Arc::new(Shared::new(SqliteOptions::new(""), String::new())));
        let joined = Joined::new(connection, Arc::clone(&shared));
        Self { place: Place::Joined(Mutex::new(joined)), shared }
    }

    /// Waits for its turn and takes a connection to read on.
    pub(super) async fn checkout(&self) -> Result<Reader<'_>, Fault> {
        match &self.place {
            Place::Own(own) => Ok(Reader::Own(own.readers.checkout().await?)),
            Place::Joined(joined) => {
                let mut joined = joined.lock().await;
                joined.ready().await?;
                Ok(Reader::Joined(MutexGuard::map(joined, Joined::connection)))
            }
        }
    }

    /// Answers one statement: the whole of most reads.
    pub(super) async fn rows(&self, sql: Sql) -> Result<Vec<SqliteRow>, Fault> {
        let mut reader = self.checkout().await?;
        let rows = sql.rows(reader.connection()).await?;
        reader.give_back();
        Ok(rows)
    }

    pub(super) async fn write<A: Act>(&self, operation: &'static str, act: A) -> Result<A::Answer, StoreError> {
        let written = match &self.place {
            Place::Own(own) => match self.shared.free() {
                Ok(()) => own.writer.submit(act).await,
                Err(fault) => Err(fault),
            },
            Place::Joined(joined) => joined.lock().await.act(&act).await,
        };
        written.map_err(|fault| fault.during(operation))
    }
}

impl fmt::Debug for FileStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("SqliteStore");
        match &self.place {
            Place::Own(_) => debug.field("options", &self.shared.options),
            Place::Joined(_) => debug.field("joined", &true),
        };
        debug.finish_non_exhaustive()
    }
}
