//! Why a command is refused: typed, with a stable code, and in words that help.

use super::workflow::Movers;
use super::{LockRefused, StatusKey, TicketId};
use crate::desk::Code;
use crate::env::Timestamp;
use crate::party::AgentId;
use crate::settings::ClosedReply;
use crate::text::Invalid;

/// Why a command is refused. Nothing was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Rejection {
    /// A value is not acceptable.
    #[error(transparent)]
    Invalid(#[from] Invalid),
    /// The workflow has no such move, or not for this mover.
    #[error("a ticket cannot go from {from} to {to}: {reason}")]
    IllegalTransition {
        /// From.
        from: StatusKey,
        /// To.
        to: StatusKey,
        /// Why not.
        reason: IllegalMove,
    },
    /// The workflow has no status of this name.
    #[error("the workflow has no status {0}")]
    UnknownStatus(StatusKey),
    /// The workflow has no status of the sort that the act needs (`merged`, `spam`).
    #[error("the workflow has no status for {0}")]
    NoStatusFor(&'static str),
    /// The ticket is closed, and a message does not change it.
    #[error("the ticket is closed")]
    TicketClosed {
        /// What the tenant's policy answers.
        answer: ClosedReply,
        /// Where the ticket went on, if it was merged.
        merged_into: Option<TicketId>,
    },
    /// The ticket is spam; it is not answered.
    #[error("the ticket is spam")]
    TicketIsSpam,
    /// Somebody else's lock stands against it, or the caller's own was lost.
    #[error(transparent)]
    Locked(#[from] LockRefused),
    /// The tenant's policy asks for the caller's own lock.
    #[error("a public reply needs your own lock on the ticket")]
    LockRequired,
    /// Only a resolved request can be confirmed.
    #[error("the request is not resolved")]
    NotResolved,
    /// Somebody else has it.
    #[error("the ticket is assigned to {to}")]
    AlreadyAssigned {
        /// To whom.
        to: AgentId,
    },
    /// A ticket cannot be linked to, or merged with, itself.
    #[error("a ticket cannot be linked to or merged with itself")]
    SameTicket,
    /// It was merged already, or is not merged at all.
    #[error("the ticket is {}merged", if *.merged { "already " } else { "not " })]
    MergeState {
        /// Whether it is merged.
        merged: bool,
    },
    /// Merges would go round in a circle.
    #[error("the merge would lead back to the ticket")]
    MergeCycle,
    /// Links of this sort are made by the desk's own acts only.
    #[error("links of this kind are made by merge, split and follow-up only")]
    StructuralLink,
    /// Only an agent can do this.
    #[error("only an agent can do this")]
    AgentOnly,
    /// The instant is not in the future.
    #[error("{at} has passed already")]
    NotInFuture {
        /// The instant.
        at: Timestamp,
    },
    /// The ticket is there already.
    #[error("the ticket exists already")]
    AlreadyOpen,
    /// The ticket is not there.
    #[error("there is no such ticket")]
    NotOpen,
}

/// Why a move is not made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum IllegalMove {
    /// Nobody can.
    NoSuchMove,
    /// Only these can.
    OnlyBy(Movers),
    /// It takes the permission `ticket.reopen_closed`.
    NeedsReopenPermission,
}

impl std::fmt::Display for IllegalMove {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoSuchMove => f.write_str("the workflow has no such move"),
            Self::OnlyBy(movers) => write!(f, "only by {movers}"),
            Self::NeedsReopenPermission => f.write_str("it needs the permission ticket.reopen_closed"),
        }
    }
}

impl Rejection {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::Invalid(invalid) if invalid.problem.is_limit() => Code::LimitExceeded,
            Self::Invalid(_) => Code::InvalidValue,
            Self::IllegalTransition { reason: IllegalMove::NeedsReopenPermission, .. } => Code::PermissionDenied,
            Self::IllegalTransition { .. } => Code::IllegalTransition,
            Self::UnknownStatus(_) => Code::UnknownStatus,
            Self::NoStatusFor(_) => Code::NoStatusFor,
            Self::TicketClosed { .. } => Code::TicketClosed,
            Self::TicketIsSpam => Code::TicketIsSpam,
            Self::Locked(LockRefused::Held { .. }) => Code::Locked,
            Self::Locked(LockRefused::Stale { .. }) => Code::LockLost,
            Self::LockRequired => Code::LockRequired,
            Self::NotResolved => Code::NotResolved,
            Self::AlreadyAssigned { .. } => Code::AlreadyAssigned,
            Self::SameTicket => Code::SameTicket,
            Self::MergeState { merged: true } => Code::AlreadyMerged,
            Self::MergeState { merged: false } => Code::NotMerged,
            Self::MergeCycle => Code::MergeCycle,
            Self::StructuralLink => Code::StructuralLink,
            Self::AgentOnly => Code::AgentOnly,
            Self::NotInFuture { .. } => Code::NotInFuture,
            Self::AlreadyOpen => Code::AlreadyOpen,
            Self::NotOpen => Code::NotFound,
        }
    }
}
