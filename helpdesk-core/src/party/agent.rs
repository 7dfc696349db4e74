//! Agents and the roles that bound what they may do. The decision itself is in `access`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{AgentId, EmailAddress, TeamId};

/// What an agent may do, in the default access policy.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Role {
    /// Reads and writes internal notes.
    Observer,
    /// Works on tickets.
    #[default]
    Agent,
    /// Works on tickets, and may steal locks, reopen closed tickets, unmerge and delete.
    Supervisor,
    /// Everything, settings included.
    Admin,
}

impl Role {
    /// Every role, from the least to the most.
    pub const ALL: [Self; 4] = [Self::Observer, Self::Agent, Self::Supervisor, Self::Admin];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Observer => "observer",
            Self::Agent => "agent",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
        }
    }
}

impl std::str::FromStr for Role {
    type Err = crate::text::Invalid;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| crate::text::Invalid::malformed("role", "observer, agent, supervisor or admin"))
    }
}

/// What the desk knows about an agent; a record of its own. An agent without one has the default role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// The host's id.
    pub id: AgentId,
    /// The name people see.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address for notifications.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// What she may do.
    #[serde(default)]
    pub role: Role,
    /// The teams she belongs to.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub teams: BTreeSet<TeamId>,
    /// Whether she may not act any more. Her past acts keep her name.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub disabled: bool,
}

impl Agent {
    /// An agent with the default role.
    pub fn new(id: AgentId) -> Self {
        Self { id, name: None, email: None, role: Role::default(), teams: BTreeSet::new(), disabled: false }
    }
}
