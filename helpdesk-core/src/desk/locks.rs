//! Taking, keeping and giving back a ticket's lock. The answers are the core's; the store only swaps the slot.

use super::{AgentDesk, Error, LockAsk, TicketRef};
use crate::env::Timestamp;
use crate::store::LockAudit;
use crate::text::line;
use crate::ticket::{Event, EventId, EventRecord, LockSlot, LockToken, Rejection, Ticket, TicketId, TicketNumber};

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

impl AgentDesk<'_> {
    /// Takes the lock of a ticket, or renews one's own.
    ///
    /// # Errors
    /// [`Rejection::Locked`] if somebody else's lease runs: by whom and until when.
    pub async fn lock(&self, ticket: impl Into<TicketRef>, purpose: Option<&str>) -> Result<HeldLock, Error> {
        self.swap(ticket.into(), LockAsk::Take(purpose.map(str::to_owned)), false).await
    }

    /// Prolongs one's lock; also one that expired, if nobody has taken it since.
    ///
    /// # Errors
    /// [`Rejection::Locked`] with [`LockRefused::Stale`](crate::ticket::LockRefused::Stale) if it is lost.
    pub async fn renew(&self, ticket: impl Into<TicketRef>, token: LockToken) -> Result<HeldLock, Error> {
        self.swap(ticket.into(), LockAsk::Renew(token), false).await
    }

    /// Gives one's lock back. Nothing to give back is no error.
    ///
    /// # Errors
    /// [`Rejection::Locked`] if it is somebody else's.
    pub async fn unlock(&self, ticket: impl Into<TicketRef>, token: LockToken) -> Result<(), Error> {
        self.swap(ticket.into(), LockAsk::Give(token), false).await.map(drop)
    }

    /// Takes the lock whoever holds it, and says why; the history keeps it.
    ///
    /// # Errors
    /// `Forbidden` without the permission `ticket.steal_lock`; `Invalid` without a reason.
    pub async fn steal_lock(&self, ticket: impl Into<TicketRef>, reason: &str) -> Result<HeldLock, Error> {
        self.swap(ticket.into(), LockAsk::Steal(reason.to_owned()), false).await
    }

    /// What asking this of a ticket's lock would come to. Nothing is written.
    ///
    /// # Errors
    /// As asking it.
    pub async fn foresee_lock(&self, ticket: impl Into<TicketRef>, ask: LockAsk) -> Result<HeldLock, Error> {
        self.swap(ticket.into(), ask, true).await
    }

    /// The lock of a ticket, by whomever it is held.
    ///
    /// # Errors
    /// As [`AgentDesk::show`].
    pub async fn peek_lock(&self, ticket: impl Into<TicketRef>) -> Result<LockSlot, Error> {
        Ok(self.show(ticket).await?.lock)
    }

    /// The same with its words as they are kept.
    fn cleaned(&self, ask: LockAsk) -> Result<LockAsk, Error> {
        let limits = self.desk.limits();
        Ok(match ask {
            LockAsk::Take(Some(purpose)) => LockAsk::Take(Some(line("purpose", &purpose, limits.name_chars)?)),
            LockAsk::Steal(reason) => LockAsk::Steal(line("reason", &reason, limits.subject_chars)?),
            other => other,
        })
    }

    async fn swap(&self, reference: TicketRef, ask: LockAsk, dry_run: bool) -> Result<HeldLock, Error> {
        let ask = self.cleaned(ask)?;
        let Some(me) = self.id() else { return Err(Rejection::AgentOnly.into()) };
        let (context, view) = self.find(&reference).await?;
        self.desk.authorise(&context, ask.action(), Some(&view.ticket))?;
        let lease = context.settings.lock.lease.as_delta();
        let mut seen = view.lock;
        for _ in 0..ATTEMPTS {
            let now = self.desk.now();
            let Some(next) = ask.answer(&seen, me, now, lease)? else { return Ok(held(&view.ticket, &seen, now)) };
            if dry_run {
                return Ok(held(&view.ticket, &next, now));
            }
            let reason = match &ask {
                LockAsk::Steal(reason) if next.token != seen.token => Some(reason.clone()),
                _ => None,
            };
            let record = reason.map(|reason| EventRecord {
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
