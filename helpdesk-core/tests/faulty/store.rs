//! A memory store with one fault. Everything goes to the sound store inside, but for what the fault twists on the way
//! in or out. Tickets stand here, what happens to an act on its way in `acts.rs`, the other traits in `others.rs`.
#![expect(clippy::unwrap_used, reason = "a test; what is built here is well-formed")]

use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};

use async_trait::async_trait;
use chrono::TimeDelta;
use helpdesk_core::MemoryStore;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{GroupBy, PageRequest, Position, Scope, Sort, Tally, TicketFilter, TicketQuery};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{LockSlot, Message, Ticket, TicketId, TicketNumber, Version};

use super::fault::Fault;

pub(crate) type Answer<T> = Result<T, StoreError>;

/// The store.
pub(crate) struct Faulty {
    pub(crate) inner: Arc<MemoryStore>,
    pub(crate) fault: Fault,
    pub(crate) closed: AtomicBool,
    /// How many calls there were.
    pub(crate) calls: AtomicUsize,
    /// Every timer there ever was.
    timers: Mutex<Vec<DueTimer>>,
    /// Marks on tickets that were not there.
    pub(crate) early_marks: Mutex<Vec<(AgentId, TicketId, u32)>>,
    /// Whether it was opened again.
    pub(crate) reopened: bool,
    /// The last position that was acknowledged.
    pub(crate) settled: AtomicU64,
}

impl Faulty {
    pub(crate) fn new(inner: Arc<MemoryStore>, fault: Fault) -> Self {
        Self {
            inner,
            fault,
            closed: AtomicBool::new(false),
            calls: AtomicUsize::new(0),
            timers: Mutex::default(),
            early_marks: Mutex::default(),
            reopened: false,
            settled: AtomicU64::new(0),
        }
    }

    /// The same store, opened again.
    pub(crate) fn again(inner: Arc<MemoryStore>, fault: Fault) -> Self {
        Self { reopened: true, ..Self::new(inner, fault) }
    }

    pub(crate) fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    pub(crate) fn tenant(&self, tenant: &TenantId) -> TenantId {
        match self.fault {
            Fault::ForgottenTenant => TenantId::new("everybody").unwrap(),
            Fault::FoldsTenantsWhenReopened if !self.reopened => tenant.clone(),
            Fault::FoldedTenants | Fault::FoldsTenantsWhenReopened => {
                TenantId::new(tenant.as_str().to_lowercase()).unwrap()
            }
            _ => tenant.clone(),
        }
    }

    pub(crate) fn limit(&self, limit: usize) -> usize {
        if self.has(Fault::IgnoredLimits) { usize::MAX } else { limit }
    }

    fn shown(&self, mut ticket: Ticket) -> Ticket {
        match self.fault {
            Fault::OneNumberForAll => ticket.number = TicketNumber::new("2026-000001").unwrap(),
            Fault::LostExtras => ticket.extra.clear(),
            Fault::StuckVersions => ticket.version = Version(1),
            _ => {}
        }
        ticket
    }

    fn asked(&self, query: &TicketQuery) -> TicketQuery {
        let mut query = query.clone();
        match self.fault {
            Fault::ForgottenReader => query.reader = None,
            Fault::ClockAMinuteAhead => query.now += TimeDelta::minutes(1),
            Fault::ForgottenScope => query.scope = Scope::All,
            Fault::ForgottenWords => query.filter.words.clear(),
            Fault::WrongOrder => query.sort = Sort::Created,
            Fault::ForgottenFilter => query.filter = TicketFilter::default(),
            _ => {}
        }
        query
    }
}

#[async_trait]
impl TicketStore for Faulty {
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Answer<Loaded> {
        self.open()?;
        let mut loaded = self.inner.load(&self.tenant(tenant), wants).await?;
        match self.fault {
            Fault::LoadWithoutLock => loaded.lock = LockSlot::default(),
            Fault::LoadWithoutVersions => loaded.versions.clear(),
            Fault::ForgottenReplays => loaded.replay = None,
            Fault::NilTicketsInReplays => {
                if let Some(replay) = &mut loaded.replay {
                    replay.ticket.get_or_insert(TicketId(uuid::Uuid::nil()));
                }
            }
            _ => {}
        }
        loaded.ticket = loaded.ticket.map(|ticket| self.shown(ticket));
        Ok(loaded)
    }

    async fn commit(&self, mut commit: Commit) -> Answer<CommitOutcome> {
        self.open()?;
        commit.tenant = self.tenant(&commit.tenant);
        if self.has(Fault::SmallActs) && commit.tickets.len() > 4 {
            return Err(StoreError::new(FaultKind::LimitExceeded, "commit"));
        }
        if self.has(Fault::CutActs) {
            commit.tickets.truncate(Commit::MAX_TICKETS);
        }
        self.twist(&mut commit).await?;
        let one_change = commit.tickets.iter().find(|write| write.before.is_some());
        if let (Fault::NeedlessConflicts, Some(write)) = (self.fault, one_change)
            && self.calls.fetch_add(1, Ordering::SeqCst) % 10 == 9
        {
            let (ticket, expected) = (write.after.id, write.expected());
            return Ok(CommitOutcome::Conflict(Conflict::Ticket { ticket, expected, found: expected.next() }));
        }
        for write in &commit.tickets {
            let (tenant, ticket) = (&commit.tenant, write.after.id);
            let timers =
                write.after.timers().into_iter().map(|timer| DueTimer { timer, tenant: tenant.clone(), ticket });
            self.timers.lock().unwrap().extend(timers);
        }
        let outcome = self.inner.commit(commit.clone()).await?;
        self.behind(&commit, outcome).await
    }

