//! Why a command did not do all that was asked. How it is told, and with which exit code, stands in `exit`.

use std::io;

use helpdesk_core::desk::Error;
use helpdesk_core::store::{FaultKind, StoreError};
use helpdesk_core::text::Invalid;
use helpdesk_core::ticket::Rejection;

use crate::lang::Saying;

/// Why a command did not do all that was asked.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The desk refused or failed.
    Desk(Error),
    /// The desk refused or failed, and there is something to do about it that only this command knows.
    Hinted {
        /// What.
        error: Box<Failure>,
        /// What to do.
        hint: Saying,
    },
    /// The arguments do not fit together.
    Usage {
        /// What.
        message: Saying,
        /// What to do.
        hint: Saying,
    },
    /// A file or a variable of the configuration cannot be used.
    Settings {
        /// What.
        message: Saying,
        /// What to do.
        hint: Saying,
    },
    /// What destroys was not confirmed, and was not done.
    NotConfirmed {
        /// What.
        message: Saying,
        /// What to do.
        hint: Saying,
    },
    /// A file or a stream failed.
    Io {
        /// Which.
        place: String,
        /// How.
        error: io::Error,
    },
    /// Some of it was rejected and kept.
    Partly {
        /// How many.
        rejected: u64,
        /// Of how many.
        read: u64,
        /// Where they are kept.
        kept: Option<String>,
    },
    /// A check found damage.
    Damaged(usize),
    /// Somebody pressed Ctrl-C.
    Interrupted {
        /// How to go on.
        hint: Saying,
    },
    /// Whoever read the output has gone.
    BrokenPipe,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Desk(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl From<Invalid> for Failure {
    fn from(error: Invalid) -> Self {
        Self::Desk(error.into())
    }
}

impl From<Rejection> for Failure {
    fn from(error: Rejection) -> Self {
        Self::Desk(error.into())
    }
}

impl From<helpdesk_core::query::QueryError> for Failure {
    fn from(error: helpdesk_core::query::QueryError) -> Self {
        Self::Desk(error.into())
    }
}

impl Failure {
    /// A file or a stream failed; a broken pipe is told apart.
    pub(crate) fn io(place: impl Into<String>, error: io::Error) -> Self {
        if error.kind() == io::ErrorKind::BrokenPipe {
            Self::BrokenPipe
        } else {
            Self::Io { place: place.into(), error }
        }
    }

    /// Standard output failed.
    pub(crate) fn output(error: io::Error) -> Self {
        Self::io("standard output", error)
    }

    /// Whether what is stored is damaged so that it cannot be opened or read.
    pub(crate) fn is_corrupt(&self) -> bool {
        match self {
            Self::Desk(Error::Store(fault)) => fault.kind == FaultKind::Corrupt,
            Self::Hinted { error, .. } => error.is_corrupt(),
            _ => false,
        }
    }

    /// The same with what to do about it.
    pub(crate) fn hinting(self, hint: impl Into<Saying>) -> Self {
        Self::Hinted { error: Box::new(self), hint: hint.into() }
    }
}
