//! The outbox: events that wait to be told to others. Rows are written in the commit that they belong to.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{Shard, StoreError};
use crate::env::Timestamp;
use crate::party::TenantId;
use crate::ticket::{EventRecord, TicketId};

/// An event to be delivered. It refers to texts, it has none.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The place in the outbox: what `acknowledge` names. One row of them for the whole store, over all tenants; it rises
    /// with every event and none is ever given twice, also when nothing waits any more.
    pub position: u64,
    /// Whose.
    pub tenant: TenantId,
    /// Of which ticket.
    pub ticket: TicketId,
    /// What happened; its id is the same on every redelivery.
    pub event: EventRecord,
    /// How often it was claimed before.
    pub attempts: u32,
}

/// Who claimed a batch. Fresh for each claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ClaimToken(pub uuid::Uuid);

/// Delivery at least once, in order per ticket.
#[async_trait]
pub trait Outbox: Send + Sync {
    /// Takes deliveries that nobody holds at `now`, oldest first, at most `limit`, and holds them until `until`;
    /// from that instant on they are free again.
    ///
    /// While one of a ticket's is held by an earlier claim or waits for a retry, later ones of that ticket are not given
    /// out; one claim may give several of a ticket, in order. Two claims at once never give the same delivery.
    async fn claim(
        &self,
        shard: Shard,
        token: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError>;

    /// Takes delivered ones out. Those not held under `token` any more are passed over; says how many were. What was held
    /// too long stays held until another claim takes it.
    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Result<usize, StoreError>;

    /// Gives undelivered ones back, to be claimed from `retry_at` on and not before; says how many were still held.
    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Result<usize, StoreError>;
}
