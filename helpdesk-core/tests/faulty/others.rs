//! The faulty store's locks, outbox, records, marks and upkeep.
#![expect(clippy::unwrap_used, reason = "a test; what is built here is well-formed")]

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{LockSlot, TicketId};

use super::fault::Fault;
use super::store::{Answer, Faulty};

impl Faulty {
    /// Refuses everything once it was closed; the store inside stays open, so that it can be opened again.
    pub(crate) fn open(&self) -> Answer<()> {
        if self.closed.load(Ordering::SeqCst) {
            return Err(StoreError::new(FaultKind::Unavailable, "any"));
        }
        Ok(())
    }

    /// The key under which a record is kept.
    pub(crate) fn key(&self, key: &RecordKey) -> RecordKey {
        match self.fault {
            Fault::FoldedRecordKeys => RecordKey::new(key.kind, format!("{}_", key.key.trim().to_lowercase())),
            Fault::SharedRecordKinds => RecordKey::new(RecordKind::Team, key.key.clone()),
            _ => key.clone(),
        }
    }
}

#[async_trait]
impl LockStore for Faulty {
    async fn lock_slot(&self, tenant: &TenantId, ticket: TicketId) -> Answer<LockSlot> {
        self.open()?;
        let mut slot = self.inner.lock_slot(&self.tenant(tenant), ticket).await?;
        if self.has(Fault::LocksBornHeld) {
            slot.token.0 += 1;
        }
        Ok(slot)
    }

    async fn swap_lock(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        seen: &LockSlot,
        next: &LockSlot,
        audit: Option<LockAudit>,
    ) -> Answer<bool> {
        self.open()?;
        let tenant = self.tenant(tenant);
        let slot = self.inner.lock_slot(&tenant, ticket).await?;
        let long_ago: Timestamp = "2020-01-01T00:00:00Z".parse().unwrap();
        let trusted = match self.fault {
            Fault::LockWithoutCompare => true,
            Fault::LockByTokenAlone => slot.token == seen.token,
            Fault::ClockTrustingLock => slot.lease.as_ref().is_some_and(|lease| lease.expires_at < long_ago),
            _ => false,
        };
        if self.has(Fault::SwapsNothing) {
            return Ok(slot == *seen);
        }
        let seen = if trusted { &slot } else { seen };
        let audit = audit.filter(|_| !self.has(Fault::DroppedLockEvents));
        let swapped = self.inner.swap_lock(&tenant, ticket, seen, next, audit).await?;
        if swapped && self.has(Fault::LockRaisesVersion) {
            let wants = Wants { ticket: Some(TicketKey::Id(ticket)), ..Wants::default() };
            let before = self.inner.load(&tenant, &wants).await?.ticket.unwrap();
            let mut after = before.clone();
            after.version = after.version.next();
            let number = NumberSource::Given { number: after.number.clone(), raise: None };
            let write =
                TicketWrite { before: Some(before), after, number, events: vec![], messages: Messages::default() };
            let mut commit = Commit::new(tenant, helpdesk_core::party::Actor::System, long_ago);
            commit.tickets.push(write);
            self.inner.commit(commit).await?;
        }
        Ok(swapped || self.has(Fault::LocksOnNothing))
    }
}

#[async_trait]
impl Outbox for Faulty {
    async fn claim(
        &self,
        shard: Shard,
        token: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Answer<Vec<Delivery>> {
        self.open()?;
        let until = if self.has(Fault::SharedClaims) { now } else { until };
        // Later than any hold.
        let forgotten = self.has(Fault::FreesHoldsWhenReopened) && self.reopened;
        let now = if forgotten { now + chrono::TimeDelta::days(1) } else { now };
        let shard = if self.has(Fault::SharedShards) { Shard::ALL } else { shard };
        let mut claimed = self.inner.claim(shard, token, now, until, self.limit(limit)).await?;
        match self.fault {
            Fault::ReversedDeliveries => claimed.reverse(),
            Fault::ReusedPositions => {
                let settled = self.settled.load(Ordering::Relaxed);
                for delivery in &mut claimed {
                    delivery.position -= settled;
                }
            }
            Fault::SharedPositions => claimed.iter_mut().for_each(|delivery| delivery.position |= 1),
            Fault::UncountedAttempts => claimed.iter_mut().for_each(|delivery| delivery.attempts = 0),
            _ => {}
        }
        Ok(claimed)
    }

    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Answer<usize> {
        self.open()?;
        let settled = self.settled.load(Ordering::Relaxed);
        let mut inside: Vec<u64> = positions.iter().map(|position| position + settled).collect();
        if self.has(Fault::SharedPositions) {
            inside.extend(positions.iter().map(|position| position - 1));
        }
        if self.has(Fault::ReusedPositions) {
            self.settled.fetch_max(inside.iter().copied().max().unwrap_or(0), Ordering::Relaxed);
        }
        let count = self.inner.acknowledge(token, &inside).await?;
        Ok(if self.has(Fault::StaleAcknowledgements) { positions.len() } else { count })
    }

    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Answer<usize> {
        self.open()?;
        if self.has(Fault::LostReleases) {
            return self.inner.acknowledge(token, positions).await;
        }
        let retry_at = if self.has(Fault::ImmediateRetries) { Timestamp::UNIX_EPOCH } else { retry_at };
        self.inner.release(token, positions, retry_at).await
    }
}

#[async_trait]
impl RecordStore for Faulty {
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Answer<Option<Record>> {
        self.open()?;
        let mut record = self.inner.record(&self.tenant(tenant), &self.key(key)).await?;
        if let (Fault::StuckRecordVersions, Some(record)) = (self.fault, &mut record) {
            record.version = helpdesk_core::ticket::Version(1);
        }
        Ok(record)
    }

