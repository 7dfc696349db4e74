//! The places of the locks: kept and swapped. What a lock means is the core's.

use async_trait::async_trait;
use helpdesk_core::env::to_micros;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{LockAudit, LockStore, Shard, StoreError};
use helpdesk_core::ticket::{LockSlot, TicketId};

use super::gather::{Gather, Gathered};
use super::sql::Sql;
use super::store::FileStore;
use super::turn::Turn;
use super::writer::Act;
use crate::fault::Fault;
use crate::rows::columns::{Columns, print, signed};
use crate::rows::decode::lock;
use crate::rows::document::pack_event;

#[async_trait]
impl LockStore for FileStore<'_> {
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Result<LockSlot, StoreError> {
        let mut sql = Sql::new();
        let params = [sql.param(tenant.as_str()), sql.param(ticket.0.as_bytes().as_slice())];
        sql.add("SELECT doc FROM helpdesk_lock WHERE tenant = ? AND ticket = ?", &params);
        let rows = self.rows(sql).await;
        rows.and_then(|rows| lock(rows.first(), 0, ticket)).map_err(|fault| fault.during("lock_slot"))
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
        self.write("swap_lock", Swap { tenant, ticket, seen, next, audit }).await
    }
}

struct Swap {
    tenant: TenantId,
    ticket: TicketId,
    seen: LockSlot,
    next: LockSlot,
    audit: Option<LockAudit>,
}

#[async_trait]
impl Act for Swap {
    type Answer = bool;

    async fn apply(&self, turn: &mut Turn<'_>) -> Result<bool, Fault> {
        let mut gather = Gather::new(&self.tenant);
        let (head, slot) = (gather.head(self.ticket), gather.lock(self.ticket));
        let mut found = Gathered::default();
        for statement in gather.statements() {
            found.take(turn.rows(statement).await?)?;
        }
        let Some(head) = found.get(head) else { return Ok(false) };
        if lock(found.get(slot), 4, self.ticket)? != self.seen {
            return Ok(false);
        }
        let mut sql = Sql::new();
        let tenant = sql.param(self.tenant.as_str());
        let ticket = sql.param(self.ticket.0.as_bytes().as_slice());
        let expires_at = sql.param(self.next.lease.as_ref().map(|lease| to_micros(lease.expires_at)));
        let doc = sql.param(print(&self.next)?);
        sql.add(
            "INSERT INTO helpdesk_lock (tenant, ticket, expires_at, doc) VALUES (?, ?, ?, ?) \
             ON CONFLICT (tenant, ticket) DO UPDATE SET expires_at = excluded.expires_at, doc = excluded.doc",
            &[tenant, ticket, expires_at, doc],
        );
        if let Some(LockAudit { record: audit, outbox }) = &self.audit {
            let seq = sql.param(signed(head.count(3)?.saturating_add(1)));
            let row = sql.param(head.int(2)?);
            let version = sql.param(signed(audit.version.0));
            let at = sql.param(to_micros(audit.at));
            let actor = sql.param(audit.actor.to_string());
            let id = sql.param(audit.id.0.as_bytes().as_slice());
            let doc = sql.param(pack_event(&audit.event)?);
            sql.add(
                ";INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc) \
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                &[tenant, ticket, seq, version, at, actor, id, doc],
            );
            sql.add(";UPDATE helpdesk_ticket SET event_seq = ? WHERE row = ?", &[seq, row]);
            if *outbox {
                let bucket = sql.param(i64::from(Shard::bucket(&self.tenant)));
                sql.add(
                    ";INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
                     VALUES (?, ?, ?, ?, -9223372036854775808, 0)",
                    &[bucket, tenant, ticket, seq],
                );
            }
        }
        turn.finish(sql).await?;
        Ok(true)
    }
}
