//! The places of the locks: kept in the ticket's row, so that a write which compares one holds it. What a lock means is
//! the core's.

use async_trait::async_trait;
use helpdesk_core::env::to_micros;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{LockAudit, LockStore, Shard, StoreError};
use helpdesk_core::ticket::{LockSlot, TicketId};

use super::deltas::slot;
use super::dialect::SwapText;
use super::sql::Sql;
use super::store::{ServerStore, told};
use crate::fault::Fault;
use crate::rows::columns::signed;
use crate::rows::decode::lock;
use crate::rows::document::pack_event;

#[async_trait]
impl LockStore for ServerStore<'_> {
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Result<LockSlot, StoreError> {
        let rows = self.rows(Sql::of(
            "SELECT lock_doc FROM helpdesk_ticket WHERE tenant = ? AND id = ?",
            [tenant.as_str().into(), ticket.into()],
        ));
        told("lock_slot", rows.await.and_then(|rows| lock(rows.first(), 0, ticket)))
    }

    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<LockAudit>,
    ) -> Result<bool, StoreError> {
        let swapped = match swap(&self.dialect().swap, (tenant, ticket), (seen, next), audit.as_ref()) {
            Ok(sql) => self.once(sql).await,
            Err(fault) => Err(fault),
        };
        told("swap_lock", swapped.map(|swapped| swapped.met > 0))
    }
}

/// Meets no row at all if the lock is not as it was seen.
fn swap(
    text: &SwapText,
    (tenant, ticket): (&TenantId, TicketId),
    (seen, next): (&LockSlot, &LockSlot),
    audit: Option<&LockAudit>,
) -> Result<Sql, Fault> {
    let mut sql = Sql::new();
    let ours = [sql.param(tenant.as_str()), sql.param(ticket)];
    let slots = [sql.param(slot(next)?), sql.param(slot(seen)?)];
    let until = sql.param(next.lease.as_ref().map(|lease| to_micros(lease.expires_at)));
    let events = sql.param(i64::from(audit.is_some()));
    sql.add(text.swap, &[slots[0], until, events, ours[0], ours[1], slots[1]]);
    if let Some(LockAudit { record, outbox }) = audit {
        let event = [
            sql.param(signed(record.version.0)),
            sql.param(to_micros(record.at)),
            sql.param(record.actor.to_string()),
            sql.param(record.id.0),
            sql.param(pack_event(&record.event)?),
        ];
        sql.add(text.event, &event).add(text.swapped, &ours);
        if *outbox {
            let bucket = sql.param(i64::from(Shard::bucket(tenant)));
            sql.add(text.delivery, &[bucket]).add(text.swapped, &ours);
        }
    }
    sql.push(text.end);
    Ok(sql)
}
