//! The outbox: rows in the order of their places, written with the events they name. Whoever claims holds the buckets it
//! looks into, so that a ticket's events are given out in their order; those that another one holds are passed.

use async_trait::async_trait;
use helpdesk_core::env::{Timestamp, to_micros};
use helpdesk_core::store::{ClaimToken, Delivery, Outbox, Shard, StoreError};

use super::link::Link;
use super::sql::Sql;
use super::store::{ServerStore, told};
use super::unit::Unit;
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
        told("claim", self.unit(Claim { buckets, token, now, until, limit: at_most(limit) }).await)
    }

    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Result<usize, StoreError> {
        let sql = (self.dialect().acknowledge)(list(positions), token.0.into());
        told("acknowledge", self.once(sql).await.map(|settled| settled.count()))
    }

    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Result<usize, StoreError> {
        let sql = (self.dialect().release)(to_micros(retry_at).into(), list(positions), token.0.into());
        told("release", self.once(sql).await.map(|settled| settled.count()))
    }
}

fn list(positions: &[u64]) -> Value {
    Value::ints(positions.iter().copied().map(signed))
}

struct Claim {
    buckets: Vec<i64>,
    token: ClaimToken,
    now: i64,
    until: i64,
    limit: i64,
}

#[async_trait]
impl Unit for Claim {
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
