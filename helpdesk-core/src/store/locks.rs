//! Edit locks.

use async_trait::async_trait;

use super::StoreError;
use crate::party::TenantId;
use crate::ticket::{EventRecord, LockSlot, TicketId};

/// An event that a swap of a lock leaves.
#[derive(Debug, Clone, PartialEq)]
pub struct LockAudit {
    /// The event; the store gives its place.
    pub record: EventRecord,
    /// Whether it goes to the outbox too.
    pub outbox: bool,
}

/// The places of the locks. The core computes every new slot; the backend only swaps.
#[async_trait]
pub trait LockStore: Send + Sync {
    /// A ticket's lock; the default if it was never locked or is not there.
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Result<LockSlot, StoreError>;

    /// Puts `next` there if the slot is exactly `seen`, and says whether it was; in one atomic act with `audit`, whose
    /// event goes into the ticket's history without touching its version. `false` too if there is no such ticket.
    ///
    /// Durable at return as a commit is, so that a token is never given twice.
    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<LockAudit>,
    ) -> Result<bool, StoreError>;
}
