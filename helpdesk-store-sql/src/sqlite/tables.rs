//! What stands in a file, and the steps that bring it to the present form: each applied once, all in one transaction that
//! is taken before anything is looked at. What they lead to is in `schema`.

use helpdesk_core::store::SchemaState;
use sqlx::AssertSqlSafe;
use sqlx::sqlite::SqliteConnection;

use super::steps::STEPS;
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::schema::SchemaStatus;

/// `hldk`: what tells our files from others.
const APPLICATION_ID: i64 = 0x686c_646b;
/// The header of a file of ours.
const STAMP: &str = "PRAGMA application_id = 1751934059; PRAGMA user_version = 1";

/// What stands in a file.
pub(super) struct Found {
    pub(super) status: SchemaStatus,
    /// Whether nothing at all stands there, of anybody.
    blank: bool,
}

/// Looks at what stands in the file.
pub(super) async fn found(connection: &mut SqliteConnection) -> Result<Found, Fault> {
    const LOOK: &str = "SELECT (SELECT application_id FROM pragma_application_id), \
        (SELECT user_version FROM pragma_user_version), (SELECT count(*) FROM sqlite_master), \
        (SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'helpdesk_schema')";
    const STEPS_THERE: &str = "SELECT s.version, s.min_reader, s.min_writer, m.version, m.name, m.checksum, m.applied_at \
        FROM helpdesk_schema AS s LEFT JOIN helpdesk_migrations AS m ON true ORDER BY m.version";
    let row = sqlx::query(LOOK).fetch_one(&mut *connection).await?;
    let blank = row.int(0)? == 0 && row.int(1)? == 0 && row.int(2)? == 0;
    let mut status = if row.int(3)? == 0 {
        SchemaStatus::empty(&STEPS)
    } else {
        SchemaStatus::read(&sqlx::query(STEPS_THERE).fetch_all(connection).await?, &STEPS)?
    };
    if row.int(0)? == APPLICATION_ID {
        // Where the header of ours is of newer code than the tables, it counts.
        let stamped = u32::try_from(row.int(1)?).unwrap_or(u32::MAX);
        if stamped > status.found.max(status.supported) {
            (status.found, status.min_reader, status.min_writer) = (stamped, stamped, stamped);
        }
    }
    Ok(Found { status, blank })
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
pub(super) async fn run(connection: &mut SqliteConnection, ours: bool) -> Result<SchemaState, Fault> {
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    let done = steps(connection, ours).await;
    sqlx::query(if done.is_ok() { "COMMIT" } else { "ROLLBACK" }).execute(connection).await?;
    done
}

/// The same within a transaction or savepoint that the caller ends.
pub(super) async fn steps(connection: &mut SqliteConnection, ours: bool) -> Result<SchemaState, Fault> {
    // Another process may have been faster.
    let Found { status, blank } = found(connection).await?;
    for step in status.missing()? {
        sqlx::raw_sql(AssertSqlSafe(step.script())).execute(&mut *connection).await?;
    }
    if ours && blank {
        // A file of our own is stamped; in a host's database the header is the host's.
        sqlx::raw_sql(STAMP).execute(connection).await?;
    }
    Ok(SchemaState { found: status.found.max(status.supported), ..status.state() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stamp_that_the_literals_write_is_ours() {
        let version = STEPS.last().unwrap().version;
        assert_eq!(STAMP, format!("PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {version}"));
    }
}
