//! Typed, directed links between tickets, written to both ends.

use serde::{Deserialize, Serialize};

use super::TicketId;
use crate::text::Invalid;

/// One end of a link: this ticket … that ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Link {
    /// How this ticket stands to the other.
    pub kind: LinkKind,
    /// The other ticket.
    pub ticket: TicketId,
}

/// How one ticket stands to another. Each kind has an inverse, which stands at the other end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LinkKind {
    /// Has to do with; its own inverse.
    RelatesTo,
    /// Is part of.
    ChildOf,
    /// Has as a part.
    ParentOf,
    /// Must be done before.
    Blocks,
    /// Must wait for.
    BlockedBy,
    /// Says the same as.
    Duplicates,
    /// Is said again by.
    DuplicatedBy,
    /// Is caused by (incident to problem).
    CausedBy,
    /// Causes.
    Causes,
    /// Goes on from a closed ticket.
    FollowUpOf,
    /// Is gone on with in.
    FollowedUpBy,
    /// Was split off from.
    SplitFrom,
    /// Was split into.
    SplitInto,
    /// Was merged into.
    MergedInto,
    /// Took in.
    MergedFrom,
}

impl LinkKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::RelatesTo,
        Self::ChildOf,
        Self::ParentOf,
        Self::Blocks,
        Self::BlockedBy,
        Self::Duplicates,
        Self::DuplicatedBy,
        Self::CausedBy,
        Self::Causes,
        Self::FollowUpOf,
        Self::FollowedUpBy,
        Self::SplitFrom,
        Self::SplitInto,
        Self::MergedInto,
        Self::MergedFrom,
    ];

    /// The kind at the other end.
    ///
    /// ```
    /// use helpdesk_core::ticket::LinkKind;
    /// for kind in LinkKind::ALL {
    ///     assert_eq!(kind.inverse().inverse(), kind);
    /// }
    /// ```
    pub fn inverse(self) -> Self {
        match self {
            Self::RelatesTo => Self::RelatesTo,
            Self::ChildOf => Self::ParentOf,
            Self::ParentOf => Self::ChildOf,
            Self::Blocks => Self::BlockedBy,
            Self::BlockedBy => Self::Blocks,
            Self::Duplicates => Self::DuplicatedBy,
            Self::DuplicatedBy => Self::Duplicates,
            Self::CausedBy => Self::Causes,
            Self::Causes => Self::CausedBy,
            Self::FollowUpOf => Self::FollowedUpBy,
            Self::FollowedUpBy => Self::FollowUpOf,
            Self::SplitFrom => Self::SplitInto,
            Self::SplitInto => Self::SplitFrom,
            Self::MergedInto => Self::MergedFrom,
            Self::MergedFrom => Self::MergedInto,
        }
    }

    /// Whether only the desk's own acts (merge, split, follow-up) make such links.
    pub fn is_structural(self) -> bool {
        matches!(
            self,
            Self::MergedInto
                | Self::MergedFrom
                | Self::SplitFrom
                | Self::SplitInto
                | Self::FollowUpOf
                | Self::FollowedUpBy
        )
    }

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RelatesTo => "relates_to",
            Self::ChildOf => "child_of",
            Self::ParentOf => "parent_of",
            Self::Blocks => "blocks",
            Self::BlockedBy => "blocked_by",
            Self::Duplicates => "duplicates",
            Self::DuplicatedBy => "duplicated_by",
            Self::CausedBy => "caused_by",
            Self::Causes => "causes",
            Self::FollowUpOf => "follow_up_of",
            Self::FollowedUpBy => "followed_up_by",
            Self::SplitFrom => "split_from",
            Self::SplitInto => "split_into",
            Self::MergedInto => "merged_into",
            Self::MergedFrom => "merged_from",
        }
    }
}

impl std::str::FromStr for LinkKind {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
            Invalid::malformed("link", "a kind of link such as relates_to, child_of, blocks or duplicates")
        })
    }
}
