//! Who acts. Written `agent:ID`, `requester:ID` or `system`, in stores and on the wire alike.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{AgentId, ContactId};
use crate::text::Invalid;

/// Who does something, or takes part in a ticket.
///
/// ```
/// use helpdesk_core::party::Actor;
/// let anna: Actor = "agent:anna".parse().unwrap();
/// assert_eq!(anna.to_string(), "agent:anna");
/// assert!("anna".parse::<Actor>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Actor {
    /// A member of the desk's staff.
    Agent(AgentId),
    /// Somebody who asks.
    Requester(ContactId),
    /// The desk itself: timers and rules.
    System,
}

impl Actor {
    /// The agent, if it is one.
    pub fn agent(&self) -> Option<&AgentId> {
        match self {
            Self::Agent(id) => Some(id),
            Self::Requester(_) | Self::System => None,
        }
    }

    /// The contact, if it is one.
    pub fn requester(&self) -> Option<&ContactId> {
        match self {
            Self::Requester(id) => Some(id),
            Self::Agent(_) | Self::System => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Agent(id) => write!(f, "agent:{id}"),
            Self::Requester(id) => write!(f, "requester:{id}"),
            Self::System => f.write_str("system"),
        }
    }
}

impl FromStr for Actor {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        match text.split_once(':') {
            Some(("agent", id)) => Ok(Self::Agent(AgentId::new(id)?)),
            Some(("requester", id)) => Ok(Self::Requester(ContactId::new(id)?)),
            None if text == "system" => Ok(Self::System),
            _ => Err(Invalid::malformed("actor", "agent:ID, requester:ID or system")),
        }
    }
}

impl TryFrom<String> for Actor {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Actor> for String {
    fn from(actor: Actor) -> Self {
        actor.to_string()
    }
}
