//! Who acts, with what decides over the permission.

use std::collections::BTreeSet;

use crate::party::{Actor, AgentId, ContactId, OrganizationId, Role, TeamId};

/// An actor with the facts that permissions rest on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Principal {
    /// A member of the desk's staff.
    Agent {
        /// Who.
        id: AgentId,
        /// With which role; `None` if she may not act any more.
        role: Option<Role>,
        /// In which teams.
        teams: BTreeSet<TeamId>,
    },
    /// Somebody who asks.
    Requester {
        /// Who.
        contact: ContactId,
        /// Of which organisation.
        organization: Option<OrganizationId>,
    },
    /// The desk itself.
    System,
}

impl Principal {
    /// The actor that stands in events.
    pub fn actor(&self) -> Actor {
        match self {
            Self::Agent { id, .. } => Actor::Agent(id.clone()),
            Self::Requester { contact, .. } => Actor::Requester(contact.clone()),
            Self::System => Actor::System,
        }
    }
}
