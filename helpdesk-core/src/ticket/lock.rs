//! The edit lock: a lease on a ticket. Pure answers to acquire, renew, release and steal, per the table in the
//! guide; the store swaps the slot by compare-and-set on its token. Expiry is judged against the given instant.

use serde::{Deserialize, Serialize};

use crate::env::Timestamp;
use crate::party::AgentId;

/// A number that rises per ticket for ever; whoever shows the newest one holds, or last held, the lock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LockToken(pub u64);

/// Somebody's lease on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lease {
    /// Who holds it.
    pub holder: AgentId,
    /// Since when.
    pub acquired_at: Timestamp,
    /// Until when; from this instant on it is expired.
    pub expires_at: Timestamp,
    /// What for, in the holder's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purpose: Option<String>,
}

/// The place of the lock. It outlives every lease, so that releasing forgets nobody's token.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LockSlot {
    /// The newest token; 0 if the ticket was never locked.
    pub token: LockToken,
    /// The lease, unless it was released. It may have expired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease: Option<Lease>,
    /// Who had the newest token when it was released.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub released_by: Option<AgentId>,
}

/// What a tenant makes of locks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockPolicy {
    /// Another agent's write goes through with a warning.
    Advisory,
    /// Another agent's write is refused while the lease runs.
    #[default]
    Enforced,
    /// As `Enforced`, and a public reply needs the caller's own lock.
    Required,
}

/// Why a lock was not given, renewed, released, or honoured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LockRefused {
    /// Somebody else holds it.
    #[error("locked by {by} until {until}")]
    Held {
        /// Who.
        by: AgentId,
        /// Until when.
        until: Timestamp,
    },
    /// The token shown is not the newest, or was never the caller's.
    #[error("the lock was lost: token {shown} is not the caller's newest, {newest} is the newest", shown = shown.0, newest = newest.0)]
    Stale {
        /// The caller's token.
        shown: LockToken,
        /// The newest one.
        newest: LockToken,
    },
}

impl LockSlot {
    /// The lease that runs at `now`.
    pub fn running(&self, now: Timestamp) -> Option<&Lease> {
        self.lease.as_ref().filter(|lease| now < lease.expires_at)
    }

    /// The lease of somebody other than `agent` that runs at `now`.
    pub fn held_by_other(&self, agent: Option<&AgentId>, now: Timestamp) -> Option<&Lease> {
        self.running(now).filter(|lease| Some(&lease.holder) != agent)
    }

    /// Whether `token` is the newest one, and `agent` the one who got it.
    pub fn is_newest_of(&self, agent: &AgentId, token: LockToken) -> bool {
        let last = self.lease.as_ref().map(|held| &held.holder).or(self.released_by.as_ref());
        token == self.token && last == Some(agent)
    }

    /// Takes the lock: a free or expired one with a larger token, one's own with the same.
    ///
    /// # Errors
    /// [`LockRefused::Held`] if somebody else's lease runs.
    ///
    /// ```
    /// use helpdesk_core::party::AgentId;
    /// use helpdesk_core::ticket::LockSlot;
    /// let (anna, ben) = (AgentId::new("anna").unwrap(), AgentId::new("ben").unwrap());
    /// let now = "2026-11-02T09:00:00Z".parse().unwrap();
    /// let lease = chrono::TimeDelta::minutes(3);
    /// let slot = LockSlot::default().acquire(&anna, now, lease, None).unwrap();
    /// assert!(slot.acquire(&ben, now, lease, None).is_err());
    /// assert_eq!(slot.acquire(&ben, now + lease, lease, None).unwrap().token.0, 2);
    /// ```
    pub fn acquire(
        &self,
        agent: &AgentId,
        now: Timestamp,
        lease: chrono::TimeDelta,
        purpose: Option<String>,
    ) -> Result<Self, LockRefused> {
        match self.running(now) {
            Some(held) if held.holder == *agent => Ok(self.extended(held, now, lease, purpose)),
            Some(held) => Err(LockRefused::Held { by: held.holder.clone(), until: held.expires_at }),
            None => Ok(self.granted(agent, now, lease, purpose)),
        }
    }

    /// Prolongs one's lease, also an expired or released one that nobody has taken since.
    ///
    /// # Errors
    /// [`LockRefused::Stale`] if `token` is not the newest or was somebody else's: a lease taken over is never revived.
    pub fn renew(
        &self,
        agent: &AgentId,
        token: LockToken,
        now: Timestamp,
        lease: chrono::TimeDelta,
    ) -> Result<Self, LockRefused> {
        if !self.is_newest_of(agent, token) {
            return Err(LockRefused::Stale { shown: token, newest: self.token });
        }
        Ok(match &self.lease {
            Some(held) => self.extended(held, now, lease, None),
            None => Self::leased(token, agent, now, lease, None),
        })
    }

    /// Gives the lock back. `None` if there is nothing to give back.
    ///
    /// # Errors
    /// [`LockRefused::Held`] if it is somebody else's; [`LockRefused::Stale`] if it is one's own under a newer token.
    pub fn release(&self, agent: &AgentId, token: LockToken, now: Timestamp) -> Result<Option<Self>, LockRefused> {
        match self.running(now) {
            None => Ok(None),
            Some(held) if held.holder != *agent => {
                Err(LockRefused::Held { by: held.holder.clone(), until: held.expires_at })
            }
            Some(_) if token != self.token => Err(LockRefused::Stale { shown: token, newest: self.token }),
            Some(_) => Ok(Some(Self { token: self.token, lease: None, released_by: Some(agent.clone()) })),
        }
    }

    /// Takes the lock whoever holds it. Whether the agent may is decided elsewhere.
    pub fn steal(&self, agent: &AgentId, now: Timestamp, lease: chrono::TimeDelta, purpose: Option<String>) -> Self {
        match self.running(now) {
            Some(held) if held.holder == *agent => self.extended(held, now, lease, purpose),
            _ => self.granted(agent, now, lease, purpose),
        }
    }

    fn granted(&self, agent: &AgentId, now: Timestamp, lease: chrono::TimeDelta, purpose: Option<String>) -> Self {
        Self::leased(LockToken(self.token.0.saturating_add(1)), agent, now, lease, purpose)
    }

    fn extended(&self, held: &Lease, now: Timestamp, lease: chrono::TimeDelta, purpose: Option<String>) -> Self {
        let expires_at = held.expires_at.max(until(now, lease));
        let purpose = purpose.or_else(|| held.purpose.clone());
        Self { token: self.token, lease: Some(Lease { expires_at, purpose, ..held.clone() }), released_by: None }
    }

    fn leased(
        token: LockToken,
        agent: &AgentId,
        now: Timestamp,
        lease: chrono::TimeDelta,
        purpose: Option<String>,
    ) -> Self {
        let lease = Lease { holder: agent.clone(), acquired_at: now, expires_at: until(now, lease), purpose };
        Self { token, lease: Some(lease), released_by: None }
    }
}

fn until(now: Timestamp, lease: chrono::TimeDelta) -> Timestamp {
    now.checked_add_signed(lease).unwrap_or(Timestamp::MAX_UTC)
}

#[cfg(test)]
#[path = "lock_tests.rs"]
mod tests;
