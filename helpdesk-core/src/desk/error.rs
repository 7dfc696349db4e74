//! What the desk answers when it does not do what was asked: kind, stable code, and whether to try again.

use super::Code;
use crate::access::Action;
use crate::query::QueryError;
use crate::store::{FaultKind, HistoryEntry, Retry, StoreError};
use crate::text::Invalid;
use crate::ticket::{ExternalRef, LockRefused, Rejection, TicketId, TicketNumber, Version};

/// Why it was not done. Nothing was written.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is not there, or the actor may not see it.
    #[error("no such {what}")]
    NotFound {
        /// What was sought: `ticket`, `team`, …
        what: &'static str,
    },
    /// The name could mean any of these.
    #[error("this could mean {}", .candidates.iter().map(|number| format!("#{number}")).collect::<Vec<_>>().join(" or "))]
    Ambiguous {
        /// Their numbers.
        candidates: Vec<TicketNumber>,
    },
    /// The actor may see it, and may not do this.
    #[error("not permitted: {action}")]
    Forbidden {
        /// What.
        action: Action,
    },
    /// A rule refuses it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// A value is not acceptable.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The page or the cursor is not acceptable.
    #[error(transparent)]
    Query(#[from] QueryError),
    /// It was changed meanwhile in a way that matters.
    #[error("changed meanwhile: expected version {expected}, found {found}")]
    Conflict {
        /// The version the caller expected.
        expected: Version,
        /// The version that stands there.
        found: Version,
        /// What happened in between; empty for a requester.
        between: Vec<HistoryEntry>,
    },
    /// Others kept changing it; the desk gave up deciding anew.
    #[error("too many others changed it at the same time")]
    Contended,
    /// The idempotency key was used for another request.
    #[error("the idempotency key was used for another request")]
    KeyReused,
    /// Another ticket has the reference.
    #[error("the reference {}/{} belongs to another ticket", .external.source, .external.id)]
    ExternalTaken {
        /// The reference.
        external: ExternalRef,
        /// Whose it is.
        ticket: TicketId,
    },
    /// Another ticket has the number.
    #[error("the number {number} belongs to another ticket")]
    NumberTaken {
        /// The number.
        number: TicketNumber,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What the caller can make of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Look for something else.
    NotFound,
    /// Ask somebody who may.
    Forbidden,
    /// Look at what stands there now, then decide again.
    Conflict,
    /// Ask for something else: a rule, a value or a limit stands against it.
    Rejected,
    /// Try again later.
    Unavailable,
    /// Migrate, or use a newer program.
    Schema,
    /// Restore a backup.
    Corrupt,
    /// Report it.
    Failed,
}

impl Error {
    /// What the caller can make of it.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } | Self::Rejected(Rejection::NotOpen) => ErrorKind::NotFound,
            Self::Forbidden { .. } => ErrorKind::Forbidden,
            Self::Rejected(rejection) if rejection.code() == Code::PermissionDenied => ErrorKind::Forbidden,
            Self::Rejected(Rejection::Locked(_) | Rejection::LockRequired)
            | Self::Conflict { .. }
            | Self::Contended
            | Self::KeyReused
            | Self::ExternalTaken { .. }
            | Self::NumberTaken { .. } => ErrorKind::Conflict,
            Self::Rejected(_) | Self::Invalid(_) | Self::Query(_) | Self::Ambiguous { .. } => ErrorKind::Rejected,
            Self::Store(fault) => match fault.kind {
                FaultKind::Unavailable => ErrorKind::Unavailable,
                FaultKind::SchemaTooNew | FaultKind::NeedsMigration => ErrorKind::Schema,
                FaultKind::Corrupt => ErrorKind::Corrupt,
                FaultKind::LimitExceeded => ErrorKind::Rejected,
                FaultKind::Conflict => ErrorKind::Conflict,
                FaultKind::Unsupported | FaultKind::Unexpected => ErrorKind::Failed,
            },
        }
    }

    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::NotFound { .. } => Code::NotFound,
            Self::Ambiguous { .. } => Code::Ambiguous,
            Self::Forbidden { .. } => Code::PermissionDenied,
            Self::Rejected(rejection) => rejection.code(),
            Self::Invalid(invalid) if invalid.problem.is_limit() => Code::LimitExceeded,
            Self::Invalid(_) => Code::InvalidValue,
            Self::Query(error) => error.code(),
            Self::Conflict { .. } => Code::Conflict,
            Self::Contended => Code::Contended,
            Self::KeyReused => Code::KeyReused,
            Self::ExternalTaken { .. } => Code::ExternalTaken,
            Self::NumberTaken { .. } => Code::NumberTaken,
            Self::Store(fault) => fault.kind.code(),
        }
    }

    /// Whether the same call may succeed later without anything changed about it.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Contended | Self::Rejected(Rejection::Locked(LockRefused::Held { .. })) => true,
            Self::Store(fault) => fault.retry != Retry::Never,
            _ => false,
        }
    }
}

impl From<LockRefused> for Error {
    fn from(refused: LockRefused) -> Self {
        Self::Rejected(refused.into())
    }
}
