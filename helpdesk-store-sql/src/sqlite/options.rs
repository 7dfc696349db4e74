//! How a file is to be opened, and what every connection to it is set to. Opening is done elsewhere.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::store::{FaultKind, SchemaState, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteLockingMode, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, SqlitePool};

use super::{backup, tables};
use crate::fault::Fault;
use crate::schema::SchemaStatus;

/// How long SQLite waits by itself for a lock of another process, unless said otherwise.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Prepared statements kept per connection.
const STATEMENTS: usize = 256;
/// Rows a connection may run ahead of whoever reads them.
const ROW_BUFFER: usize = 512;
/// What is said where nothing stands.
pub(super) const MISSING: &str = "there is no such file; it can be created";

/// What makes a commit durable.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Synchronous {
    /// Every commit is synced before it is acknowledged: nothing is lost at a power cut. The default.
    #[default]
    Full,
    /// Commits survive the end of the process, the last ones perhaps not a power cut; the file stays whole.
    Normal,
}

/// How to open a file.
///
/// ```
/// use helpdesk_store_sql::sqlite::{SqliteOptions, Synchronous};
/// let options = SqliteOptions::new("desk.db").create(true).synchronous(Synchronous::Normal).readers(2);
/// assert_eq!(options.path().to_str(), Some("desk.db"));
/// ```
#[derive(Debug, Clone)]
pub struct SqliteOptions {
    path: PathBuf,
    host: Option<Host>,
    create: bool,
    migrate: bool,
    synchronous: Synchronous,
    readers: usize,
    busy_timeout: Duration,
}

impl SqliteOptions {
    /// An existing file of this version, synced at every commit, with four readers.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self {
            path: path.into(),
            host: None,
            create: false,
            migrate: false,
            synchronous: Synchronous::default(),
            readers: 4,
            busy_timeout: BUSY_TIMEOUT,
        }
    }

    /// The file of a host's pool, for connections of the store's own that are made as the pool makes its: with its keys,
    /// its VFS and its extensions. The desk's tables are added if they are not there. The header of the file stays the
    /// host's; the file is kept in WAL mode.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let pool = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("shop.db")).create_if_missing(true);
    /// # let pool = sqlx::SqlitePool::connect_with(pool).await.unwrap();
    /// use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
    ///
    /// let store = SqliteStore::open(SqliteOptions::from_pool(&pool).migrate(true).readers(2)).await.unwrap();
    /// assert!(store.path().ends_with("shop.db"));
    /// # });
    /// ```
    pub fn from_pool(pool: &SqlitePool) -> Self {
        let host = pool.connect_options();
        Self { create: true, host: Some(Host(Arc::clone(&host))), ..Self::new(host.get_filename()) }
    }

    /// Whether the file is made if it is not there. Any number of processes may do so at once.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Whether a file of an older version is brought to this one.
    pub fn migrate(mut self, migrate: bool) -> Self {
        self.migrate = migrate;
        self
    }

    /// What makes a commit durable.
    pub fn synchronous(mut self, synchronous: Synchronous) -> Self {
        self.synchronous = synchronous;
        self
    }

    /// How many connections read at once; at least one. They are opened when they are first needed.
    pub fn readers(mut self, readers: usize) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// How long a try to write waits while another process writes; 5 s unless said. An act is tried four times before
    /// it ends as `Unavailable`, so that it waits at most four times as long.
    pub fn busy_timeout(mut self, busy_timeout: Duration) -> Self {
        self.busy_timeout = busy_timeout;
        self
    }

    /// What stands in the file, without opening it as a store; nothing of it is changed. Another program's database has
    /// version 0.
    ///
    /// # Errors
    /// `NeedsMigration` if there is no such file; `Corrupt` if it is no database; `Unavailable` if it cannot be read.
    ///
    /// ```
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("desk.db");
    /// use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
    ///
    /// let options = SqliteOptions::new(path);
    /// SqliteStore::open(options.clone().create(true)).await.unwrap();
    /// let schema = options.schema().await.unwrap();
    /// assert_eq!(schema.found, schema.supported);
    /// # });
    /// ```
    pub async fn schema(&self) -> Result<SchemaState, StoreError> {
        Ok(self.status().await?.state())
    }

    /// The same step by step.
    ///
    /// # Errors
    /// As [`schema`](Self::schema).
    pub async fn status(&self) -> Result<SchemaStatus, StoreError> {
        const OPERATION: &str = "status";
        if !self.path.exists() {
            return Err(StoreError::new(FaultKind::NeedsMigration, OPERATION).because(MISSING));
        }
        let looked = async {
            let mut connection = self.base().read_only(true).connect().await?;
            let found = tables::found(&mut connection).await?;
            connection.close().await?;
            Ok(found.status)
        };
        looked.await.map_err(|fault: Fault| fault.during(OPERATION))
    }

    /// Writes a copy of the file as it is at one instant, whatever version it has and whoever works with it. The copy is
    /// complete, synced and readable by whom the file is when this returns; until then it has another name.
    ///
    /// # Errors
    /// `Unexpected` if `target` is there already; `Unavailable` if the file cannot be read or the copy not written, and
    /// then nothing is left.
    pub async fn backup(&self, target: impl Into<PathBuf>) -> Result<(), StoreError> {
        backup::backup(self, &target.into()).await
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn creates(&self) -> bool {
        self.create
    }

    pub(super) fn migrates(&self) -> bool {
        self.migrate
    }

    pub(super) fn reader_count(&self) -> usize {
        self.readers
    }

    pub(super) fn is_durable(&self) -> bool {
        self.synchronous == Synchronous::Full
    }

    /// Whether the file is the desk's alone if nothing stands in it.
    pub(super) fn is_ours(&self) -> bool {
        self.host.is_none()
    }

    pub(super) fn base(&self) -> SqliteConnectOptions {
        let synchronous = match self.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        };
        let connect = match &self.host {
            None => SqliteConnectOptions::new().filename(&self.path),
            Some(Host(host)) => SqliteConnectOptions::clone(host)
                .create_if_missing(false)
                .shared_cache(false)
                .locking_mode(SqliteLockingMode::Normal)
                // What is no mode asks for the present one: it is not set before it is known what stands there.
                .pragma("journal_mode", "query"),
        };
        connect
            .busy_timeout(self.busy_timeout)
            .foreign_keys(true)
            .synchronous(synchronous)
            .statement_cache_capacity(STATEMENTS)
            .row_buffer_size(ROW_BUFFER)
            .pragma("temp_store", "MEMORY")
            .disable_statement_logging()
    }
}

/// How a host connects to the file. What it may hold, a key for one, is printed nowhere.
#[derive(Clone)]
struct Host(Arc<SqliteConnectOptions>);

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host").finish_non_exhaustive()
    }
}
