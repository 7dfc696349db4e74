//! The heart of the port: each method goes to its room. Conversations, histories, scans and timers are read here.

use std::ops::RangeInclusive;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use helpdesk_core::env::{Timestamp, to_micros};
use helpdesk_core::party::TenantId;
use helpdesk_core::query::{GroupBy, PageRequest, Tally, TicketQuery};
use helpdesk_core::store::{
    Commit, CommitOutcome, Conflict, DueTimer, HistoryEntry, Loaded, Shard, StoreError, TicketPage, TicketStore, Wants,
};
use helpdesk_core::ticket::{Message, Ticket, TicketId, Version};

use super::act::{self, Manner, Verdict};
use super::link::{Link, Waiting};
use super::sql::Sql;
use super::store::{Place, ServerStore, stripe, told};
use super::unit::Unit;
use super::value::Row;
use super::{load, page, tally};
use crate::fault::Fault;
use crate::rows::columns::{Columns, limit as at_most, parse, signed};
use crate::rows::decode::{event, lock, message, timer};
use crate::rows::document::unpack_ticket;

#[async_trait]
impl TicketStore for ServerStore<'_> {
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Result<Loaded, StoreError> {
        let loaded = async {
            match load::statement(self.dialect(), tenant, wants) {
                Some(sql) => load::read(wants, &self.rows(sql).await?),
                // Nothing wanted is asked of a closed store too, and refused like everything else.
                None => self.rows(Sql::of("SELECT 1", [])).await.map(|_| Loaded::default()),
            }
        };
        told("load", loaded.await)
    }

    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        const OPERATION: &str = "commit";
        if commit.tickets.len() > Commit::MAX_TICKETS {
            return told(OPERATION, Err(Fault::Limit("an act writes at most 8 tickets")));
        }
        told(OPERATION, self.ready().await)?;
        let done = match &self.place {
            Place::Own(own) => own.committer().submit(commit).await,
            Place::Joined(joined) => {
                let numbers = self.shared.numbers.as_deref();
                let manner = Manner { numbers, stripe: stripe(), waiting: Waiting::Wait };
                let beside = self.shared.source.as_deref().filter(|_| !joined.drew.load(Ordering::Acquire));
                let act = manner.draw_beside(beside, &commit).await;
                if act.draws() {
                    joined.drew.store(true, Ordering::Release);
                }
                self.unit(JoinedCommit { manner, act }).await
            }
        };
        told(OPERATION, done)
    }

    async fn tickets(
        &self,
        tenant: &TenantId,
        query: &TicketQuery,
        page: &PageRequest,
    ) -> Result<TicketPage, StoreError> {
        told("tickets", page::page(self, tenant, query, page).await)
    }

    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Result<Vec<Tally>, StoreError> {
        told("tally", tally::tally(self, tenant, query, by).await)
    }

    async fn conversation(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        positions: RangeInclusive<u32>,
    ) -> Result<Vec<Message>, StoreError> {
        let sql = Sql::of(
            "SELECT id, seq, doc FROM helpdesk_message WHERE tenant = ? AND ticket = ? AND seq BETWEEN ? AND ? \
             ORDER BY seq",
            [
                tenant.as_str().into(),
                ticket.into(),
                i64::from(*positions.start()).into(),
                i64::from(*positions.end()).into(),
            ],
        );
        self.read("conversation", sql, |row| message(ticket, row)).await
    }

    async fn history(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        let sql = Sql::of(
            "SELECT seq, version, at, actor, id, doc, revision FROM helpdesk_event \
             WHERE tenant = ? AND ticket = ? AND seq > ? ORDER BY seq LIMIT ?",
            [tenant.as_str().into(), ticket.into(), signed(after).into(), at_most(limit).into()],
        );
        self.read("history", sql, |row| {
            let revision = row.maybe_text(6)?;
            let revision =
                revision.map(|text| parse(&text, || format!("a revision of ticket {ticket}"))).transpose()?;
            Ok(HistoryEntry { record: event(row, 0)?, revision })
        })
        .await
    }

    async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Result<Vec<Ticket>, StoreError> {
        let sql = match after {
            Some(after) => Sql::of(
                "SELECT id, doc FROM helpdesk_ticket WHERE tenant = ? AND id > ? ORDER BY id LIMIT ?",
                [tenant.as_str().into(), after.into(), at_most(limit).into()],
            ),
            None => Sql::of(
                "SELECT id, doc FROM helpdesk_ticket WHERE tenant = ? ORDER BY id LIMIT ?",
                [tenant.as_str().into(), at_most(limit).into()],
            ),
        };
        self.read("scan", sql, |row| unpack_ticket(row.uuid(0)?, row.text(1)?)).await
    }

    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let buckets: Vec<i64> = shard.buckets().map(i64::from).collect();
        let sql = (self.dialect().due)(&buckets, to_micros(now), at_most(limit));
        let timers: Vec<Option<DueTimer>> = self.read("due", sql, timer).await?;
        Ok(timers.into_iter().flatten().collect())
    }

    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        let sql = Sql::of(self.dialect().forget, [to_micros(before).into(), at_most(limit).into()]);
        told("forget_keys", self.once(sql).await.map(|forgotten| forgotten.count()))
    }
}

impl ServerStore<'_> {
    async fn read<T>(
        &self,
        operation: &'static str,
        sql: Sql,
        read: impl Fn(&Row) -> Result<T, Fault>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.rows(sql).await;
        told(operation, rows.and_then(|rows| rows.iter().map(read).collect()))
    }
}

/// A commit on the host's transaction: it waits for whoever is in its way.
struct JoinedCommit<'c> {
    manner: Manner<'c>,
    act: act::Act<'c>,
}

#[async_trait]
impl Unit for JoinedCommit<'_> {
    type Answer = CommitOutcome;

    async fn apply(&self, link: &mut dyn Link) -> Result<CommitOutcome, Fault> {
        let acts = std::slice::from_ref(&self.act);
        let verdicts = match self.manner.at_once(link, acts).await? {
            Some(verdicts) => verdicts,
            None => self.manner.step_by_step(link, acts).await?,
        };
        match verdicts.into_iter().next() {
            Some(Verdict::Outcome(outcome)) if is_stale(link, self.act.commit, &outcome).await? => Err(Fault::Stale),
            Some(Verdict::Outcome(outcome)) => Ok(outcome),
            _ => Err(Fault::Overtaken),
        }
    }
}

/// Whether the transaction does not see what it was refused for, so that deciding anew would decide the same.
async fn is_stale(link: &mut dyn Link, commit: &Commit, outcome: &CommitOutcome) -> Result<bool, Fault> {
    let ticket = match outcome {
        CommitOutcome::Conflict(Conflict::Ticket { ticket, .. }) | CommitOutcome::LockMoved { ticket, .. } => *ticket,
        _ => return Ok(false),
    };
    let sql = Sql::of(
        "SELECT version, lock_doc FROM helpdesk_ticket WHERE tenant = ? AND id = ?",
        [commit.tenant.as_str().into(), ticket.into()],
    );
    let rows = link.rows(&sql).await?;
    Ok(match outcome {
        CommitOutcome::Conflict(Conflict::Ticket { found, .. }) => {
            rows.first().map_or(Ok(Version::NONE), |row| row.version(0))? != *found
        }
        CommitOutcome::LockMoved { slot, .. } => lock(rows.first(), 1, ticket)? != *slot,
        _ => false,
    })
}
