//! What a decision rests on besides the ticket: all of it values.

use super::{LockSlot, LockToken};
use crate::env::Timestamp;
use crate::limits::Limits;
use crate::party::Actor;
use crate::settings::Settings;

/// The facts of the moment.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The instant of the decision.
    pub now: Timestamp,
    /// Who asks for it.
    pub actor: &'a Actor,
    /// The tenant's settings.
    pub settings: &'a Settings,
    /// The bounds.
    pub limits: &'a Limits,
    /// The ticket's lock.
    pub lock: &'a LockSlot,
    /// The lock token the caller shows, if any.
    pub token: Option<LockToken>,
    /// Whether the actor has the permission `ticket.reopen_closed`.
    pub may_reopen_closed: bool,
    /// The instant for the SLA clocks, if it is not now: when that became due which is only found now.
    pub as_of: Option<Timestamp>,
}
