//! The policy that every act passes, and the default one by roles.

use super::{Action, Principal};
use crate::party::Role;
use crate::query::Scope;
use crate::settings::Settings;
use crate::ticket::Ticket;

/// Decides over every act: total, at the moment of use, without I/O. What it does not allow is denied.
pub trait AccessPolicy: Send + Sync {
    /// Whether `who` may do `action`, on `ticket` if it is about one.
    fn allows(&self, who: &Principal, action: Action, ticket: Option<&Ticket>, settings: &Settings) -> bool;

    /// Which tickets `who` sees at all: it narrows every list and count.
    fn scope(&self, who: &Principal, settings: &Settings) -> Scope;
}

/// The default policy: agents by their role, requesters on what they may see.
///
/// ```
/// use helpdesk_core::Settings;
/// use helpdesk_core::access::{AccessPolicy, Action, Principal, RolePolicy};
/// use helpdesk_core::party::{AgentId, Role};
/// let anna = Principal::Agent { id: AgentId::new("anna").unwrap(), role: Some(Role::Agent), teams: Default::default() };
/// assert!(RolePolicy.allows(&anna, Action::TicketReply, None, &Settings::default()));
/// assert!(!RolePolicy.allows(&anna, Action::TicketReopenClosed, None, &Settings::default()));
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct RolePolicy;

impl AccessPolicy for RolePolicy {
    fn allows(&self, who: &Principal, action: Action, ticket: Option<&Ticket>, settings: &Settings) -> bool {
        match who {
            Principal::System => true,
            Principal::Agent { role: Some(role), .. } => *role >= least_role(action),
            Principal::Agent { role: None, .. } => false,
            Principal::Requester { .. } => match action {
                Action::TicketOpen => true,
                Action::TicketRead | Action::TicketReply => {
                    ticket.is_some_and(|ticket| self.scope(who, settings).includes(ticket))
                }
                Action::TicketConfirm => ticket.is_some_and(|ticket| is_own(who, ticket)),
                Action::TicketNote
                | Action::TicketStatus
                | Action::TicketAssign
                | Action::TicketEdit
                | Action::TicketLock
                | Action::TicketStealLock
                | Action::TicketReopenClosed
                | Action::TicketMerge
                | Action::TicketDelete
                | Action::TicketImport
                | Action::ContactRead
                | Action::ContactEdit
                | Action::ContactErase
                | Action::SettingsRead
                | Action::SettingsEdit => false,
            },
        }
    }

    fn scope(&self, who: &Principal, settings: &Settings) -> Scope {
        match who {
            Principal::System | Principal::Agent { role: Some(_), .. } => Scope::All,
            Principal::Agent { role: None, .. } => Scope::Nothing,
            Principal::Requester { contact, organization } => Scope::Requester {
                contact: contact.clone(),
                organization: organization.clone().filter(|_| settings.requesters_see_organization),
            },
        }
    }
}

/// The least role of an agent that may do this.
fn least_role(action: Action) -> Role {
    match action {
        Action::TicketRead | Action::TicketNote | Action::ContactRead | Action::SettingsRead => Role::Observer,
        Action::TicketOpen
        | Action::TicketReply
        | Action::TicketStatus
        | Action::TicketAssign
        | Action::TicketEdit
        | Action::TicketLock
        | Action::TicketMerge
        | Action::ContactEdit => Role::Agent,
        Action::TicketStealLock | Action::TicketReopenClosed | Action::TicketDelete => Role::Supervisor,
        Action::TicketConfirm | Action::TicketImport | Action::ContactErase | Action::SettingsEdit => Role::Admin,
    }
}

fn is_own(who: &Principal, ticket: &Ticket) -> bool {
    matches!(who, Principal::Requester { contact, .. } if ticket.deleted_at.is_none() && ticket.requester.as_ref() == Some(contact))
}
