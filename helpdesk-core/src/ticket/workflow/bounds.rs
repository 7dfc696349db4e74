//! The table that bounds every workflow: which category may follow which, and who may move a ticket so.

use super::{Mover, Movers, Special, Status};
use crate::ticket::StatusCategory;

/// A row or column of the table: the categories, with Closed in its three sorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Not looked at.
    New,
    /// The desk's turn.
    Active,
    /// The requester's turn.
    WaitingOnRequester,
    /// Somebody else's turn.
    WaitingOnOther,
    /// Answered.
    Resolved,
    /// Plainly closed.
    Closed,
    /// Went on elsewhere.
    Merged,
    /// No request.
    Spam,
    /// Called off.
    Cancelled,
}

impl Cell {
    /// Every cell, in the table's order.
    pub const ALL: [Self; 9] = [
        Self::New,
        Self::Active,
        Self::WaitingOnRequester,
        Self::WaitingOnOther,
        Self::Resolved,
        Self::Closed,
        Self::Merged,
        Self::Spam,
        Self::Cancelled,
    ];

    /// Where a status stands in the table.
    pub fn of(status: &Status) -> Self {
        match (status.category, status.special) {
            (_, Some(Special::Merged)) => Self::Merged,
            (_, Some(Special::Cancelled)) => Self::Cancelled,
            (StatusCategory::New, None) => Self::New,
            (StatusCategory::Active, None) => Self::Active,
            (StatusCategory::WaitingOnRequester, None) => Self::WaitingOnRequester,
            (StatusCategory::WaitingOnOther, None) => Self::WaitingOnOther,
            (StatusCategory::Resolved, None) => Self::Resolved,
            (StatusCategory::Closed, None) => Self::Closed,
            (StatusCategory::Spam, None) => Self::Spam,
        }
    }

    /// The name in the printed table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Active => "active",
            Self::WaitingOnRequester => "waiting_on_requester",
            Self::WaitingOnOther => "waiting_on_other",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Merged => "merged",
            Self::Spam => "spam",
            Self::Cancelled => "cancelled",
        }
    }
}

const AGENT: Movers = Movers::of(&[Mover::Agent]);
const MERGE: Movers = Movers::of(&[Mover::Merge]);

/// Who may move a ticket from one cell to another, at most. Within a cell the workflow alone decides.
#[expect(clippy::match_same_arms, reason = "one arm a row of the table; merging equal answers would hide the rows")]
pub fn bounds(from: Cell, to: Cell) -> Movers {
    use Cell::{Active, Cancelled, Closed, Merged, New, Resolved, Spam, WaitingOnOther, WaitingOnRequester};
    match (from, to) {
        (New | Active | WaitingOnRequester | WaitingOnOther | Resolved, Merged) | (Merged, _) => MERGE,
        (New, New) | (Closed, Closed) | (Spam, Spam) | (Cancelled, Cancelled) => AGENT,
        (New, Active) => Movers::of(&[Mover::Agent, Mover::Reply]),
        (New | Active, Active | WaitingOnRequester | WaitingOnOther | Resolved | Spam | Cancelled) => AGENT,
        (WaitingOnRequester | WaitingOnOther, Active) => Movers::of(&[Mover::Agent, Mover::Reply, Mover::WakeUp]),
        (WaitingOnRequester, Resolved) => Movers::of(&[Mover::Agent, Mover::WakeUp]),
        (WaitingOnRequester | WaitingOnOther, WaitingOnRequester | WaitingOnOther | Resolved | Spam | Cancelled) => {
            AGENT
        }
        (Resolved, Active) => Movers::of(&[Mover::Agent, Mover::Reply]),
        (Resolved, Resolved) => AGENT,
        (Resolved, Closed) => Movers::of(&[Mover::Agent, Mover::AutoClose, Mover::Confirmation]),
        (Closed | Cancelled, Active) => Movers::of(&[Mover::ReopenClosed]),
        (Spam, Active) => Movers::of(&[Mover::NotSpam]),
        (New | Active | WaitingOnRequester | WaitingOnOther, New | Closed)
        | (Resolved, New | WaitingOnRequester | WaitingOnOther | Spam | Cancelled)
        | (Closed | Spam | Cancelled, _) => Movers::NONE,
    }
}
