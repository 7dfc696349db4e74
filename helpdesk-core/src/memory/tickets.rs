//! Tickets, conversations, histories and timers: looked through from end to end, with the core's own meaning of a query.

use std::ops::{Bound, RangeInclusive};

use async_trait::async_trait;

use super::{File, MemoryStore};
use crate::env::Timestamp;
use crate::party::TenantId;
use crate::query::{GroupBy, PageRequest, Tally, TicketQuery};
use crate::store::{
    Commit, CommitOutcome, DueTimer, FaultKind, HistoryEntry, Loaded, Shard, StoreError, TicketPage, TicketRow,
    TicketStore, Wants,
};
use crate::ticket::{Message, Ticket, TicketId};

#[async_trait]
impl TicketStore for MemoryStore {
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Result<Loaded, StoreError> {
        self.read("load", tenant, |desk| desk.load(wants))
    }

    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        if commit.tickets.len() > Commit::MAX_TICKETS {
            return Err(StoreError::new(FaultKind::LimitExceeded, "commit").because("too many tickets in one act"));
        }
        let mut state = self.open("commit")?;
        let state = &mut *state;
        let desk = state.desks.entry(commit.tenant.clone()).or_default();
        Ok(desk.commit(&mut state.outbox, commit))
    }

    async fn tickets(
        &self,
        tenant: &TenantId,
        query: &TicketQuery,
        page: &PageRequest,
    ) -> Result<TicketPage, StoreError> {
        self.read("tickets", tenant, |desk| {
            // Those that do not match are not copied.
            let matching = desk.tickets.values().filter(|file| file.matches(query));
            TicketPage::of(matching.map(|file| file.row(query)), query, page)
        })
    }

    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Result<Vec<Tally>, StoreError> {
        self.read("tally", tenant, |desk| {
            let matching = desk.tickets.values().filter(|file| file.matches(query));
            TicketRow::tally(matching.map(|file| file.row(query)), query, by)
        })
    }

    async fn conversation(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        positions: RangeInclusive<u32>,
    ) -> Result<Vec<Message>, StoreError> {
        self.read("conversation", tenant, |desk| {
            let messages = desk.tickets.get(&ticket).into_iter().flat_map(|file| file.messages.values());
            messages.filter(|message| positions.contains(&message.seq)).cloned().collect()
        })
    }

    async fn history(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read("history", tenant, |desk| {
            let history = desk.tickets.get(&ticket).into_iter().flat_map(|file| &file.history);
            history.filter(|entry| entry.record.seq > after).take(limit).cloned().collect()
        })
    }

    async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Result<Vec<Ticket>, StoreError> {
        self.read("scan", tenant, |desk| {
            let from = after.map_or(Bound::Unbounded, Bound::Excluded);
            let behind = desk.tickets.range((from, Bound::Unbounded));
            behind.map(|(_, file)| file.ticket.clone()).take(limit).collect()
        })
    }

    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let state = self.open("due")?;
        let desks = state.desks.iter().filter(|(tenant, _)| shard.contains(tenant));
        let files = desks.flat_map(|(tenant, desk)| desk.tickets.values().map(move |file| (tenant, file)));
        let timers = files.flat_map(|(tenant, file)| {
            let due = file.ticket.timers().into_iter().filter(|timer| timer.at <= now);
            due.map(|timer| DueTimer { timer, tenant: tenant.clone(), ticket: file.ticket.id })
        });
        let mut due: Vec<DueTimer> = timers.collect();
        due.sort();
        due.truncate(limit);
        Ok(due)
    }

    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let mut state = self.open("forget_keys")?;
        let mut forgotten = 0;
        for desk in state.desks.values_mut() {
            desk.keys.retain(|_, used| {
                let keep = used.at >= before || forgotten == limit;
                forgotten += usize::from(!keep);
                keep
            });
        }
        Ok(forgotten)
    }
}

impl File {
    fn matches(&self, query: &TicketQuery) -> bool {
        query.matches(self.seen_by(query.reader.as_ref()))
    }

    fn row(&self, query: &TicketQuery) -> TicketRow {
        TicketRow { ticket: self.ticket.clone(), lock: self.lock.clone(), mark: self.mark(query.reader.as_ref()) }
    }
}
