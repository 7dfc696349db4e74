//! Edit locks.

use async_trait::async_trait;

use super::StoreError;
use crate::party::TenantId;
use crate::ticket::{EventRecord, LockSlot, TicketId};

/// The places of the locks. The core computes every new slot; the backend only swaps.
#[async_trait]
pub trait LockStore: Send + Sync {
    /// A ticket's lock; the default if it was never locked or is not there.
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Result<LockSlot, StoreError>;

    /// Puts `next` there if the slot is exactly `seen`, and says whether it was; in one atomic act with `audit`,
    /// which goes into the ticket's history, not into the outbox, without touching its version. `false` too if there is no such ticket.
    ///
    /// Durable at return as a commit is, so that a token is never given twice.
    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<EventRecord>,
    ) -> Result<bool, StoreError>;
}
