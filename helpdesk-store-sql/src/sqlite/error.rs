//! What SQLite's codes mean.

use helpdesk_core::store::FaultKind;
use sqlx::error::DatabaseError;
use sqlx::sqlite::SqliteError;

use crate::fault::{Fault, Meaning};

const ERROR: i32 = 1;
const BUSY: i32 = 5;
const LOCKED: i32 = 6;
const NOMEM: i32 = 7;
const READONLY: i32 = 8;
const IOERR: i32 = 10;
const CORRUPT: i32 = 11;
const FULL: i32 = 13;
const CANTOPEN: i32 = 14;
const TOOBIG: i32 = 18;
const NOTADB: i32 = 26;
/// A transaction that read before others wrote wants to write.
const BUSY_SNAPSHOT: i32 = 517;

/// The extended result code, if SQLite spoke.
fn extended(error: &dyn DatabaseError) -> Option<i32> {
    error.try_downcast_ref::<SqliteError>()?.code()?.parse().ok()
}

/// The primary one.
fn code(error: &dyn DatabaseError) -> Option<i32> {
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

impl Fault {
    /// Whether another connection holds what was wanted.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.code(), Some(BUSY | LOCKED))
    }

    /// Whether the transaction sees an older state than stands there, so that it can write no more.
    pub(super) fn is_outdated(&self) -> bool {
        let Self::Engine(error) = self else { return false };
        error.as_database_error().and_then(extended) == Some(BUSY_SNAPSHOT)
    }

    /// Whether a script ended at its comparison: something stands otherwise than the writer remembered.
    pub(super) fn is_presumption(&self) -> bool {
        matches!(self, Self::Engine(error) if self.code() == Some(ERROR)
            && error.as_database_error().is_some_and(|error| error.message().contains("'presumed otherwise'")))
    }

    fn code(&self) -> Option<i32> {
        let Self::Engine(error) = self else { return None };
        code(error.as_database_error()?)
    }
}
