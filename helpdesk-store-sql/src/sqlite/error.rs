//! What goes wrong in here, and how it is told to the port. Messages name places, never what data holds.

use std::sync::Arc;

use helpdesk_core::store::{FaultKind, Retry, StoreError};

/// A fault before it is known which method it belongs to.
#[derive(Debug)]
pub(super) enum Fault {
    /// The engine's word.
    Engine(sqlx::Error),
    /// Something stored cannot be read: where.
    Damaged(String),
    /// Something cannot be written as it is.
    Unwritable(String),
    /// A bound was passed.
    Limit(&'static str),
    /// The store was closed, or its writer ended.
    Closed,
    /// The act stood in a group that could not be made durable: why.
    Group(Arc<StoreError>),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Engine(error)
    }
}

impl Fault {
    /// The fault as the port tells it.
    pub(super) fn during(self, operation: &'static str) -> StoreError {
        let told = |kind, context: String| StoreError::new(kind, operation).because(context);
        match self {
            Self::Engine(error) => engine(error, operation),
            Self::Damaged(place) => told(FaultKind::Corrupt, place),
            Self::Unwritable(what) => told(FaultKind::Unexpected, what),
            Self::Limit(what) => told(FaultKind::LimitExceeded, what.to_owned()),
            Self::Closed => {
                StoreError { retry: Retry::Never, ..told(FaultKind::Unavailable, "the store is closed".to_owned()) }
            }
            Self::Group(why) => grouped(&why, operation),
        }
    }

    /// Whether another connection holds what was wanted.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self, Self::Engine(error) if matches!(code(error), Some(BUSY | LOCKED)))
    }

    /// Whether a script ended at its comparison: something stands otherwise than the writer remembered.
    pub(super) fn is_presumption(&self) -> bool {
        matches!(self, Self::Engine(error) if code(error) == Some(ERROR)
            && error.as_database_error().is_some_and(|error| error.message().contains("'presumed otherwise'")))
    }
}

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

/// SQLite's primary result code, if the engine spoke at all.
fn code(error: &sqlx::Error) -> Option<i32> {
    let code: i32 = error.as_database_error()?.code()?.parse().ok()?;
    Some(code & 0xff)
}

/// A fault of the transaction as each act of its group is told: it may try again, unless the file is damaged.
fn grouped(why: &StoreError, operation: &'static str) -> StoreError {
    let kind = if why.kind == FaultKind::Corrupt { FaultKind::Corrupt } else { FaultKind::Unavailable };
    let told = StoreError { context: why.context.clone(), ..StoreError::new(kind, operation) };
    match &why.source {
        Some(source) => told.caused_by(source.to_string()),
        None => told,
    }
}

fn engine(error: sqlx::Error, operation: &'static str) -> StoreError {
    let (kind, context) = match (code(&error), &error) {
        (Some(BUSY | LOCKED), _) => (FaultKind::Unavailable, "another process holds the file"),
        (Some(FULL), _) => (FaultKind::Unavailable, "no space is left for the file"),
        (Some(READONLY), _) => (FaultKind::Unavailable, "the file or its folder cannot be written"),
        (Some(CANTOPEN), _) => (FaultKind::Unavailable, "the file cannot be opened"),
        (Some(NOMEM), _) => (FaultKind::Unavailable, "no memory is left"),
        (Some(CORRUPT), _) => (FaultKind::Corrupt, "the file is damaged"),
        (Some(NOTADB), _) => (FaultKind::Corrupt, "the file is not a database"),
        (Some(TOOBIG), _) => (FaultKind::LimitExceeded, "a value is too large"),
        (Some(IOERR), _) | (None, sqlx::Error::Io(_)) => (FaultKind::Unavailable, "the file cannot be read or written"),
        (None, sqlx::Error::WorkerCrashed) => (FaultKind::Unavailable, "the connection ended"),
        (None, sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_)) => {
            (FaultKind::Corrupt, "a stored value is of another form")
        }
        _ => (FaultKind::Unexpected, "the engine refused a statement"),
    };
    StoreError::new(kind, operation).because(context).caused_by(error)
}
