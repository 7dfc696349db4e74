//! Tickets, conversations, histories and timers.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use chrono::DateTime;
use helpdesk_core::env::{Timestamp, to_micros};
use helpdesk_core::party::TenantId;
use helpdesk_core::query::{GroupBy, PageRequest, Tally, TicketQuery};
use helpdesk_core::store::{
    Commit, CommitOutcome, DueTimer, HistoryEntry, Loaded, Shard, StoreError, TicketPage, TicketStore, Wants,
};
use helpdesk_core::ticket::{EventRecord, Message, Ticket, TicketId, Timer};

use super::SledStore;
use super::commit::commit;
use super::documents::{key_time, used_key};
use super::draft::Draft;
use super::engine::Direction;
use super::error::Fault;
use super::layout::{Key, Parts, Space, Table};
use super::load::load;
use super::merge::Merge;
use super::page::Shelf;
use super::view::{View, parse};

#[async_trait]
impl TicketStore for SledStore {
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Result<Loaded, StoreError> {
        let loaded = self.read("load", |view| load(view, tenant, wants))?;
        if loaded.replay.is_some() {
            // What the key gave is an acknowledgement, and must be as durable as the first one was.
            self.write("load", |_| Ok(())).await?;
        }
        Ok(loaded)
    }

    async fn commit(&self, whole: Commit) -> Result<CommitOutcome, StoreError> {
        self.write("commit", move |draft| commit(whole, draft)).await
    }

    async fn tickets(
        &self,
        tenant: &TenantId,
        query: &TicketQuery,
        page: &PageRequest,
    ) -> Result<TicketPage, StoreError> {
        self.read("tickets", |view| Shelf { view, tenant, query }.page(page))
    }

    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Result<Vec<Tally>, StoreError> {
        self.read("tally", |view| Shelf { view, tenant, query }.tally(by))
    }

    async fn conversation(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        positions: RangeInclusive<u32>,
    ) -> Result<Vec<Message>, StoreError> {
        self.read("conversation", |view| {
            let prefix = Key::of_ticket(tenant, Table::Message, ticket);
            let at = |position: u32| prefix.clone().count(position.into());
            let range = at(*positions.start()).into_bytes()..at(*positions.end()).next();
            view.values(&prefix, &range).map(|pair| parse(&pair?.1, "a message")).collect()
        })
    }

    async fn history(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        after: u64,
        limit: usize,
    ) -> Result<Vec<HistoryEntry>, StoreError> {
        self.read("history", |view| history(view, tenant, ticket, after, limit))
    }

    async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Result<Vec<Ticket>, StoreError> {
        self.read("scan", |view| {
            let prefix = Key::table(tenant, Table::Ticket);
            let from = after.map_or_else(|| prefix.bytes().to_vec(), |after| prefix.clone().id(after.0).next());
            let range = from..prefix.end();
            view.values(&prefix, &range).take(limit).map(|pair| parse(&pair?.1, "a ticket")).collect()
        })
    }

    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, StoreError> {
        self.read("due", |view| due(view, shard, now, limit))
    }

    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
        self.write("forget_keys", move |draft| forget(before, limit, draft)).await
    }
}

fn history(
    view: View<'_>,
    tenant: &TenantId,
    ticket: TicketId,
    after: u64,
    limit: usize,
) -> Result<Vec<HistoryEntry>, Fault> {
    let prefix = Key::of_ticket(tenant, Table::Event, ticket);
    let range = prefix.clone().count(after).next()..prefix.end();
    let entry = |pair: Result<(Vec<u8>, Vec<u8>), Fault>| {
        let record: EventRecord = parse(&pair?.1, "an event")?;
        let revision = Key::of_ticket(tenant, Table::Revision, ticket).count(record.seq);
        Ok(HistoryEntry { revision: view.doc(&revision, "a revision")?, record })
    };
    view.values(&prefix, &range).take(limit).map(entry).collect()
}

/// The buckets of the shard merged, each walked in order up to now.
fn due(view: View<'_>, shard: Shard, now: Timestamp, limit: usize) -> Result<Vec<DueTimer>, Fault> {
    let buckets = shard.buckets().map(|bucket| {
        let prefix = Key::bucket(Space::Timers, bucket);
        let range = prefix.bytes().to_vec()..prefix.clone().int(to_micros(now)).end();
        view.keys(&range, Direction::Rising).map(move |key| timer(&prefix, &key?))
    });
    Merge::new(buckets, DueTimer::clone).take(limit).collect()
}

fn timer(prefix: &Key, key: &[u8]) -> Result<DueTimer, Fault> {
    let mut parts = Parts::behind(prefix, key)?;
    let malformed = || Fault::Damaged("a timer is malformed".to_owned());
    let at = DateTime::from_timestamp_micros(parts.int()?).ok_or_else(malformed)?;
    let key = parts.text()?.parse().map_err(|_| malformed())?;
    Ok(DueTimer { timer: Timer { at, key }, tenant: parts.tenant()?, ticket: parts.ticket()? })
}

fn forget(before: Timestamp, limit: usize, draft: &mut Draft<'_>) -> Result<usize, Fault> {
    let prefix = Key::space(Space::KeyTimes);
    let range = prefix.bytes().to_vec()..prefix.clone().int(to_micros(before)).into_bytes();
    let old: Vec<_> = draft.view.keys(&range, Direction::Rising).take(limit).collect::<Result<_, _>>()?;
    for key in &old {
        let mut parts = Parts::behind(&prefix, key)?;
        let at = DateTime::from_timestamp_micros(parts.int()?);
        let at = at.ok_or_else(|| Fault::Damaged("the time of a used key is malformed".to_owned()))?;
        let (tenant, source, name) = (parts.tenant()?, parts.text()?, parts.text()?);
        draft.unmark(key_time(&tenant, at, &source, &name).into_bytes());
        draft.remove(&used_key(&tenant, &source, &name))?;
    }
    Ok(old.len())
}
