//! The smaller traits: locks, marks, records, the outbox, looking after the store.

use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{EventRecord, LockSlot, TicketId};
use serde::{Deserialize, Serialize};

use super::{Answer, RedbStore, data::Fault, data::Writing};

/// An event that waits to be told.
#[derive(Serialize, Deserialize)]
struct Waiting {
    tenant: TenantId,
    ticket: TicketId,
    event: EventRecord,
    attempts: u32,
    /// Who holds it; nobody after it was given back.
    holder: Option<ClaimToken>,
    /// Until when it is held, or kept back for a retry.
    until: Option<Timestamp>,
}

/// Puts events at the end of the outbox.
pub(crate) fn push(
    tenant: &TenantId,
    ticket: TicketId,
    events: Vec<EventRecord>,
    data: &mut Writing<'_>,
) -> Result<(), Fault> {
    let mut last: u64 = data.get("", "last", "outbox")?.unwrap_or_default();
    for event in events {
        last += 1;
        let waiting = Waiting { tenant: tenant.clone(), ticket, event, attempts: 0, holder: None, until: None };
        data.put("", "outbox", &place(last), &waiting)?;
    }
    data.put("", "last", "outbox", &last)
}

/// A position as a key, so that keys sort as positions do.
fn place(position: u64) -> String {
    format!("{position:020}")
}

#[async_trait]
impl Outbox for RedbStore {
    async fn claim(
        &self,
        shard: Shard,
        token: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Answer<Vec<Delivery>> {
        self.write("claim", move |data| {
            let (mut blocked, mut claimed) = (BTreeSet::new(), Vec::new());
            let rows = data.all::<Waiting>("", "outbox")?.into_iter();
            for (key, mut row) in rows.filter(|(_, row)| shard.contains(&row.tenant)) {
                let whose = (row.tenant.clone(), row.ticket);
                if row.until.is_some_and(|until| now < until) {
                    blocked.insert(whose);
                } else if claimed.len() < limit && !blocked.contains(&whose) {
                    let (position, (tenant, ticket), attempts) = (key.parse()?, whose, row.attempts);
                    claimed.push(Delivery { position, tenant, ticket, event: row.event.clone(), attempts });
                    (row.attempts, row.holder, row.until) = (attempts + 1, Some(token), Some(until));
                    data.put("", "outbox", &key, &row)?;
                }
            }
            Ok(claimed)
        })
        .await
    }

    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Answer<usize> {
        self.settle(token, positions, None).await
    }

    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Answer<usize> {
        self.settle(token, positions, Some(retry_at)).await
    }
}

impl RedbStore {
    /// Takes rows out, or gives them back, if they are still held under the token; says how many were.
    async fn settle(&self, token: ClaimToken, positions: &[u64], until: Option<Timestamp>) -> Answer<usize> {
        let positions = positions.to_vec();
        self.write("settle", move |data| {
            let mut count = 0;
            for key in positions.into_iter().map(place) {
                let row: Option<Waiting> = data.get("", "outbox", &key)?;
                let Some(row) = row.filter(|row| row.holder == Some(token)) else { continue };
                match until {
                    Some(_) => data.put("", "outbox", &key, &Waiting { holder: None, until, ..row })?,
                    None => data.remove("", "outbox", &key)?,
                }
                count += 1;
            }
            Ok(count)
        })
        .await
    }
}

#[async_trait]
impl LockStore for RedbStore {
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Answer<LockSlot> {
        Ok(self.file("lock_slot", tenant, ticket).await?.map(|file| file.lock).unwrap_or_default())
    }

    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<LockAudit>,
    ) -> Answer<bool> {
        let (tenant, seen, next) = (tenant.clone(), seen.clone(), next.clone());
        self.write("swap_lock", move |data| {
            let Some(mut file) = data.file(&tenant, ticket)?.filter(|file| file.lock == seen) else { return Ok(false) };
            file.lock = next;
            if let Some(audit) = audit {
                let record = file.append(audit.record, None);
                if audit.outbox {
                    push(&tenant, ticket, vec![record], data)?;
                }
            }
            data.put_file(&tenant, &file)?;
            Ok(true)
        })
        .await
    }
}

#[async_trait]
impl ReadMarks for RedbStore {
    async fn mark_read(&self, tenant: &TenantId, agent: &AgentId, ticket: TicketId, position: u32) -> Answer<()> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.write("mark_read", move |data| {
            let Some(mut file) = data.file(&tenant, ticket)? else { return Ok(()) };
            let before = file.marks.remove(&agent).unwrap_or_default();
            if position > 0 {
                file.marks.insert(agent, position.max(before));
            }
            data.put_file(&tenant, &file)
        })
        .await
    }

    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Answer<Vec<(AgentId, u32)>> {
        Ok(self.file("marks", tenant, ticket).await?.into_iter().flat_map(|file| file.marks).collect())
    }
}

#[async_trait]
impl RecordStore for RedbStore {
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Answer<Option<Record>> {
        let (tenant, key) = (tenant.clone(), key.clone());
        self.read("record", move |data| data.record(&tenant, &key)).await
    }

    async fn records(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Answer<Vec<Record>> {
        let (tenant, after) = (tenant.clone(), after.unwrap_or_default().to_owned());
        self.read("records", move |data| {
            Ok(data.records(&tenant, kind)?.filter(|record| record.key.key > after).take(limit).collect())
        })
        .await
    }

    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Answer<u64> {
        Ok(self.records(tenant, kind, None, usize::MAX).await?.len() as u64)
    }
}

#[async_trait]
impl Maintenance for RedbStore {
    fn name(&self) -> &'static str {
        "redb"
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { persistent: true, durable: true, shared: false, gapless_numbers: true }
    }

    async fn schema(&self) -> Answer<SchemaState> {
        self.read("schema", |_| Ok(SchemaState { found: 1, supported: 1 })).await
    }

    async fn migrate(&self) -> Answer<SchemaState> {
        self.schema().await
    }

    /// A ticket is one row, and nothing is derived from it that could differ; that every row can be read is all.
    async fn check(&self) -> Answer<Vec<Finding>> {
        self.read("check", |data| data.tenants()?.iter().try_for_each(|tenant| data.files(tenant).map(drop))).await?;
        Ok(Vec::new())
    }

    async fn tenants(&self) -> Answer<Vec<TenantId>> {
        self.read("tenants", super::data::Rows::tenants).await
    }

    async fn close(&self) -> Answer<()> {
        let database = Arc::clone(&self.database);
        // It waits for what is under way.
        let close = move || drop(database.write().unwrap_or_else(PoisonError::into_inner).take());
        drop(tokio::task::spawn_blocking(close).await);
        Ok(())
    }
}
