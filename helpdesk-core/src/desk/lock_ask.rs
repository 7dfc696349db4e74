//! What can be asked of a ticket's lock. Whether it is granted, the slot says.

use chrono::TimeDelta;

use crate::access::Action;
use crate::env::Timestamp;
use crate::party::AgentId;
use crate::ticket::{LockRefused, LockSlot, LockToken};

/// What is asked of a ticket's lock.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LockAsk {
    /// To take it, or to renew one's own; what for.
    Take(Option<String>),
    /// To prolong the one of this token.
    Renew(LockToken),
    /// To give the one of this token back.
    Give(LockToken),
    /// To take it whoever holds it; why.
    Steal(String),
}

impl LockAsk {
    /// What it takes a permission for.
    pub(super) fn action(&self) -> Action {
        match self {
            Self::Steal(_) => Action::TicketStealLock,
            Self::Take(_) | Self::Renew(_) | Self::Give(_) => Action::TicketLock,
        }
    }

    /// The slot as it is then; `None` if nothing changes.
    pub(super) fn answer(
        &self,
        slot: &LockSlot,
        me: &AgentId,
        now: Timestamp,
        lease: TimeDelta,
    ) -> Result<Option<LockSlot>, LockRefused> {
        match self {
            Self::Take(purpose) => slot.acquire(me, now, lease, purpose.clone()).map(Some),
            Self::Renew(token) => slot.renew(me, *token, now, lease).map(Some),
            Self::Give(token) => slot.release(me, *token, now),
            Self::Steal(_) => Ok(Some(slot.steal(me, now, lease, None))),
        }
    }
}
