//! The heart of the port: each method goes to its room. Conversations, histories, scans and timers are read here.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use helpdesk_core::env::{Timestamp, to_micros};
use helpdesk_core::party::TenantId;
use helpdesk_core::query::{GroupBy, PageRequest, Tally, TicketQuery};
use helpdesk_core::store::{
    Commit, CommitOutcome, DueTimer, HistoryEntry, Loaded, Shard, StoreError, TicketPage, TicketStore, Wants,
};
use helpdesk_core::ticket::{Message, Ticket, TicketId};
use sqlx::sqlite::SqliteRow;

use super::sql::Sql;
use super::store::FileStore;
use super::turn::Turn;
use super::writer::Act;
use super::{load, page, tally};
use crate::fault::Fault;
use crate::rows::columns::{Columns, limit as at_most, parse, signed};
use crate::rows::decode::{event, message, timer};
use crate::rows::document::unpack_ticket;

#[async_trait]
impl TicketStore for FileStore<'_> {
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Result<Loaded, StoreError> {
        load::load(self, tenant, wants).await.map_err(|fault| fault.during("load"))
    }

    async fn commit(&self, commit: Commit) -> Result<CommitOutcome, StoreError> {
        self.write("commit", commit).await
    }

    async fn tickets(
        &self,
        tenant: &TenantId,
        query: &TicketQuery,
        page: &PageRequest,
    ) -> Result<TicketPage, StoreError> {
        page::page(self, tenant, query, page).await.map_err(|fault| fault.during("tickets"))
    }

    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Result<Vec<Tally>, StoreError> {
        tally::tally(self, tenant, query, by).await.map_err(|fault| fault.during("tally"))
    }

    async fn conversation(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        positions: RangeInclusive<u32>,
    ) -> Result<Vec<Message>, StoreError> {
        let mut sql = Sql::new();
        let params = [
            sql.param(tenant.as_str()),
            sql.param(ticket.0.as_bytes().as_slice()),
            sql.param(i64::from(*positions.start())),
            sql.param(i64::from(*positions.end())),
        ];
        sql.add(
            "SELECT id, seq, doc FROM helpdesk_message WHERE tenant = ? AND ticket = ? AND seq BETWEEN ? AND ? ORDER BY seq",
            &params,
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
        let mut sql = Sql::new();
        let params = [
            sql.param(tenant.as_str()),
            sql.param(ticket.0.as_bytes().as_slice()),
            sql.param(signed(after)),
            sql.param(at_most(limit)),
        ];
        sql.add(
            "SELECT seq, version, at, actor, id, doc, revision FROM helpdesk_event \
             WHERE tenant = ? AND ticket = ? AND seq > ? ORDER BY seq LIMIT 0 + ?",
            &params,
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
        let mut sql = Sql::new();
        // Before every id stands the empty one.
        let after = after.map(|id| id.0.as_bytes().to_vec()).unwrap_or_default();
        let params = [sql.param(tenant.as_str()), sql.param(after), sql.param(at_most(limit))];
        sql.add(
            "SELECT id, doc FROM helpdesk_ticket INDEXED BY helpdesk_ticket_id WHERE tenant = ? AND id > ? \
             ORDER BY id LIMIT 0 + ?",
            &params,
        );
        self.read("scan", sql, |row| unpack_ticket(row.uuid(0)?, row.text(1)?)).await
    }

    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        let timers: Vec<Option<DueTimer>> = self.read("due", due(shard, now, limit), timer).await?;
        Ok(timers.into_iter().flatten().collect())
    }

    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write("forget_keys", Forget { before: to_micros(before), limit: at_most(limit) }).await
    }
}

impl FileStore<'_> {
    async fn read<T>(
        &self,
        operation: &'static str,
        sql: Sql,
        read: impl Fn(&SqliteRow) -> Result<T, Fault>,
    ) -> Result<Vec<T>, StoreError> {
        let rows = self.rows(sql).await;
        rows.and_then(|rows| rows.iter().map(read).collect()).map_err(|fault| fault.during(operation))
    }
}

/// The due timers of a shard: its buckets merged, each walked in order.
pub(super) fn due(shard: Shard, now: Timestamp, limit: usize) -> Sql {
    let mut sql = Sql::new();
    let (now, limit) = (sql.param(to_micros(now)), sql.param(at_most(limit)));
    for (index, bucket) in shard.buckets().enumerate() {
        let bucket = sql.param(i64::from(bucket));
        sql.push(if index == 0 { "" } else { " UNION ALL " });
        sql.add("SELECT at, key, tenant, ticket FROM helpdesk_timer WHERE bucket = ? AND at <= ?", &[bucket, now]);
    }
    sql.add(" ORDER BY 1, 2, 3, 4 LIMIT 0 + ?", &[limit]);
    sql
}

struct Forget {
    before: i64,
    limit: i64,
}

#[async_trait]
impl Act for Forget {
    type Answer = usize;

    async fn apply(&self, turn: &mut Turn<'_>) -> Result<usize, Fault> {
        let mut sql = Sql::new();
        let params = [sql.param(self.before), sql.param(self.limit)];
        sql.add(
            "DELETE FROM helpdesk_key WHERE rowid IN (SELECT rowid FROM helpdesk_key INDEXED BY helpdesk_key_used \
             WHERE used_at < ? ORDER BY used_at LIMIT 0 + ?) RETURNING rowid",
            &params,
        );
        Ok(turn.finish(sql).await?.len())
    }
}
