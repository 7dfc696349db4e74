//! What goes wrong in here, and how it is told to the port. Messages name places, never what data holds.

use std::sync::Arc;

use helpdesk_core::store::{FaultKind, Retry, StoreError};

/// A fault before it is known which method it belongs to.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The disk's word.
    Io(std::io::Error),
    /// The engine's word on a damaged file.
    Broken(String),
    /// Something stored cannot be read: where.
    Damaged(String),
    /// Something cannot be written as it is.
    Unwritable(String),
    /// A bound was passed.
    Limit(&'static str),
    /// The store was closed.
    Closed,
    /// What was written could not be made durable: nothing is taken any more until it is opened again.
    Stopped(Arc<StoreError>),
}

impl Fault {
    /// The fault as the port tells it.
    pub(crate) fn during(self, operation: &'static str) -> StoreError {
        let told = |kind, context: String| StoreError::new(kind, operation).because(context);
        match self {
            Self::Io(error) => told(FaultKind::Unavailable, io(&error).to_owned()).caused_by(error),
            Self::Broken(words) => told(FaultKind::Corrupt, HINT.to_owned()).caused_by(words),
            Self::Damaged(place) => told(FaultKind::Corrupt, HINT.to_owned()).caused_by(place),
            Self::Unwritable(what) => told(FaultKind::Unexpected, what),
            Self::Limit(what) => told(FaultKind::LimitExceeded, what.to_owned()),
            Self::Closed => {
                StoreError { retry: Retry::Never, ..told(FaultKind::Unavailable, "the store is closed".to_owned()) }
            }
            Self::Stopped(why) => {
                let kind = if why.kind == FaultKind::Corrupt { why.kind } else { FaultKind::Unavailable };
                let context = "a write failed before; the store has to be opened anew by another process".to_owned();
                StoreError { retry: Retry::Never, ..told(kind, context) }.caused_by(why.to_string())
            }
        }
    }
}

/// What can be done about a folder that cannot be read.
const HINT: &str = "the folder is damaged: restore a backup of it, or import an export into a new store";

fn io(error: &std::io::Error) -> &'static str {
    match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => "no space is left for the store",
        std::io::ErrorKind::WouldBlock => "another process, or this one, has the store open",
        _ => "the folder cannot be read or written",
    }
}