    async fn tickets(&self, tenant: &TenantId, query: &TicketQuery, page: &PageRequest) -> Answer<TicketPage> {
        self.open()?;
        let tenant = self.tenant(tenant);
        let mut found = self.inner.tickets(&tenant, &self.asked(query), page).await?;
        match self.fault {
            Fault::UnstablePages if page.after.is_some() => found.rows.reverse(),
            Fault::AlwaysANextPage => {
                found.next = found.rows.last().map(|row| query.sort.position(&row.ticket));
            }
            Fault::NeverANextPage => found.next = None,
            Fault::UnbrokenTies => found.rows.sort_by(|a, b| {
                let [a, b] = [a, b].map(|row| query.sort.position(&row.ticket));
                let [x, y] = [a, b].map(|position| Position { id: TicketId(uuid::Uuid::nil()), ..position });
                query.sort.compare(&x, &y).then_with(|| query.sort.compare(&b, &a))
            }),
            Fault::EmptyPagesGoOn if found.rows.is_empty() => {
                found.next = Some(Position { major: 0, minor: 0, id: TicketId(uuid::Uuid::nil()) });
            }
            Fault::FlickeringPages if self.calls.fetch_add(1, Ordering::SeqCst) % 2 == 1 => found.rows.reverse(),
            Fault::TornReads => {
                if let Some(row) = found.rows.first_mut() {
                    row.ticket.version = row.ticket.version.next();
                }
            }
            Fault::LeakedTombstones => {
                let all = self.inner.scan(&tenant, None, usize::MAX).await?.into_iter();
                let gone = all.filter(|ticket| ticket.deleted_at.is_some());
                found.rows.extend(gone.map(|ticket| TicketRow { ticket, lock: LockSlot::default(), mark: 0 }));
            }
            _ => {}
        }
        for row in &mut found.rows {
            row.ticket = self.shown(row.ticket.clone());
        }
        Ok(found)
    }

    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Answer<Vec<Tally>> {
        self.open()?;
        let mut query = self.asked(query);
        if self.has(Fault::MarksUncounted) && query.filter.unread {
            // Somebody who has read nothing and written nothing.
            query.reader = query.reader.map(|_| AgentId::new("nobody").unwrap());
        }
        let mut tally = self.inner.tally(&self.tenant(tenant), &query, by).await?;
        match self.fault {
            Fault::WrongCount => tally.iter_mut().filter(|tally| tally.count > 3).for_each(|tally| tally.count += 1),
            Fault::FoldedGroups => tally.sort_by_key(|tally| tally.group.to_lowercase()),
            Fault::EmptyGroups => tally.push(Tally { group: "~".into(), count: 0 }),
            _ => {}
        }
        Ok(tally)
    }

    async fn conversation(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        positions: RangeInclusive<u32>,
    ) -> Answer<Vec<Message>> {
        self.open()?;
        let positions = if self.has(Fault::ForgottenRange) { 0..=u32::MAX } else { positions };
        let mut talk = self.inner.conversation(&self.tenant(tenant), ticket, positions).await?;
        if self.has(Fault::ReversedTalk) {
            talk.reverse();
        }
        Ok(talk)
    }

    async fn history(&self, tenant: &TenantId, id: TicketId, after: u64, limit: usize) -> Answer<Vec<HistoryEntry>> {
        self.open()?;
        let after = if self.has(Fault::HistoryFromTheStart) { 0 } else { after };
        let mut history = self.inner.history(&self.tenant(tenant), id, after, self.limit(limit)).await?;
        if self.has(Fault::GapsInHistory) {
            history.iter_mut().filter(|entry| entry.record.seq > 2).for_each(|entry| entry.record.seq += 1);
        }
        Ok(history)
    }

    async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Answer<Vec<Ticket>> {
        self.open()?;
        let mut tickets = self.inner.scan(&self.tenant(tenant), after, self.limit(limit)).await?;
        if self.has(Fault::ScanWithoutTombstones) {
            tickets.retain(|ticket| ticket.deleted_at.is_none());
        }
        Ok(tickets.into_iter().map(|ticket| self.shown(ticket)).collect())
    }

    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Answer<Vec<DueTimer>> {
        self.open()?;
        let (now, shard) = match self.fault {
            Fault::DueTooLate => (now - TimeDelta::microseconds(1), shard),
            Fault::DueTooEarly => (now + TimeDelta::microseconds(1), shard),
            Fault::SharedShards => (now, Shard::ALL),
            _ => (now, shard),
        };
        let mut due = self.inner.due(shard, now, self.limit(limit)).await?;
        if self.has(Fault::StaleTimers) {
            due.clone_from(&self.timers.lock().unwrap());
            due.retain(|due| due.timer.at <= now);
        }
        if self.has(Fault::DueUnordered) {
            due.reverse();
        }
        Ok(due)
    }

    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Answer<usize> {
        self.open()?;
        let before = if self.has(Fault::ForgetsYoungKeys) { Timestamp::MAX_UTC } else { before };
        self.inner.forget_keys(before, self.limit(limit)).await
    }
}
