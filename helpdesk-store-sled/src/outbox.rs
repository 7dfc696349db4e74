//! The outbox: which events wait to be told. A row is free from an instant on; while an earlier row of its ticket is not
//! free, it is not given out. What an event says is read from the history.

use std::collections::BTreeSet;

use async_trait::async_trait;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{ClaimToken, Delivery, Outbox, Shard, StoreError};
use helpdesk_core::ticket::TicketId;
use serde::{Deserialize, Serialize};

use super::SledStore;
use super::draft::Draft;
use super::error::Fault;
use super::layout::{Key, Space, Table};
use super::merge::Merge;
use super::view::{View, number, parse};

/// An event that waits.
#[derive(Serialize, Deserialize)]
pub(crate) struct Row {
    tenant: TenantId,
    ticket: TicketId,
    seq: u64,
    #[serde(default)]
    attempts: u32,
    /// Who holds it; nobody after it was given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holder: Option<ClaimToken>,
    /// Until when it is held, or kept back for a retry.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

#[async_trait]
impl Outbox for SledStore {
    async fn claim(
        &self,
        shard: Shard,
        token: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        self.write("claim", move |draft| claim(shard, token, now, until, limit, draft)).await
    }

    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Result<usize, StoreError> {
        let positions = positions.to_vec();
        self.write("acknowledge", move |draft| {
            settle(token, &positions, draft, |key, place, _, draft| {
                draft.remove(key)?;
                draft.remove(place)
            })
        })
        .await
    }

    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Result<usize, StoreError> {
        let positions = positions.to_vec();
        self.write("release", move |draft| {
            settle(token, &positions, draft, |key, _, row, draft| {
                draft.put_doc(key, &Row { holder: None, until: Some(retry_at), ..row })
            })
        })
        .await
    }
}

/// Puts events of a ticket at the end.
pub(crate) fn push(
    tenant: &TenantId,
    ticket: TicketId,
    events: impl Iterator<Item = u64>,
    draft: &mut Draft<'_>,
) -> Result<(), Fault> {
    let bucket = Shard::bucket(tenant);
    let last = last_key();
    let mut position = draft.count(&last)?;
    for seq in events {
        position += 1;
        let row = Row { tenant: tenant.clone(), ticket, seq, attempts: 0, holder: None, until: None };
        draft.add_doc(&Key::bucket(Space::Outbox, bucket).count(position), &row)?;
        draft.add(&place_key(position), &[bucket])?;
    }
    draft.set(&last, position)
}

/// Where the last position stands: it outlives its row, so that none is given twice.
fn last_key() -> Key {
    Key::space(Space::Store).text("outbox")
}

fn place_key(position: u64) -> Key {
    Key::space(Space::OutboxPlaces).count(position)
}

/// The events that wait, oldest first, with the place of each.
fn waiting(view: View<'_>, shard: Shard) -> impl Iterator<Item = Result<(u64, Key, Row), Fault>> {
    let buckets = shard.buckets().map(move |bucket| {
        let prefix = Key::bucket(Space::Outbox, bucket);
        view.values(&prefix, &prefix.range()).map(move |pair| {
            let (key, value) = pair?;
            let position = number(&key[prefix.bytes().len()..])?;
            Ok((position, prefix.like(key), parse(&value, "a row of the outbox")?))
        })
    });
    Merge::new(buckets, |(position, ..): &(u64, Key, Row)| *position)
}

fn claim(
    shard: Shard,
    token: ClaimToken,
    now: Timestamp,
    until: Timestamp,
    limit: usize,
    draft: &mut Draft<'_>,
) -> Result<Vec<Delivery>, Fault> {
    let mut blocked: BTreeSet<(TenantId, TicketId)> = BTreeSet::new();
    let mut claimed = Vec::new();
    for row in waiting(draft.view, shard) {
        if claimed.len() == limit {
            break;
        }
        let (position, key, mut row) = row?;
        if row.until.is_some_and(|until| now < until) {
            blocked.insert((row.tenant, row.ticket));
        } else if blocked.is_empty() || !blocked.contains(&(row.tenant.clone(), row.ticket)) {
            let event = Key::of_ticket(&row.tenant, Table::Event, row.ticket).count(row.seq);
            let event = draft.view.doc(&event, "an event")?;
            let event = event.ok_or_else(|| Fault::Damaged("an event of the outbox is missing".to_owned()))?;
            let (tenant, ticket, attempts) = (row.tenant.clone(), row.ticket, row.attempts);
            claimed.push(Delivery { position, tenant, ticket, event, attempts });
            row.attempts += 1;
            row.holder = Some(token);
            row.until = Some(until);
            draft.put_doc(&key, &row)?;
        }
    }
    Ok(claimed)
}

/// Does something with the rows that are still held under the token; says how many they are.
fn settle(
    token: ClaimToken,
    positions: &[u64],
    draft: &mut Draft<'_>,
    mut settle: impl FnMut(&Key, &Key, Row, &mut Draft<'_>) -> Result<(), Fault>,
) -> Result<usize, Fault> {
    let mut count = 0;
    for position in positions {
        let place = place_key(*position);
        let bucket = draft.value(&place)?;
        let Some(bucket) = bucket.as_deref().and_then(<[u8]>::first) else { continue };
        let key = Key::bucket(Space::Outbox, *bucket).count(*position);
        let row: Option<Row> = draft.doc(&key, "a row of the outbox")?;
        if let Some(row) = row.filter(|row| row.holder == Some(token)) {
            settle(&key, &place, row, draft)?;
            count += 1;
        }
    }
    Ok(count)
}
