//! Tickets, their conversations, histories and timers.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use async_trait::async_trait;

use super::{Commit, CommitOutcome, Loaded, Shard, StoreError, Wants};
use crate::env::Timestamp;
use crate::party::TenantId;
use crate::query::{GroupBy, PageRequest, Position, Seen, Tally, TicketQuery};
use crate::ticket::{EventRecord, LockSlot, Message, Ticket, TicketId, Timer};

/// The heart of a backend. All methods are safe to call from many tasks at once, and safe to drop: a dropped
/// future leaves no open transaction; a dropped `commit` was applied whole or not at all.
#[async_trait]
pub trait TicketStore: Send + Sync {
    /// Fetches what a decision needs, from one consistent view.
    ///
    /// What is not there is `None` or zero, never an error. Tombstones of deleted tickets are returned.
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Result<Loaded, StoreError>;

    /// Applies an act whole, or not at all. More than [`Commit::MAX_TICKETS`] tickets are a `LimitExceeded`.
    ///
    /// Checked, in this order: the idempotency key; each ticket's version; each record's; guards; fences;
    /// external references; given numbers. Within a check, in the order of the commit. The first that fails is the
    /// outcome, and nothing is changed.
    /// When `Applied` is returned, the act is durable as the backend's capabilities say, and visible to every
    /// later read through any handle. Two acts on the same version: one is applied, the other conflicts.
    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError>;

    /// A page of the tickets that [`TicketQuery::matches`], in the query's order, from one consistent view.
    async fn tickets(
        &self,
        tenant: &TenantId,
        query: &TicketQuery,
        page: &PageRequest,
    ) -> Result<TicketPage, StoreError>;

    /// Counts the tickets that [`TicketQuery::matches`], ordered by group. The order of the query does not matter.
    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Result<Vec<Tally>, StoreError>;

    /// Messages of a ticket by position, rising; those that are there. Empty if the ticket is not there.
    async fn conversation(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        positions: RangeInclusive<u32>,
    ) -> Result<Vec<Message>, StoreError>;

    /// Events of a ticket after a place in its history, rising, at most `limit`. Empty if the ticket is not there.
    async fn history(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>, StoreError>;

    /// Tickets by rising id after `after`, tombstones included, at most `limit`: for checks and exports.
    async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Result<Vec<Ticket>, StoreError>;

    /// Timers of a shard that are due at `now`, earliest first, at most `limit`. Its cost follows what is due,
    /// not what is open. It claims nothing: whoever commits first has fired it.
    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError>;

    /// Forgets idempotency keys that were used before `before`, at most `limit`, whichever; says how many.
    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError>;
}

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TicketPage {
    /// The tickets.
    pub rows: Vec<TicketRow>,
    /// The position of the last row, if more follow.
    pub next: Option<Position>,
}

/// A ticket in a list, with what is kept beside it.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketRow {
    /// The ticket.
    pub ticket: Ticket,
    /// Its lock.
    pub lock: LockSlot,
    /// Up to where the query's reader has read; 0 without a reader.
    pub mark: u32,
}

impl TicketPage {
    /// The page that a query asks for, out of all rows of the tenant: for backends that look at every ticket.
    pub fn of(rows: impl IntoIterator<Item = TicketRow>, query: &TicketQuery, request: &PageRequest) -> Self {
        let sort = query.sort;
        let place = |row: &TicketRow| sort.position(&row.ticket);
        let behind =
            |row: &TicketRow| request.after.is_none_or(|after| sort.compare(&place(row), &after) == Ordering::Greater);
        let mut rows: Vec<TicketRow> =
            rows.into_iter().filter(|row| query.matches(row.seen()) && behind(row)).collect();
        rows.sort_by(|a, b| sort.compare(&place(a), &place(b)));
        let more = rows.len() > request.size.get();
        rows.truncate(request.size.get());
        let next = rows.last().filter(|_| more).map(place);
        Self { rows, next }
    }
}

impl TicketRow {
    /// The ticket as queries see it.
    pub fn seen(&self) -> Seen<'_> {
        Seen { ticket: &self.ticket, lock: &self.lock, mark: self.mark }
    }

    /// How many of all rows of the tenant a query asks for, by group: for backends that look at every ticket.
    pub fn tally(rows: impl IntoIterator<Item = Self>, query: &TicketQuery, by: GroupBy) -> Vec<Tally> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        for row in rows.into_iter().filter(|row| query.matches(row.seen())) {
            *counts.entry(by.group_of(&row.ticket)).or_default() += 1;
        }
        counts.into_iter().map(|(group, count)| Tally { group, count }).collect()
    }
}

/// An event with what personal values were before and after it.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryEntry {
    /// The event.
    pub record: EventRecord,
    /// The personal values, unless they were erased.
    pub revision: Option<serde_json::Value>,
}

/// A timer that is due.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueTimer {
    /// When and what.
    pub timer: Timer,
    /// Whose.
    pub tenant: TenantId,
    /// On which ticket.
    pub ticket: TicketId,
}
