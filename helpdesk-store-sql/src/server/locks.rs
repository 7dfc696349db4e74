//! The places of the locks: kept in the ticket's row, so that a write which compares one holds it. What a lock means is
//! the core's.

use async_trait::async_trait;
use helpdesk_core::env::to_micros;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{LockAudit, LockStore, Shard, StoreError};
use helpdesk_core::ticket::{LockSlot, TicketId};

use super::deltas::slot;
use super::link::Link;
use super::sql::Sql;
use super::store::{Act, ServerStore, told};
use crate::fault::Fault;
use crate::rows::columns::{Columns, signed};
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
        let (tenant, seen, next) = (tenant.clone(), seen.clone(), next.clone());
        told("swap_lock", self.act(Swap { tenant, ticket, seen, next, audit }).await)
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

    async fn apply(&self, link: &mut dyn Link) -> Result<bool, Fault> {
        if let (Some(text), Some(audit)) = (link.dialect().swap, &self.audit) {
            return self.at_once(link, text, audit).await;
        }
        let until = self.next.lease.as_ref().map(|lease| to_micros(lease.expires_at));
        let mut sql = Sql::new();
        let params = [
            sql.param(slot(&self.next)?),
            sql.param(until),
            sql.param(i64::from(self.audit.is_some())),
            sql.param(self.tenant.as_str()),
            sql.param(self.ticket),
        ];
        sql.add(
            "UPDATE helpdesk_ticket SET lock_doc = ?, lock_until = ?, event_seq = event_seq + ? \
             WHERE tenant = ? AND id = ?",
            &params,
        );
        let seen = sql.param(slot(&self.seen)?);
        sql.add(link.dialect().lock_is, &[seen]);
        if link.run(&sql).await? == 0 {
            return Ok(false);
        }
        if let Some(audit) = &self.audit {
            self.tell(link, audit).await?;
        }
        Ok(true)
    }
}

impl Swap {
    async fn at_once(&self, link: &mut dyn Link, text: &'static str, audit: &LockAudit) -> Result<bool, Fault> {
        let LockAudit { record, outbox } = audit;
        let sql = Sql::of(
            text,
            [
                slot(&self.next)?.into(),
                self.next.lease.as_ref().map(|lease| to_micros(lease.expires_at)).into(),
                1.into(),
                self.tenant.as_str().into(),
                self.ticket.into(),
                slot(&self.seen)?.into(),
                signed(record.version.0).into(),
                to_micros(record.at).into(),
                record.actor.to_string().into(),
                record.id.0.into(),
                pack_event(&record.event)?.into(),
                outbox.then(|| i64::from(Shard::bucket(&self.tenant))).into(),
            ],
        );
        link.rows(&sql).await?.first().map_or(Ok(false), |row| Ok(row.int(0)? == 1))
    }

    /// Puts the event at the end of the history, under the lock that was just put there; the ticket's row is held.
    async fn tell(&self, link: &mut dyn Link, LockAudit { record, outbox }: &LockAudit) -> Result<(), Fault> {
        let lock_is = link.dialect().lock_is;
        let ours = |sql: &mut Sql| -> Result<(), Fault> {
            let params = [sql.param(self.tenant.as_str()), sql.param(self.ticket)];
            sql.add(" FROM helpdesk_ticket WHERE tenant = ? AND id = ?", &params);
            let next = sql.param(slot(&self.next)?);
            sql.add(lock_is, &[next]);
            Ok(())
        };
        let mut event = Sql::new();
        let params = [
            event.param(signed(record.version.0)),
            event.param(to_micros(record.at)),
            event.param(record.actor.to_string()),
            event.param(record.id.0),
            event.param(pack_event(&record.event)?),
        ];
        event.add(
            "INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc, revision) \
             SELECT tenant, id, event_seq, ?, ?, ?, ?, ?, NULL",
            &params,
        );
        ours(&mut event)?;
        let mut told = link.run(&event).await? == 1;
        if *outbox {
            let mut row = Sql::new();
            let bucket = row.param(i64::from(Shard::bucket(&self.tenant)));
            row.add(
                "INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
                 SELECT ?, tenant, id, event_seq, -9223372036854775808, 0",
                &[bucket],
            );
            ours(&mut row)?;
            told &= link.run(&row).await? == 1;
        }
        // It was taken back meanwhile.
        if told { Ok(()) } else { Err(Fault::Overtaken) }
    }
}
