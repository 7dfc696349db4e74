//! How a file is opened: whose it is, what must stand in it, and the connections to it.

use std::time::Duration;

use helpdesk_core::store::{FaultKind, StoreError};
use sqlx::sqlite::SqliteConnection;
use sqlx::{ConnectOptions, Connection};

use super::options::{MISSING, SqliteOptions};
use super::tables;
use crate::fault::Fault;
use crate::rows::columns::Columns;

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
/// The first version of SQLite without the corruption that a reset of the log could cause since 3.7.0.
const SOUND_SQLITE: (u32, u32, u32) = (3, 51, 3);

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

/// The file by the engine's name for it; empty if it is none.
pub(super) async fn file(connection: &mut SqliteConnection) -> Result<String, Fault> {
    let row = sqlx::query("SELECT file FROM pragma_database_list WHERE name = 'main'").fetch_one(connection).await?;
    Ok(row.maybe_text(0)?.unwrap_or_default())
}

/// A file that was opened: the writer's connection, and its name as [`file`] gives it.
pub(super) type Opened = (SqliteConnection, String);

/// The writer's connection to a file of this version, made or migrated if the options say so.
pub(super) async fn open(options: &SqliteOptions) -> Result<Opened, StoreError> {
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
async fn prepare(options: &SqliteOptions) -> Result<Result<Opened, StoreError>, Fault> {
    let needs = |context: &str| StoreError::new(FaultKind::NeedsMigration, "open").because(context);
    if !options.creates() && !options.path().exists() {
        return Ok(Err(needs(MISSING)));
    }
    // Nothing is set before it is known whose file it is: a newer or a strange one stays untouched.
    let mut connection = options.base().create_if_missing(options.creates()).connect().await?;
    if let Err(error) = sound(&mut connection).await? {
        return Ok(Err(error));
    }
    let name = file(&mut connection).await?;
    if name.is_empty() {
        // Every connection would have a database of its own, or all of them wait for each other.
        let error = StoreError::new(FaultKind::Unsupported, "open");
        return Ok(Err(error.because("a database in memory cannot be used; a file is needed")));
    }
    let found = tables::found(&mut connection).await?;
    match found.status.usable() {
        Ok(()) => {}
        Err(Fault::Older(version, _)) => {
            match (version == 0, options.creates(), options.migrates()) {
                (true, false, false) => return Ok(Err(needs("the file holds no helpdesk"))),
                (false, _, false) => return Ok(Err(needs("the file is of an older version"))),
                _ => {}
            }
            tables::journal(&mut connection).await?;
            tables::run(&mut connection, options.is_ours()).await?;
        }
        Err(fault) => return Err(fault),
    }
    tables::journal(&mut connection).await?;
    connection.close().await?;
    Ok(Ok((writer(options).await?, name)))
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