    async fn records(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Answer<Vec<Record>> {
        self.open()?;
        let after = after.filter(|_| !self.has(Fault::RecordPagesFromTheStart));
        let mut records = self.inner.records(&self.tenant(tenant), kind, after, self.limit(limit)).await?;
        if self.has(Fault::FoldedRecordOrder) {
            records.sort_by_key(|record| record.key.key.to_lowercase());
        }
        Ok(records)
    }

    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Answer<u64> {
        self.open()?;
        let count = self.inner.count_records(&self.tenant(tenant), kind).await?;
        Ok(if self.has(Fault::CountsOfAPage) { count.min(10) } else { count })
    }
}

#[async_trait]
impl ReadMarks for Faulty {
    async fn mark_read(&self, tenant: &TenantId, agent: &AgentId, ticket: TicketId, position: u32) -> Answer<()> {
        self.open()?;
        let tenant = self.tenant(tenant);
        let agent = if self.has(Fault::MarksOfEverybody) {
            &AgentId::new(agent.as_str().to_lowercase()).unwrap()
        } else {
            agent
        };
        match self.fault {
            Fault::MarksNeverGo if position == 0 => return Ok(()),
            Fault::MarksOnNothing => self.early_marks.lock().unwrap().push((agent.clone(), ticket, position)),
            Fault::MarksGoBack => self.inner.mark_read(&tenant, agent, ticket, 0).await?,
            _ => {}
        }
        self.inner.mark_read(&tenant, agent, ticket, position).await
    }

    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Answer<Vec<(AgentId, u32)>> {
        self.open()?;
        let mut marks = self.inner.marks(&self.tenant(tenant), ticket).await?;
        if self.has(Fault::OneMarkATicket) {
            marks.truncate(1);
        }
        Ok(marks)
    }
}

#[async_trait]
impl Maintenance for Faulty {
    fn name(&self) -> &'static str {
        "faulty"
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { persistent: true, ..self.inner.capabilities() }
    }

    async fn schema(&self) -> Answer<SchemaState> {
        self.open()?;
        let schema = self.inner.schema().await?;
        Ok(if self.has(Fault::MigratesForEver) { SchemaState { found: 0, ..schema } } else { schema })
    }

    async fn migrate(&self) -> Answer<SchemaState> {
        self.open()?;
        let schema = self.inner.migrate().await?;
        Ok(if self.has(Fault::MigratesForEver) { SchemaState { found: 0, ..schema } } else { schema })
    }

    async fn check(&self) -> Answer<Vec<Finding>> {
        self.open()?;
        let mut findings = self.inner.check().await?;
        if self.has(Fault::NeedlessAlarm) {
            findings.push(Finding { place: "everywhere".into(), damage: Damage::Unreadable });
        }
        Ok(findings)
    }

    async fn tenants(&self) -> Answer<Vec<TenantId>> {
        self.open()?;
        let mut tenants = self.inner.tenants().await?;
        if self.has(Fault::UnsortedTenants) {
            tenants.sort_by_key(|tenant| tenant.as_str().to_lowercase());
        }
        Ok(tenants)
    }

    async fn close(&self) -> Answer<()> {
        let again = self.closed.swap(!self.has(Fault::NeverClosed), Ordering::SeqCst);
        if again && self.has(Fault::ClosesOnce) { Err(StoreError::new(FaultKind::Unexpected, "close")) } else { Ok(()) }
    }
}
