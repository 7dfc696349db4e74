//! Counts. A page never counts; this does.

use serde::{Deserialize, Serialize};

use crate::ticket::Ticket;

/// What a count is split by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupBy {
    /// Nothing: one number.
    Nothing,
    /// The status category.
    StatusCategory,
    /// The status.
    Status,
    /// The priority.
    Priority,
    /// The assignee.
    Assignee,
    /// The team.
    Team,
    /// The category.
    Category,
}

/// One number of a count. Groups without tickets are left out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Tally {
    /// The group, as on the wire; empty for *nobody* and *none*.
    pub group: String,
    /// How many.
    pub count: u64,
}

impl GroupBy {
    /// The group that `ticket` counts in.
    pub fn group_of(self, ticket: &Ticket) -> String {
        let text = match self {
            Self::Nothing => Some(""),
            Self::StatusCategory => Some(ticket.status_category.as_str()),
            Self::Status => Some(ticket.status.as_str()),
            Self::Priority => Some(ticket.priority.as_str()),
            Self::Assignee => ticket.assignee.as_ref().map(crate::party::AgentId::as_str),
            Self::Team => ticket.team.as_ref().map(crate::party::TeamId::as_str),
            Self::Category => ticket.category.as_ref().map(crate::party::CategoryId::as_str),
        };
        text.unwrap_or_default().to_owned()
    }
}
