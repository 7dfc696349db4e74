//! The form of the tables and how a file gets it: numbered steps, each applied once, all in one transaction that is
//! taken before anything is looked at, so that any number of processes may start at once.

use helpdesk_core::query::TERMS_VERSION;
use helpdesk_core::store::{FaultKind, SchemaState, StoreError};
use sha2::{Digest, Sha256};
use sqlx::sqlite::SqliteConnection;

use crate::fault::Fault;
use crate::rows::columns::Columns;

/// `hldk`: what tells our files from others.
const APPLICATION_ID: i64 = 0x686c_646b;

struct Step {
    version: u32,
    name: &'static str,
    sql: &'static str,
    /// The oldest code that may read and that may write after this step.
    min_reader: u32,
    min_writer: u32,
}

const STEPS: [Step; 1] =
    [Step { version: 1, name: "base", sql: include_str!("migrations/0001_base.sql"), min_reader: 1, min_writer: 1 }];

/// What this code writes.
pub(super) const SUPPORTED: u32 = STEPS[STEPS.len() - 1].version;

/// What stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    version: u32,
    min_writer: u32,
    /// Whether nothing at all stands there, of anybody.
    blank: bool,
}

impl Found {
    pub(super) fn is_empty(self) -> bool {
        self.version == 0
    }

    pub(super) fn is_current(self) -> bool {
        self.version >= SUPPORTED
    }

    pub(super) fn state(self) -> SchemaState {
        SchemaState { found: self.version, supported: SUPPORTED }
    }

    fn is_too_new(self) -> bool {
        self.version > SUPPORTED && self.min_writer > SUPPORTED
    }

    /// Refuses what this code cannot work with as it is.
    pub(super) fn usable(self) -> Result<(), Fault> {
        if self.is_too_new() {
            return Err(Fault::TooNew(self.version, SUPPORTED));
        }
        if self.is_current() { Ok(()) } else { Err(Fault::Older(self.version, SUPPORTED)) }
    }

    /// Refuses what newer code wrote in a way that this code must not write to.
    pub(super) fn check(self, operation: &'static str) -> Result<(), StoreError> {
        if self.is_too_new() {
            let context = format!("it is of version {}, this code knows {SUPPORTED}", self.version);
            return Err(StoreError::new(FaultKind::SchemaTooNew, operation).because(context));
        }
        Ok(())
    }
}

/// Looks at what stands in the file.
pub(super) async fn found(connection: &mut SqliteConnection) -> Result<Found, Fault> {
    const LOOK: &str = "SELECT (SELECT application_id FROM pragma_application_id), \
        (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master), \
        (SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'helpdesk_schema')";
    let row = sqlx::query(LOOK).fetch_one(&mut *connection).await?;
    let ours = row.int(0)? == APPLICATION_ID;
    let stamped = if ours { u32::try_from(row.int(1)?).unwrap_or(u32::MAX) } else { 0 };
    let blank = row.int(0)? == 0 && row.int(1)? == 0 && row.int(2)? == 0;
    if row.int(3)? == 0 {
        return Ok(Found { version: stamped, min_writer: stamped, blank });
    }
    let row = sqlx::query("SELECT version, min_writer FROM helpdesk_schema").fetch_one(connection).await?;
    let number = |column| row.count(column).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
    let (version, min_writer) = (number(0)?, number(1)?);
    // The stamp in the header and the table are written together; if they differ, the newer one counts.
    let min_writer = if stamped > version { stamped } else { min_writer };
    Ok(Found { version: version.max(stamped), min_writer, blank })
}

/// Sets the journal: it is kept in the file, so that later connections find it.
pub(super) async fn journal(connection: &mut SqliteConnection) -> Result<(), Fault> {
    let row = sqlx::query("PRAGMA journal_mode").fetch_one(&mut *connection).await?;
    if row.text(0)? != "wal" {
        sqlx::query("PRAGMA journal_mode = WAL").fetch_one(connection).await?;
    }
    Ok(())
}

