//! One store over several, which asks another one with every call: what one of them acknowledged, the next one has to
//! know.

use std::any::Any;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{GroupBy, PageRequest, Tally, TicketQuery};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{LockSlot, Message, Ticket, TicketId};
use helpdesk_store_sql::SqlStore;

pub(crate) struct Spread {
    stores: Vec<Arc<SqlStore>>,
    next: AtomicUsize,
}

impl Spread {
    pub(crate) fn over(stores: Vec<Arc<SqlStore>>) -> Self {
        Self { stores, next: AtomicUsize::new(0) }
    }

    fn next(&self) -> &SqlStore {
        &self.stores[self.next.fetch_add(1, Ordering::SeqCst) % self.stores.len()]
    }
}

type Told<T> = Result<T, StoreError>;

#[async_trait]
impl TicketStore for Spread {
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Told<Loaded> {
        self.next().load(tenant, wants).await
    }

    async fn commit(&self, commit: Commit) -> Told<CommitOutcome> {
        self.next().commit(commit).await
    }

    async fn tickets(&self, tenant: &TenantId, query: &TicketQuery, page: &PageRequest) -> Told<TicketPage> {
        self.next().tickets(tenant, query, page).await
    }

    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Told<Vec<Tally>> {
        self.next().tally(tenant, query, by).await
    }

    async fn conversation(&self, tenant: &TenantId, id: TicketId, places: RangeInclusive<u32>) -> Told<Vec<Message>> {
        self.next().conversation(tenant, id, places).await
    }

    async fn history(&self, tenant: &TenantId, id: TicketId, after: u64, limit: usize) -> Told<Vec<HistoryEntry>> {
        self.next().history(tenant, id, after, limit).await
    }

    async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Told<Vec<Ticket>> {
        self.next().scan(tenant, after, limit).await
    }

    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Told<Vec<DueTimer>> {
        self.next().due(shard, now, limit).await
    }

    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Told<usize> {
        self.next().forget_keys(before, limit).await
    }
}

#[async_trait]
impl LockStore for Spread {
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Told<LockSlot> {
        self.next().lock_slot(tenant, ticket).await
    }

    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<LockAudit>,
    ) -> Told<bool> {
        self.next().swap_lock(tenant, ticket, seen, next, audit).await
    }
}

#[async_trait]
impl RecordStore for Spread {
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Told<Option<Record>> {
        self.next().record(tenant, key).await
    }

    async fn records(&self, tenant: &TenantId, kind: RecordKind, after: Option<&str>, n: usize) -> Told<Vec<Record>> {
        self.next().records(tenant, kind, after, n).await
    }

    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Told<u64> {
        self.next().count_records(tenant, kind).await
    }
}

#[async_trait]
impl ReadMarks for Spread {
    async fn mark_read(&self, tenant: &TenantId, agent: &AgentId, ticket: TicketId, position: u32) -> Told<()> {
        self.next().mark_read(tenant, agent, ticket, position).await
    }

    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Told<Vec<(AgentId, u32)>> {
        self.next().marks(tenant, ticket).await
    }
}

#[async_trait]
impl Outbox for Spread {
    async fn claim(
        &self,
        of: Shard,
        by: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        n: usize,
    ) -> Told<Vec<Delivery>> {
        self.next().claim(of, by, now, until, n).await
    }

    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Told<usize> {
        self.next().acknowledge(token, positions).await
    }

    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Told<usize> {
        self.next().release(token, positions, retry_at).await
    }
}

#[async_trait]
impl Maintenance for Spread {
    fn name(&self) -> &'static str {
        self.next().name()
    }

    fn as_any(&self) -> Option<&dyn Any> {
        None
    }

    fn capabilities(&self) -> Capabilities {
        self.next().capabilities()
    }

    async fn schema(&self) -> Told<SchemaState> {
        self.next().schema().await
    }

    async fn migrate(&self) -> Told<SchemaState> {
        self.next().migrate().await
    }

    async fn check(&self) -> Told<Vec<Finding>> {
        self.next().check().await
    }

    async fn tenants(&self) -> Told<Vec<TenantId>> {
        self.next().tenants().await
    }

    async fn close(&self) -> Told<()> {
        for store in &self.stores {
            store.close().await?;
        }
        Ok(())
    }
}
