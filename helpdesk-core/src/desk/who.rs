//! Who calls, as the handle knows it, and what is needed to know more.

use super::foreseen::Foreseen;
use super::record_keys::agent_key;
use crate::party::{Actor, AgentId, Requester, Role};
use crate::store::{RecordKey, Wants};

/// Who calls, as the handle knows it.
#[derive(Debug, Clone)]
pub(super) enum Who {
    /// An agent, with a role that the host vouches for, or else the one that her record says.
    Agent { id: AgentId, role: Option<Role> },
    /// A contact, as the host names them; which one that is, every attempt finds anew.
    Requester(Requester),
    /// The same with a first request: who is not known yet becomes a contact in the same act.
    Newcomer(Requester),
    /// The desk itself, for what a contact may write on, and nothing else.
    OnBehalf(Requester),
    /// The desk itself.
    System,
}

impl Who {
    /// Who it is, as the host named them: the same in every call, whatever happened to the record since.
    pub(super) fn as_named(&self) -> String {
        match self {
            Self::Agent { id, .. } => Actor::Agent(id.clone()).to_string(),
            Self::Requester(who) | Self::Newcomer(who) | Self::OnBehalf(who) => match (&who.id, &who.email) {
                (Some(id), _) => Actor::Requester(id.clone()).to_string(),
                (None, Some(address)) => format!("requester:{address}"),
                (None, None) => "requester".to_owned(),
            },
            Self::System => Actor::System.to_string(),
        }
    }

    /// Adds to `wants` what the context will need.
    pub(super) fn want(&self, wants: &mut Wants) {
        wants.versions.push(RecordKey::settings());
        match self {
            Self::Agent { id, role: None } => wants.records.push(agent_key(id)),
            Self::Requester(who) | Self::Newcomer(who) | Self::OnBehalf(who) => Foreseen::want(wants, who),
            Self::Agent { role: Some(_), .. } | Self::System => {}
        }
    }
}