/// Brings the file to this version. Whatever ends it early leaves the file as it was. A blank file is stamped if it is
/// `ours`.
pub(super) async fn run(
    connection: &mut SqliteConnection,
    ours: bool,
) -> Result<Result<SchemaState, StoreError>, Fault> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let done = steps(connection, ours).await;
    let end = if matches!(done, Ok(Ok(_))) { "COMMIT" } else { "ROLLBACK" };
    sqlx::query(end).execute(connection).await?;
    done
}

/// The same within a transaction or savepoint that the caller ends.
pub(super) async fn steps(
    connection: &mut SqliteConnection,
    ours: bool,
) -> Result<Result<SchemaState, StoreError>, Fault> {
    // Another process may have been faster.
    let before = found(connection).await?;
    if let Err(error) = before.check("migrate") {
        return Ok(Err(error));
    }
    let table = "CREATE TABLE IF NOT EXISTS helpdesk_migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, \
        checksum TEXT NOT NULL, applied_at INTEGER NOT NULL) STRICT";
    sqlx::query(table).execute(&mut *connection).await?;
    for step in STEPS {
        match applied(connection, &step).await? {
            Some(true) => {}
            Some(false) => return Ok(Err(other_form(&step, "migrate"))),
            None => apply(connection, &step).await?,
        }
    }
    if ours && before.blank {
        // A file of our own is stamped; in a host's database the header is the host's.
        sqlx::query("PRAGMA application_id = 1751934059").execute(&mut *connection).await?;
        sqlx::query("PRAGMA user_version = 1").execute(&mut *connection).await?;
    }
    Ok(Ok(SchemaState { found: SUPPORTED, supported: SUPPORTED }))
}

/// Refuses a file whose steps were applied in another form than this code knows: its tables are not what they are
/// called.
pub(super) async fn known(connection: &mut SqliteConnection) -> Result<Result<(), StoreError>, Fault> {
    for step in STEPS {
        if applied(connection, &step).await? == Some(false) {
            return Ok(Err(other_form(&step, "open")));
        }
    }
    Ok(Ok(()))
}

/// Whether a step was applied, and if so, in the form that it has here.
async fn applied(connection: &mut SqliteConnection, step: &Step) -> Result<Option<bool>, Fault> {
    let applied = sqlx::query("SELECT checksum FROM helpdesk_migrations WHERE version = ?")
        .bind(step.version)
        .fetch_optional(connection)
        .await?;
    applied.map(|row| Ok(row.text(0)? == checksum(step.sql))).transpose()
}

fn other_form(step: &Step, operation: &'static str) -> StoreError {
    let context = format!("step {} was applied in another form", step.version);
    StoreError::new(FaultKind::Unsupported, operation).because(context)
}

async fn apply(connection: &mut SqliteConnection, step: &Step) -> Result<(), Fault> {
    sqlx::raw_sql(step.sql).execute(&mut *connection).await?;
    sqlx::query("INSERT INTO helpdesk_migrations VALUES (?, ?, ?, unixepoch())")
        .bind(step.version)
        .bind(step.name)
        .bind(checksum(step.sql))
        .execute(&mut *connection)
        .await?;
    sqlx::query(
        "INSERT INTO helpdesk_schema VALUES (1, ?1, ?2, ?3, ?4) ON CONFLICT (one) DO UPDATE SET \
         version = ?1, min_reader = ?2, min_writer = ?3, terms = ?4",
    )
    .bind(step.version)
    .bind(step.min_reader)
    .bind(step.min_writer)
    .bind(TERMS_VERSION)
    .execute(connection)
    .await?;
    Ok(())
}

fn checksum(sql: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(sql).iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_that_the_literals_write_is_ours() {
        assert_eq!(APPLICATION_ID, 1_751_934_059);
        assert_eq!(SUPPORTED, 1, "raise the literal of user_version with it");
    }
}
