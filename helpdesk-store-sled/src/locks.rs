//! The places of the locks: compared and swapped.

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{LockAudit, LockStore, StoreError};
use helpdesk_core::ticket::{LockSlot, TicketId};

use super::SledStore;
use super::documents::{lock, lock_slot_key, ticket_key};
use super::draft::Draft;
use super::error::Fault;
use super::index::lock_key;
use super::{outbox, write};

#[async_trait]
impl LockStore for SledStore {
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Result<LockSlot, StoreError> {
        self.read("lock_slot", |view| lock(view, tenant, ticket))
    }

    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<LockAudit>,
    ) -> Result<bool, StoreError> {
        let (tenant, seen, next) = (tenant.clone(), seen.clone(), next.clone());
        self.write("swap_lock", move |draft| swap(&tenant, ticket, &seen, &next, audit, draft)).await
    }
}

fn swap(
    tenant: &TenantId,
    ticket: TicketId,
    seen: &LockSlot,
    next: &LockSlot,
    audit: Option<LockAudit>,
    draft: &mut Draft<'_>,
) -> Result<bool, Fault> {
    if draft.value(&ticket_key(tenant, ticket))?.is_none() || lock(draft.view, tenant, ticket)? != *seen {
        return Ok(false);
    }
    if let Some(key) = lock_key(tenant, ticket, seen) {
        draft.unmark(key);
    }
    if let Some(key) = lock_key(tenant, ticket, next) {
        draft.mark(key);
    }
    draft.put_doc(&lock_slot_key(tenant, ticket), next)?;
    if let Some(audit) = audit {
        let records = write::append(tenant, ticket, vec![(audit.record, None)], draft)?;
        if audit.outbox {
            outbox::push(tenant, ticket, records.iter().map(|record| record.seq), draft)?;
        }
    }
    Ok(true)
}
