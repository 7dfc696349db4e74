//! What can be wrong with a workflow.

use crate::ticket::{StatusCategory, StatusKey};

/// What is wrong with a workflow, naming the status or the move.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WorkflowError {
    /// Two statuses have this key.
    #[error("status {0} stands there twice")]
    DuplicateStatus(StatusKey),
    /// Two statuses are of the same special sort.
    #[error("status {0}: another one is of the same special sort")]
    DuplicateSpecial(StatusKey),
    /// Only a Closed status may be merged or cancelled.
    #[error("status {0} is special but not of the category closed")]
    SpecialNotClosed(StatusKey),
    /// A move or the beginning names a status that is not there.
    #[error("status {0} is not defined")]
    UnknownStatus(StatusKey),
    /// A ticket cannot begin there.
    #[error("status {0} cannot be the first: it is neither new nor active")]
    BadInitial(StatusKey),
    /// No plain status has this category.
    #[error("no status of the category {0}")]
    MissingCategory(StatusCategory),
    /// The same move twice, or one from a status to itself.
    #[error("the move from {from} to {to} stands there twice or leads nowhere")]
    DuplicateTransition {
        /// From.
        from: StatusKey,
        /// To.
        to: StatusKey,
    },
    /// A move that nobody may make.
    #[error("nobody may make the move from {from} to {to}")]
    NobodyMoves {
        /// From.
        from: StatusKey,
        /// To.
        to: StatusKey,
    },
    /// A move, or a mover, that the table of categories forbids.
    #[error("the categories forbid the move from {from} to {to}, or by one of those named")]
    OutOfBounds {
        /// From.
        from: StatusKey,
        /// To.
        to: StatusKey,
    },
    /// No way leads there from the beginning.
    #[error("no way leads to status {0}")]
    Unreachable(StatusKey),
    /// No way leads out, though it is not final.
    #[error("no way leads out of status {0}")]
    DeadEnd(StatusKey),
}
