//! A store that passes every call on: what a test puts between the desk and its stores. To whom it goes and in what,
//! each such store says with a macro of its own.

/// `$ask!(self, store, store.call().await)` gives what the call gives; it may make it again.
macro_rules! through {
    ($name:ty, $ask:ident) => {
        #[async_trait]
        impl TicketStore for $name {
            async fn load(&self, tenant: &TenantId, wants: &Wants) -> Told<Loaded> {
                $ask!(self, store, store.load(tenant, wants).await)
            }

            async fn commit(&self, commit: Commit) -> Told<CommitOutcome> {
                $ask!(self, store, store.commit(commit.clone()).await)
            }

            async fn tickets(&self, tenant: &TenantId, query: &TicketQuery, page: &PageRequest) -> Told<TicketPage> {
                $ask!(self, store, store.tickets(tenant, query, page).await)
            }

            async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Told<Vec<Tally>> {
                $ask!(self, store, store.tally(tenant, query, by).await)
            }

            async fn conversation(
                &self,
                tenant: &TenantId,
                id: TicketId,
                places: RangeInclusive<u32>,
            ) -> Told<Vec<Message>> {
                $ask!(self, store, store.conversation(tenant, id, places.clone()).await)
            }

            async fn history(
                &self,
                tenant: &TenantId,
                id: TicketId,
                after: u64,
                limit: usize,
            ) -> Told<Vec<HistoryEntry>> {
                $ask!(self, store, store.history(tenant, id, after, limit).await)
            }

            async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Told<Vec<Ticket>> {
                $ask!(self, store, store.scan(tenant, after, limit).await)
            }

            async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Told<Vec<DueTimer>> {
                $ask!(self, store, store.due(shard, now, limit).await)
            }

            async fn forget_keys(&self, before: Timestamp, limit: usize) -> Told<usize> {
                $ask!(self, store, store.forget_keys(before, limit).await)
            }
        }

        #[async_trait]
        impl LockStore for $name {
            async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Told<LockSlot> {
                $ask!(self, store, store.lock_slot(tenant, ticket).await)
            }

            async fn swap_lock(
                &self,
                tenant: &TenantId,
                ticket: TicketId,
                seen: &LockSlot,
                next: &LockSlot,
                audit: Option<LockAudit>,
            ) -> Told<bool> {
                $ask!(self, store, store.swap_lock(tenant, ticket, seen, next, audit.clone()).await)
            }
        }

        #[async_trait]
        impl RecordStore for $name {
            async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Told<Option<Record>> {
                $ask!(self, store, store.record(tenant, key).await)
            }

            async fn records(
                &self,
                tenant: &TenantId,
                kind: RecordKind,
                after: Option<&str>,
                n: usize,
            ) -> Told<Vec<Record>> {
                $ask!(self, store, store.records(tenant, kind, after, n).await)
            }

            async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Told<u64> {
                $ask!(self, store, store.count_records(tenant, kind).await)
            }
        }

        #[async_trait]
        impl ReadMarks for $name {
            async fn mark_read(&self, tenant: &TenantId, agent: &AgentId, ticket: TicketId, position: u32) -> Told<()> {
                $ask!(self, store, store.mark_read(tenant, agent, ticket, position).await)
            }

            async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Told<Vec<(AgentId, u32)>> {
                $ask!(self, store, store.marks(tenant, ticket).await)
            }
        }

        #[async_trait]
        impl Outbox for $name {
            async fn claim(
                &self,
                of: Shard,
                by: ClaimToken,
                now: Timestamp,
                until: Timestamp,
                n: usize,
            ) -> Told<Vec<Delivery>> {
                $ask!(self, store, store.claim(of, by, now, until, n).await)
            }

            async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Told<usize> {
                $ask!(self, store, store.acknowledge(token, positions).await)
            }

            async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Told<usize> {
                $ask!(self, store, store.release(token, positions, retry_at).await)
            }
        }

        #[async_trait]
        impl Maintenance for $name {
            fn name(&self) -> &'static str {
                self.like().name()
            }

            fn as_any(&self) -> Option<&dyn Any> {
                None
            }

            fn capabilities(&self) -> Capabilities {
                self.like().capabilities()
            }

            async fn schema(&self) -> Told<SchemaState> {
                $ask!(self, store, store.schema().await)
            }

            async fn migrate(&self) -> Told<SchemaState> {
                $ask!(self, store, store.migrate().await)
            }

            async fn check(&self) -> Told<Vec<Finding>> {
                $ask!(self, store, store.check().await)
            }

            async fn tenants(&self) -> Told<Vec<TenantId>> {
                $ask!(self, store, store.tenants().await)
            }

            async fn close(&self) -> Told<()> {
                self.close_all().await
            }
        }
    };
}

pub(crate) use through;

pub(crate) type Told<T> = Result<T, helpdesk_core::store::StoreError>;
