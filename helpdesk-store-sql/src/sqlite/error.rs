//! What SQLite's codes mean.

use helpdesk_core::store::FaultKind;
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

use crate::meaning::Meaning;

pub(super) const ERROR: i32 = 1;
pub(super) const BUSY: i32 = 5;
pub(super) const LOCKED: i32 = 6;
const NOMEM: i32 = 7;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const TOOBIG: i32 = 18;
const NOTADB: i32 = 26;
/// A transaction that read before others wrote wants to write.
pub(super) const BUSY_SNAPSHOT: i32 = 517;

/// The extended result code, if SQLite spoke.
pub(super) fn extended(error: &dyn DatabaseError) -> Option<i32> {
    error.try_downcast_ref::<SqliteError>()?.code()?.parse().ok()
}

/// The primary one.
pub(super) fn code(error: &dyn DatabaseError) -> Option<i32> {
    Some(extended(error)? & 0xff)
}

/// What an error of SQLite means; `None` if another engine spoke.
pub(crate) fn meaning(error: &dyn DatabaseError) -> Option<Meaning> {
    Some(match code(error)? {
        BUSY | LOCKED => (FaultKind::Unavailable, "another process holds the file"),
        FULL => (FaultKind::Unavailable, "no space is left for the file"),
        READONLY => (FaultKind::Unavailable, "the file or its folder cannot be written"),
        CANTOPEN => (FaultKind::Unavailable, "the file cannot be opened"),
        NOMEM => (FaultKind::Unavailable, "no memory is left"),
        CORRUPT => (FaultKind::Corrupt, "the file is damaged"),
        NOTADB => (FaultKind::Corrupt, "the file is not a database"),
        TOOBIG => (FaultKind::LimitExceeded, "a value is too large"),
        IOERR => (FaultKind::Unavailable, "the file cannot be read or written"),
        _ => (FaultKind::Unexpected, "the engine refused a statement"),
    })
}
