//! One tenant's handles: each kind of actor has its own type, with what it may do and nothing else.

use super::who::Who;
use super::{AdminDesk, AgentDesk, Desk, Error, RequesterDesk};
use crate::party::{AgentId, Requester, TenantId};

/// A tenant of a desk.
#[derive(Debug, Clone)]
pub struct TenantDesk<'s> {
    desk: Desk<'s>,
    id: TenantId,
}

impl<'s> TenantDesk<'s> {
    pub(super) fn new(desk: Desk<'s>, id: TenantId) -> Self {
        Self { desk, id }
    }

    /// The tenant's id.
    pub fn id(&self) -> &TenantId {
        &self.id
    }

    /// The handle of an agent, with the role that her record says; the default role without a record.
    ///
    /// # Errors
    /// If the id is not well-formed.
    pub fn agent(&self, id: &str) -> Result<AgentDesk<'s>, Error> {
        Ok(AgentDesk::new(self.desk.clone(), self.id.clone(), Who::Agent { id: AgentId::new(id)?, role: None }))
    }

    /// The handle of a requester: by the host's contact id, or by address. The host vouches that it is them.
    ///
    /// # Errors
    /// If it is neither an id nor an address.
    pub fn requester(&self, who: &str) -> Result<RequesterDesk<'s>, Error> {
        Ok(RequesterDesk::new(self.desk.clone(), self.id.clone(), Requester::parse(who)?))
    }

    /// The handle of an administrator. The host vouches that she is one.
    ///
    /// # Errors
    /// If the id is not well-formed.
    pub fn admin(&self, id: &str) -> Result<AdminDesk<'s>, Error> {
        Ok(AdminDesk::new(self.desk.clone(), self.id.clone(), AgentId::new(id)?))
    }

    /// The handle of the desk itself, for rules and timers of the host.
    pub fn system(&self) -> AgentDesk<'s> {
        AgentDesk::new(self.desk.clone(), self.id.clone(), Who::System)
    }
}
