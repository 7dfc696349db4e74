//! A store that borrows another one, as one that stands within a host's transaction borrows that.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use helpdesk_core::MemoryStore;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{GroupBy, PageRequest, Tally, TicketQuery};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{LockSlot, Message, Ticket, TicketId};

type Answer<T> = Result<T, StoreError>;

/// The store.
pub(crate) struct Borrowed<'a> {
    store: &'a MemoryStore,
    stale: Stale,
    writes: AtomicUsize,
}

/// Where others have written what the transaction does not see.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stale {
    /// Nowhere.
    Nothing,
    /// Wherever it writes.
    Writes,
    /// In this ticket; reading it tells.
    Ticket(TicketId),
}

impl<'a> Borrowed<'a> {
    pub(crate) fn new(store: &'a MemoryStore, stale: Stale) -> Self {
        Self { store, stale, writes: AtomicUsize::new(0) }
    }

    /// How often somebody tried to write since this was asked last.
    pub(crate) fn take_writes(&self) -> usize {
        self.writes.swap(0, Ordering::SeqCst)
    }

    fn write(&self, operation: &'static str) -> Answer<()> {
        self.writes.fetch_add(1, Ordering::SeqCst);
        if self.stale == Stale::Writes { Err(StoreError::new(FaultKind::Conflict, operation)) } else { Ok(()) }
    }
}

#[async_trait]
impl TicketStore for Borrowed<'_> {
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Answer<Loaded> {
        match (self.stale, &wants.ticket) {
            (Stale::Ticket(stale), Some(TicketKey::Id(id))) if stale == *id => {
                Err(StoreError::new(FaultKind::Conflict, "load"))
            }
            _ => self.store.load(tenant, wants).await,
        }
    }
    async fn commit(&self, commit: Commit) -> Answer<CommitOutcome> {
        self.write("commit")?;
        self.store.commit(commit).await
    }
    async fn tickets(&self, tenant: &TenantId, query: &TicketQuery, page: &PageRequest) -> Answer<TicketPage> {
        self.store.tickets(tenant, query, page).await
    }
    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Answer<Vec<Tally>> {
        self.store.tally(tenant, query, by).await
    }
    async fn conversation(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        positions: RangeInclusive<u32>,
    ) -> Answer<Vec<Message>> {
        self.store.conversation(tenant, ticket, positions).await
    }
    async fn history(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        after: u64,
        limit: usize,
    ) -> Answer<Vec<HistoryEntry>> {
        self.store.history(tenant, ticket, after, limit).await
    }
    async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Answer<Vec<Ticket>> {
        self.store.scan(tenant, after, limit).await
    }
    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Answer<Vec<DueTimer>> {
        self.store.due(shard, now, limit).await
    }
    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Answer<usize> {
        self.store.forget_keys(before, limit).await
    }
}

#[async_trait]
impl LockStore for Borrowed<'_> {
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Answer<LockSlot> {
        self.store.lock_slot(tenant, ticket).await
    }
    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<LockAudit>,
    ) -> Answer<bool> {
        self.write("swap_lock")?;
        self.store.swap_lock(tenant, ticket, seen, next, audit).await
    }
}

#[async_trait]
impl RecordStore for Borrowed<'_> {
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Answer<Option<Record>> {
        self.store.record(tenant, key).await
    }
    async fn records(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Answer<Vec<Record>> {
        self.store.records(tenant, kind, after, limit).await
    }
    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Answer<u64> {
        self.store.count_records(tenant, kind).await
    }
}

#[async_trait]
impl ReadMarks for Borrowed<'_> {
    async fn mark_read(&self, tenant: &TenantId, agent: &AgentId, ticket: TicketId, position: u32) -> Answer<()> {
        self.write("mark_read")?;
        self.store.mark_read(tenant, agent, ticket, position).await
    }
    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Answer<Vec<(AgentId, u32)>> {
        self.store.marks(tenant, ticket).await
    }
}

#[async_trait]
impl Outbox for Borrowed<'_> {
    async fn claim(
        &self,
        shard: Shard,
        token: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Answer<Vec<Delivery>> {
        self.store.claim(shard, token, now, until, limit).await
    }
    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Answer<usize> {
        self.store.acknowledge(token, positions).await
    }
    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Answer<usize> {
        self.store.release(token, positions, retry_at).await
    }
}

#[async_trait]
impl Maintenance for Borrowed<'_> {
    fn name(&self) -> &'static str {
        "borrowed"
    }
    fn as_any(&self) -> Option<&dyn std::any::Any> {
        None
    }

    fn capabilities(&self) -> Capabilities {
        self.store.capabilities()
    }
    async fn schema(&self) -> Answer<SchemaState> {
        self.store.schema().await
    }
    async fn migrate(&self) -> Answer<SchemaState> {
        self.store.migrate().await
    }
    async fn check(&self) -> Answer<Vec<Finding>> {
        self.store.check().await
    }
    async fn tenants(&self) -> Answer<Vec<TenantId>> {
        self.store.tenants().await
    }
    async fn close(&self) -> Answer<()> {
        self.store.close().await
    }
}
