//! Tickets, conversations, histories and timers: looked through from end to end, with the core's own meaning of a query.

use std::ops::RangeInclusive;

use async_trait::async_trait;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::TenantId;
use helpdesk_core::query::{GroupBy, PageRequest, Tally, TicketQuery};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{Message, Ticket, TicketId};

use super::data::{Fault, File, Reading, Used, pair};
use super::{Answer, RedbStore, commit::apply};

#[async_trait]
impl TicketStore for RedbStore {
    async fn load(&self, tenant: &TenantId, wants: &Wants) -> Answer<Loaded> {
        let (tenant, wants) = (tenant.clone(), wants.clone());
        self.read("load", move |data| load(data, &tenant, &wants)).await
    }

    async fn commit(&self, commit: Commit) -> Answer<CommitOutcome> {
        if commit.tickets.len() > Commit::MAX_TICKETS {
            return Err(StoreError::new(FaultKind::LimitExceeded, "commit").because("too many tickets in one act"));
        }
        self.write("commit", move |data| apply(commit, data)).await
    }

    async fn tickets(&self, tenant: &TenantId, query: &TicketQuery, page: &PageRequest) -> Answer<TicketPage> {
        let (tenant, query, page) = (tenant.clone(), query.clone(), *page);
        self.read("tickets", move |data| Ok(TicketPage::of(rows(data, &tenant, &query)?, &query, &page))).await
    }

    async fn tally(&self, tenant: &TenantId, query: &TicketQuery, by: GroupBy) -> Answer<Vec<Tally>> {
        let (tenant, query) = (tenant.clone(), query.clone());
        self.read("tally", move |data| Ok(TicketRow::tally(rows(data, &tenant, &query)?, &query, by))).await
    }

    async fn conversation(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        positions: RangeInclusive<u32>,
    ) -> Answer<Vec<Message>> {
        let messages = self.file("conversation", tenant, ticket).await?.map(|file| file.messages).unwrap_or_default();
        Ok(messages.into_iter().filter(|message| positions.contains(&message.seq)).collect())
    }

    async fn history(
        &self,
        tenant: &TenantId,
        ticket: TicketId,
        after: u64,
        limit: usize,
    ) -> Answer<Vec<HistoryEntry>> {
        let entries = self.file("history", tenant, ticket).await?.into_iter().flat_map(File::entries);
        Ok(entries.filter(|entry| entry.record.seq > after).take(limit).collect())
    }

    async fn scan(&self, tenant: &TenantId, after: Option<TicketId>, limit: usize) -> Answer<Vec<Ticket>> {
        let tenant = tenant.clone();
        let files = self.read("scan", move |data| data.files(&tenant)).await?;
        let behind = files.into_iter().filter(|(id, _)| after.is_none_or(|after| *id > after));
        Ok(behind.map(|(_, file)| file.ticket).take(limit).collect())
    }

    async fn due(&self, shard: Shard, now: Timestamp, limit: usize) -> Answer<Vec<DueTimer>> {
        self.read("due", move |data| {
            let mut due = Vec::new();
            for tenant in data.tenants()?.into_iter().filter(|tenant| shard.contains(tenant)) {
                for (ticket, file) in data.files(&tenant)? {
                    let timers = file.ticket.timers().into_iter().filter(|timer| timer.at <= now);
                    due.extend(timers.map(|timer| DueTimer { timer, tenant: tenant.clone(), ticket }));
                }
            }
            due.sort();
            due.truncate(limit);
            Ok(due)
        })
        .await
    }

    async fn forget_keys(&self, before: Timestamp, limit: usize) -> Answer<usize> {
        self.write("forget_keys", move |data| {
            let mut forgotten = 0;
            for tenant in data.tenants()? {
                for (key, used) in data.all::<Used>(tenant.as_str(), "key")? {
                    if used.at < before && forgotten < limit {
                        data.remove(tenant.as_str(), "key", &key)?;
                        forgotten += 1;
                    }
                }
            }
            Ok(forgotten)
        })
        .await
    }
}

/// All tickets as a query looks at them. What it means is the core's to say.
fn rows(
    data: &Reading,
    tenant: &TenantId,
    query: &TicketQuery,
) -> Result<impl Iterator<Item = TicketRow> + use<>, Fault> {
    let reader = query.reader.clone();
    let row = move |file: File| TicketRow { mark: file.mark(reader.as_ref()), ticket: file.ticket, lock: file.lock };
    Ok(data.files(tenant)?.into_values().map(row))
}

fn load(data: &Reading, tenant: &TenantId, wants: &Wants) -> Result<Loaded, Fault> {
    let file = match &wants.ticket {
        None => None,
        Some(TicketKey::Id(id)) => data.file(tenant, *id)?,
        Some(TicketKey::Number(number)) => {
            data.files(tenant)?.into_values().find(|file| file.ticket.number.key() == *number)
        }
        Some(TicketKey::External(external)) => data.files(tenant)?.into_values().find(|file| file.has(external)),
    };
    let replay = match &wants.replay {
        Some(key) => data.get::<Used>(tenant.as_str(), "key", &pair(&key.source, &key.key))?,
        None => None,
    };
    Ok(Loaded {
        mark: file.as_ref().map_or(0, |file| file.mark(wants.mark.as_ref())),
        lock: file.as_ref().map(|file| file.lock.clone()).unwrap_or_default(),
        ticket: file.map(|file| file.ticket),
        records: wants.records.iter().map(|key| data.record(tenant, key)).collect::<Result<_, _>>()?,
        versions: wants.versions.iter().map(|key| data.record_version(tenant, key)).collect::<Result<_, _>>()?,
        replay: replay.map(Into::into),
    })
}
