//! How the file is opened: the options, the connections and what every one of them is set to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use helpdesk_core::store::{FaultKind, SchemaState, StoreError};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::{backup, migrate};
use crate::fault::Fault;
use crate::rows::columns::Columns;

/// How long SQLite waits by itself for a lock of another process, unless said otherwise.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often opening is tried while other processes create or change the file; the waits add up to about 12 s.
const OPEN_TRIES: u32 = 50;
/// Pages of the log after which it is brought into the file (4096 of 4 KiB: 16 MiB).
const CHECKPOINT_PAGES: &str = "4096";
/// Bytes of the log that are kept after that.
const LOG_BYTES: &str = "33554432";
/// Memory for pages of the writer, in KiB, negative as SQLite wants it.
const WRITER_CACHE: &str = "-32768";
/// Memory for pages of each reader.
const READER_CACHE: &str = "-8192";
/// Prepared statements kept per connection.
const STATEMENTS: usize = 256;
/// Rows a connection may run ahead of whoever reads them.
const ROW_BUFFER: usize = 512;
/// The first version of SQLite without the corruption that a reset of the log could cause since 3.7.0.
const SOUND_SQLITE: (u32, u32, u32) = (3, 51, 3);

const MISSING: &str = "there is no such file; it can be created";

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
            create: false,
            migrate: false,
            synchronous: Synchronous::default(),
            readers: 4,
            busy_timeout: BUSY_TIMEOUT,
        }
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
        const OPERATION: &str = "schema";
        if !self.path.exists() {
            return Err(StoreError::new(FaultKind::NeedsMigration, OPERATION).because(MISSING));
        }
        let looked = async {
            let mut connection = self.base().read_only(true).connect().await?;
            let found = migrate::found(&mut connection).await?;
            connection.close().await?;
            Ok(found.state())
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

    pub(super) fn reader_count(&self) -> usize {
        self.readers
    }

    pub(super) fn is_durable(&self) -> bool {
        self.synchronous == Synchronous::Full
    }

    pub(super) fn base(&self) -> SqliteConnectOptions {
        let synchronous = match self.synchronous {
            Synchronous::Full => SqliteSynchronous::Full,
            Synchronous::Normal => SqliteSynchronous::Normal,
        };
        SqliteConnectOptions::new()
            .filename(&self.path)
            .busy_timeout(self.busy_timeout)
            .foreign_keys(true)
            .synchronous(synchronous)
            .statement_cache_capacity(STATEMENTS)
            .row_buffer_size(ROW_BUFFER)
            .pragma("temp_store", "MEMORY")
            .disable_statement_logging()
    }
}

/// A connection that writes. The schema is not looked at.
pub(super) async fn writer(options: &SqliteOptions) -> Result<SqliteConnection, Fault> {
    let options = options
        .base()
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("journal_size_limit", LOG_BYTES)
        .pragma("cache_size", WRITER_CACHE)
        .pragma("secure_delete", "FAST");
    Ok(options.connect().await?)
}

/// A connection that only reads.
pub(super) async fn reader(options: &SqliteOptions) -> Result<SqliteConnection, Fault> {
    let options = options.base().pragma("cache_size", READER_CACHE).pragma("query_only", "ON");
    Ok(options.connect().await?)
}

/// The writer's connection to a file of this version, made or migrated if the options say so.
pub(super) async fn open(options: &SqliteOptions) -> Result<SqliteConnection, StoreError> {
    const OPERATION: &str = "open";
    let mut wait = Duration::from_millis(2);
    for _ in 1..OPEN_TRIES {
        match prepare(options).await {
            Ok(opened) => return opened,
            Err(fault) if fault.is_busy() => tokio::time::sleep(wait).await,
            Err(fault) => return Err(fault.during(OPERATION)),
        }
        wait = (wait * 2).min(Duration::from_millis(250));
    }
    prepare(options).await.map_err(|fault| fault.during(OPERATION))?
}

/// One try: the outer error may pass by itself, the inner one is final.
async fn prepare(options: &SqliteOptions) -> Result<Result<SqliteConnection, StoreError>, Fault> {
    let needs = |context: &str| StoreError::new(FaultKind::NeedsMigration, "open").because(context);
    if !options.create && !options.path.exists() {
        return Ok(Err(needs(MISSING)));
    }
    // Nothing is set before it is known whose file it is: a newer or a strange one stays untouched.
    let mut connection = options.base().create_if_missing(options.create).connect().await?;
    if let Err(error) = sound(&mut connection).await? {
        return Ok(Err(error));
    }
    let found = migrate::found(&mut connection).await?;
    if let Err(error) = found.check("open") {
        return Ok(Err(error));
    }
    if found.is_current() {
        if let Err(error) = migrate::known(&mut connection).await? {
            return Ok(Err(error));
        }
    } else {
        match (found.is_empty(), options.create, options.migrate) {
            (true, false, false) => return Ok(Err(needs("the file holds no helpdesk"))),
            (false, _, false) => return Ok(Err(needs("the file is of an older version"))),
            _ => {}
        }
        migrate::journal(&mut connection).await?;
        if let Err(error) = migrate::run(&mut connection).await? {
            return Ok(Err(error));
        }
    }
    migrate::journal(&mut connection).await?;
    connection.close().await?;
    Ok(Ok(writer(options).await?))
}

/// Refuses an engine that is known to damage files.
async fn sound(connection: &mut SqliteConnection) -> Result<Result<(), StoreError>, Fault> {
    let row = sqlx::query("SELECT sqlite_version()").fetch_one(connection).await?;
    let version = row.text(0)?;
    let mut parts = version.split('.').map(|part| part.parse::<u32>().unwrap_or(0));
    let mut part = || parts.next().unwrap_or(0);
    let is_sound = (part(), part(), part()) >= SOUND_SQLITE;
    Ok(if is_sound {
        Ok(())
    } else {
        let context = format!("SQLite {version} can damage a file in WAL mode; 3.51.3 or newer is needed");
        Err(StoreError::new(FaultKind::Unsupported, "open").because(context))
    })
}
