//! Escalation: what happens when a share of a target is used, or a due time is near or past.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::offset::Offset;
use crate::party::{AgentId, TeamId};
use crate::text::Invalid;
use crate::ticket::{Priority, Tag};

/// A level of a clock. It fires once per clock instance, however late it is found; its offset is its name.
///
/// ```
/// use helpdesk_core::sla::{EscalationLevel, Recipient};
/// let level: EscalationLevel = serde_json::from_str(r#"{ "at": "-30m", "notify": ["assignee"], "tags": ["hot"] }"#).unwrap();
/// assert_eq!(level.notify, [Recipient::Assignee]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationLevel {
    /// When.
    pub at: Offset,
    /// Whether it waits for the next opening if it falls outside business hours.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub business_hours: bool,
    /// Who is told. The event says so; the host tells them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notify: Vec<Recipient>,
    /// The priority is raised to this; it is never lowered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub raise_priority: Option<Priority>,
    /// The ticket is given to this team.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// The ticket gets these tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
}

impl EscalationLevel {
    /// A level that does nothing but to be reached.
    pub fn at(at: Offset) -> Self {
        Self { at, business_hours: false, notify: Vec::new(), raise_priority: None, team: None, tags: Vec::new() }
    }
}

/// Who is told of a level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[non_exhaustive]
pub enum Recipient {
    /// Who works on the ticket.
    Assignee,
    /// The team that works on it.
    Team,
    /// The administrators.
    Admins,
    /// This agent.
    Agent(AgentId),
}

impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Assignee => f.write_str("assignee"),
            Self::Team => f.write_str("team"),
            Self::Admins => f.write_str("admins"),
            Self::Agent(agent) => write!(f, "agent:{agent}"),
        }
    }
}

impl FromStr for Recipient {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let agent = |text: &str| text.strip_prefix("agent:").and_then(|id| AgentId::new(id).ok()).map(Self::Agent);
        match text {
            "assignee" => Ok(Self::Assignee),
            "team" => Ok(Self::Team),
            "admins" => Ok(Self::Admins),
            other => agent(other).ok_or_else(|| Invalid::malformed("notify", "assignee, team, admins or agent:ID")),
        }
    }
}

impl TryFrom<String> for Recipient {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Recipient> for String {
    fn from(recipient: Recipient) -> Self {
        recipient.to_string()
    }
}
