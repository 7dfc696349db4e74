//! The places of the locks: compared and swapped.

use async_trait::async_trait;

use super::{MemoryStore, State};
use crate::party::TenantId;
use crate::store::{LockAudit, LockStore, StoreError};
use crate::ticket::{LockSlot, TicketId};

#[async_trait]
impl LockStore for MemoryStore {
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Result<LockSlot, StoreError> {
        self.read("lock_slot", tenant, |desk| desk.slot(ticket))
    }

    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<LockAudit>,
    ) -> Result<bool, StoreError> {
        let mut state = self.open("swap_lock")?;
        let State { desks, outbox, .. } = &mut *state;
        let file = desks.get_mut(tenant).and_then(|desk| desk.tickets.get_mut(&ticket));
        let Some(file) = file.filter(|file| file.lock == *seen) else { return Ok(false) };
        file.lock.clone_from(next);
        if let Some(audit) = audit {
            let record = file.append(audit.record, None);
            if audit.outbox {
                outbox.push(tenant, ticket, record);
            }
        }
        Ok(true)
    }
}
