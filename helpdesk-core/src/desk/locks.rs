//! Taking, keeping and giving back a ticket's lock. The answers are the core's; the store only swaps the slot.

use chrono::TimeDelta;

use super::{AgentDesk, Error, TicketRef};
use crate::access::Action;
use crate::env::Timestamp;
use crate::party::AgentId;
use crate::store::LockAudit;
use crate::text::line;
use crate::ticket::{
    Event, EventId, EventRecord, LockRefused, LockSlot, LockToken, Rejection, Ticket, TicketId, TicketNumber,
};

/// How often a lock is tried anew when others swap it at the same time.
const ATTEMPTS: usize = 32;

/// A lock that the caller holds. It can be shown with writes, renewed and given back.
#[derive(Debug, PartialEq, Eq)]
pub struct HeldLock {
    /// Of which ticket.
    pub ticket: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// What to show.
    pub token: LockToken,
    /// Until when.
    pub expires_at: Timestamp,
}

impl AgentDesk {
    /// Takes the lock of a ticket, or renews one's own.
    ///
    /// # Errors
    /// [`Rejection::Locked`] if somebody else's lease runs: by whom and until when.
    pub async fn lock(&self, ticket: impl Into<TicketRef>, purpose: Option<&str>) -> Result<HeldLock, Error> {
        let purpose = self.purpose(purpose)?;
        let take = |slot: &LockSlot, me: &AgentId, now, lease| slot.acquire(me, now, lease, purpose.clone()).map(Some);
        self.swap(ticket.into(), Action::TicketLock, take, None).await
    }

    /// Prolongs one's lock; also one that expired, if nobody has taken it since.
    ///
    /// # Errors
    /// [`Rejection::Locked`] with [`LockRefused::Stale`] if it is lost.
    pub async fn renew(&self, ticket: impl Into<TicketRef>, token: LockToken) -> Result<HeldLock, Error> {
        let renew = |slot: &LockSlot, me: &AgentId, now, lease| slot.renew(me, token, now, lease).map(Some);
        self.swap(ticket.into(), Action::TicketLock, renew, None).await
    }

    /// Gives one's lock back. Nothing to give back is no error.
    ///
    /// # Errors
    /// [`Rejection::Locked`] if it is somebody else's.
    pub async fn unlock(&self, ticket: impl Into<TicketRef>, token: LockToken) -> Result<(), Error> {
        let free = |slot: &LockSlot, me: &AgentId, now, _| slot.release(me, token, now);
        self.swap(ticket.into(), Action::TicketLock, free, None).await.map(drop)
    }

    /// Takes the lock whoever holds it, and says why; the history keeps it.
    ///
    /// # Errors
    /// `Forbidden` without the permission `ticket.steal_lock`; `Invalid` without a reason.
    pub async fn steal_lock(&self, ticket: impl Into<TicketRef>, reason: &str) -> Result<HeldLock, Error> {
        let reason = line("reason", reason, self.desk.limits().subject_chars)?;
        let steal = |slot: &LockSlot, me: &AgentId, now, lease| Ok(Some(slot.steal(me, now, lease, None)));
        self.swap(ticket.into(), Action::TicketStealLock, steal, Some(reason.clone())).await
    }

    /// The lock of a ticket, by whomever it is held.
    ///
    /// # Errors
    /// As [`AgentDesk::show`].
    pub async fn peek_lock(&self, ticket: impl Into<TicketRef>) -> Result<LockSlot, Error> {
        Ok(self.show(ticket).await?.lock)
    }

    fn purpose(&self, purpose: Option<&str>) -> Result<Option<String>, Error> {
        Ok(purpose.map(|purpose| line("purpose", purpose, self.desk.limits().name_chars)).transpose()?)
    }

    async fn swap(
        &self,
        reference: TicketRef,
        action: Action,
        change: impl Fn(&LockSlot, &AgentId, Timestamp, TimeDelta) -> Result<Option<LockSlot>, LockRefused>,
        reason: Option<String>,
    ) -> Result<HeldLock, Error> {
        let Some(me) = self.id() else { return Err(Rejection::AgentOnly.into()) };
        let (context, view) = self.find(&reference).await?;
        self.desk.authorise(&context, action, Some(&view.ticket))?;
        let lease = context.settings.lock.lease.as_delta();
        let mut seen = view.lock;
        for _ in 0..ATTEMPTS {
            let now = self.desk.now();
            let Some(next) = change(&seen, me, now, lease)? else { return Ok(held(&view.ticket, &seen, now)) };
            let record = reason.clone().filter(|_| next.token != seen.token).map(|reason| EventRecord {
                id: EventId(self.desk.fresh_id(now)),
                seq: 0,
                version: view.ticket.version,
                at: now,
                actor: self.actor(),
                event: Event::LockStolen {
                    from: seen.running(now).map(|lease| lease.holder.clone()),
                    token: next.token,
                    reason,
                },
            });
            let audit = record.map(|record| LockAudit { record, outbox: context.settings.outbox });
            let store = &self.desk.inner.store;
            if store.swap_lock(&self.tenant, view.ticket.id, &seen, &next, audit).await? {
                return Ok(held(&view.ticket, &next, now));
            }
            seen = store.lock_slot(&self.tenant, view.ticket.id).await?;
        }
        Err(Error::Contended)
    }
}

fn held(ticket: &Ticket, slot: &LockSlot, now: Timestamp) -> HeldLock {
    let expires_at = slot.lease.as_ref().map_or(now, |lease| lease.expires_at);
    HeldLock { ticket: ticket.id, number: ticket.number.clone(), token: slot.token, expires_at }
}
