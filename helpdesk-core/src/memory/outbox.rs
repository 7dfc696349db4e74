//! The outbox: rows in the order in which they were written, of all tenants.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use super::MemoryStore;
use crate::env::Timestamp;
use crate::party::TenantId;
use crate::store::{ClaimToken, Delivery, Outbox, Shard, StoreError};
use crate::ticket::{EventRecord, TicketId};

/// The rows that were not acknowledged yet, by position.
#[derive(Debug, Default)]
pub(super) struct Rows {
    last: u64,
    waiting: BTreeMap<u64, Row>,
}

#[derive(Debug)]
struct Row {
    tenant: TenantId,
    ticket: TicketId,
    event: EventRecord,
    attempts: u32,
    /// Who holds it; nobody after it was given back.
    holder: Option<ClaimToken>,
    /// Until when it is held, or kept back for a retry.
    until: Option<Timestamp>,
}

impl Rows {
    /// Puts an event at the end.
    pub(super) fn push(&mut self, tenant: &TenantId, ticket: TicketId, event: EventRecord) {
        self.last += 1;
        let row = Row { tenant: tenant.clone(), ticket, event, attempts: 0, holder: None, until: None };
        self.waiting.insert(self.last, row);
    }

    fn held(&mut self, token: ClaimToken, position: u64) -> Option<&mut Row> {
        self.waiting.get_mut(&position).filter(|row| row.holder == Some(token))
    }
}

#[async_trait]
impl Outbox for MemoryStore {
    async fn claim(
        &self,
        shard: Shard,
        token: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let mut state = self.open("claim")?;
        let mut blocked: BTreeSet<(TenantId, TicketId)> = BTreeSet::new();
        let mut claimed = Vec::new();
        for (position, row) in state.outbox.waiting.iter_mut().filter(|(_, row)| shard.contains(&row.tenant)) {
            if claimed.len() == limit {
                break;
            }
            let place = (row.tenant.clone(), row.ticket);
            if row.until.is_some_and(|until| now < until) {
                blocked.insert(place);
            } else if !blocked.contains(&place) {
                claimed.push(Delivery {
                    position: *position,
                    tenant: row.tenant.clone(),
                    ticket: row.ticket,
                    event: row.event.clone(),
                    attempts: row.attempts,
                });
                row.attempts += 1;
                row.holder = Some(token);
                row.until = Some(until);
            }
        }
        Ok(claimed)
    }

    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Result<usize, StoreError> {
        let mut state = self.open("acknowledge")?;
        let mut count = 0;
        for position in positions {
            if state.outbox.held(token, *position).is_some() {
                state.outbox.waiting.remove(position);
                count += 1;
            }
        }
        Ok(count)
    }

    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Result<usize, StoreError> {
        let mut state = self.open("release")?;
        let mut count = 0;
        for position in positions {
            if let Some(row) = state.outbox.held(token, *position) {
                row.holder = None;
                row.until = Some(retry_at);
                count += 1;
            }
        }
        Ok(count)
    }
}
