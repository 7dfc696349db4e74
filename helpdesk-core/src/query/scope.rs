//! Which tickets somebody sees at all.

use serde::Serialize;

use crate::party::{Actor, ContactId, OrganizationId};
use crate::ticket::{ParticipantState, Ticket};

/// The bound of somebody's sight. It narrows every list and count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Everything.
    All,
    /// Nothing.
    Nothing,
    /// A requester's: their own, those they take part in, and their organisation's if it is given.
    Requester {
        /// Who.
        contact: ContactId,
        /// Whose tickets they see besides.
        organization: Option<OrganizationId>,
    },
}

impl Scope {
    /// Whether `ticket` lies within it.
    pub fn includes(&self, ticket: &Ticket) -> bool {
        match self {
            _ if ticket.deleted_at.is_some() => false,
            Self::All => true,
            Self::Nothing => false,
            Self::Requester { contact, organization } => {
                let same_organization = organization.is_some() && ticket.organization == *organization;
                ticket.requester.as_ref() == Some(contact)
                    || same_organization
                    || is_participant(ticket, &Actor::Requester(contact.clone()))
            }
        }
    }
}

/// Whether `party` takes part in `ticket` in any role, in force.
pub(super) fn is_participant(ticket: &Ticket, party: &Actor) -> bool {
    ticket.participants.iter().any(|p| p.party == *party && p.state == ParticipantState::Active)
}
