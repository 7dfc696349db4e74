//! The outbox: rows in the order of their places, written with the events they name. Whoever claims holds the buckets it
//! looks into, so that a ticket's events are given out in their order; those that another one holds are passed.

use async_trait::async_trait;
use helpdesk_core::env::{Timestamp, to_micros};
use helpdesk_core::store::{ClaimToken, Delivery, Outbox, Shard, StoreError};

use super::link::Link;
use super::sql::Sql;
use super::store::{Act, ServerStore, told};
use super::value::Value;
use crate::fault::Fault;
use crate::rows::columns::{Columns, limit as at_most, signed};
use crate::rows::decode::delivery;

#[async_trait]
impl Outbox for ServerStore<'_> {
    async fn claim(
        &self,
        shard: Shard,
        token: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (now, until) = (to_micros(now), to_micros(until));
        let buckets = shard.buckets().map(i64::from).collect();
        told("claim", self.act(Claim { buckets, token, now, until, limit: at_most(limit) }).await)
    }

    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Result<usize, StoreError> {
        told("acknowledge", self.act(Settle::new(token, positions, None)).await)
    }

    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Result<usize, StoreError> {
        told("release", self.act(Settle::new(token, positions, Some(to_micros(retry_at)))).await)
    }
}

struct Claim {
    buckets: Vec<i64>,
    token: ClaimToken,
    now: i64,
    until: i64,
    limit: i64,
}

#[async_trait]
impl Act for Claim {
    type Answer = Vec<Delivery>;

    async fn apply(&self, link: &mut dyn Link) -> Result<Vec<Delivery>, Fault> {
        let dialect = link.dialect();
        let wanted = Value::ints(self.buckets.iter().copied());
        let mut held = link.rows(&Sql::of(dialect.hold_free, [wanted.clone()])).await?;
        if held.is_empty() {
            held = link.rows(&Sql::of(dialect.hold, [wanted])).await?;
        }
        let buckets = held.iter().map(|row| row.int(0)).collect::<Result<Vec<_>, _>>()?;
        let rows = link.rows(&(dialect.waiting)(&buckets, self.now, self.limit)).await?;
        let mut deliveries = rows.iter().map(delivery).collect::<Result<Vec<_>, _>>()?;
        deliveries.sort_by_key(|delivery| delivery.position);
        if !deliveries.is_empty() {
            let positions = Value::ints(deliveries.iter().map(|delivery| signed(delivery.position)));
            if link.run(&(dialect.claim)(self.token.0.into(), self.until.into(), positions)).await? == 0 {
                // The buckets are not held any more.
                return Err(Fault::Overtaken);
            }
        }
        Ok(deliveries)
    }
}

/// Takes rows out, or gives them back, if they are still held under the token.
struct Settle {
    token: ClaimToken,
    positions: Vec<i64>,
    retry_at: Option<i64>,
}

impl Settle {
    fn new(token: ClaimToken, positions: &[u64], retry_at: Option<i64>) -> Self {
        Self { token, positions: positions.iter().copied().map(signed).collect(), retry_at }
    }
}

#[async_trait]
impl Act for Settle {
    type Answer = usize;

    async fn apply(&self, link: &mut dyn Link) -> Result<usize, Fault> {
        let dialect = link.dialect();
        let (token, positions) = (Value::from(self.token.0), Value::ints(self.positions.iter().copied()));
        let settled = match self.retry_at {
            Some(retry_at) => link.run(&(dialect.release)(retry_at.into(), positions, token)).await?,
            None => link.run(&(dialect.acknowledge)(positions, token)).await?,
        };
        Ok(usize::try_from(settled).unwrap_or(usize::MAX))
    }
}
