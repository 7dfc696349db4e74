//! Who follows a ticket besides its requester and its assignee.

use serde::{Deserialize, Serialize};

use crate::party::Actor;

/// Somebody who takes part in a ticket. Addresses stand in the contact, not here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Participant {
    /// Who.
    pub party: Actor,
    /// As what.
    pub role: ParticipantRole,
    /// Whether it is in force.
    #[serde(default)]
    pub state: ParticipantState,
}

/// As what somebody takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ParticipantRole {
    /// Watches: is told of changes.
    Watcher,
    /// Gets copies of public messages.
    Cc,
}

/// Whether a participation is in force. A name in a mail's header gives no right until somebody approves it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParticipantState {
    /// In force.
    #[default]
    Active,
    /// Asked for, not yet approved: gives no right.
    Pending,
}
