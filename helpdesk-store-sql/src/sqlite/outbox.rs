//! The outbox: which events wait to be told. A row is free from `free_at` on; while an earlier row of its ticket is
//! not free, it is not given out. What an event says is read from the history.

use async_trait::async_trait;
use helpdesk_core::env::{Timestamp, to_micros};
use helpdesk_core::store::{ClaimToken, Delivery, Outbox, Shard, StoreError};
use serde_json::Value;

use super::sql::Sql;
use super::store::FileStore;
use super::turn::Turn;
use super::writer::Act;
use crate::fault::Fault;
use crate::rows::columns::{limit as at_most, signed};
use crate::rows::decode::delivery;

#[async_trait]
impl Outbox for FileStore<'_> {
    async fn claim(
        &self,
        shard: Shard,
        token: ClaimToken,
        now: Timestamp,
        until: Timestamp,
        limit: usize,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (now, until) = (to_micros(now), to_micros(until));
        self.write("claim", Claim { shard, token, now, until, limit: at_most(limit) }).await
    }

    async fn acknowledge(&self, token: ClaimToken, positions: &[u64]) -> Result<usize, StoreError> {
        self.write("acknowledge", Settle { token, positions: list(positions), retry_at: None }).await
    }

    async fn release(&self, token: ClaimToken, positions: &[u64], retry_at: Timestamp) -> Result<usize, StoreError> {
        let retry_at = Some(to_micros(retry_at));
        self.write("release", Settle { token, positions: list(positions), retry_at }).await
    }
}

struct Claim {
    shard: Shard,
    token: ClaimToken,
    now: i64,
    until: i64,
    limit: i64,
}

#[async_trait]
impl Act for Claim {
    type Answer = Vec<Delivery>;

    async fn apply(&self, turn: &mut Turn<'_>) -> Result<Vec<Delivery>, Fault> {
        let rows = turn.rows(select(self.shard, self.now, self.limit)).await?;
        let mut deliveries = rows.iter().map(delivery).collect::<Result<Vec<_>, _>>()?;
        deliveries.sort_by_key(|delivery| delivery.position);
        if !deliveries.is_empty() {
            let mut sql = Sql::new();
            let positions: Vec<u64> = deliveries.iter().map(|delivery| delivery.position).collect();
            let params =
                [sql.param(self.token.0.as_bytes().as_slice()), sql.param(self.until), sql.param(list(&positions))];
            sql.add(
                "UPDATE helpdesk_outbox SET token = ?, free_at = ?, attempts = attempts + 1 \
                 WHERE position IN (SELECT value FROM json_each(?))",
                &params,
            );
            turn.finish(sql).await?;
        }
        Ok(deliveries)
    }
}

/// The free rows of the shard, oldest first: its buckets merged, each walked in order.
pub(super) fn select(shard: Shard, now: i64, limit: i64) -> Sql {
    let mut sql = Sql::new();
    let (now, limit) = (sql.param(now), sql.param(limit));
    sql.push("SELECT o.position, o.attempts, e.tenant, e.ticket, e.seq, e.version, e.at, e.actor, e.id, e.doc FROM (");
    for (index, bucket) in shard.buckets().enumerate() {
        let bucket = sql.param(i64::from(bucket));
        sql.push(if index == 0 { "" } else { " UNION ALL " });
        sql.add(
            "SELECT position, attempts, tenant, ticket, seq FROM helpdesk_outbox AS w \
             INDEXED BY helpdesk_outbox_bucket WHERE bucket = ? AND free_at <= ? AND NOT EXISTS \
             (SELECT 1 FROM helpdesk_outbox AS b INDEXED BY helpdesk_outbox_ticket WHERE b.tenant = w.tenant \
             AND b.ticket = w.ticket AND b.position < w.position AND b.free_at > ?)",
            &[bucket, now, now],
        );
    }
    sql.add(
        " ORDER BY position LIMIT 0 + ?) AS o CROSS JOIN helpdesk_event AS e ON e.tenant = o.tenant \
         AND e.ticket = o.ticket AND e.seq = o.seq",
        &[limit],
    );
    sql
}

/// Takes rows out, or gives them back, if they are still held under the token.
struct Settle {
    token: ClaimToken,
    positions: String,
    retry_at: Option<i64>,
}

#[async_trait]
impl Act for Settle {
    type Answer = usize;

    async fn apply(&self, turn: &mut Turn<'_>) -> Result<usize, Fault> {
        let mut sql = Sql::new();
        let token = sql.param(self.token.0.as_bytes().as_slice());
        let positions = sql.param(self.positions.as_str());
        if let Some(retry_at) = self.retry_at {
            let retry_at = sql.param(retry_at);
            sql.add(
                "UPDATE helpdesk_outbox SET token = NULL, free_at = ? \
                 WHERE position IN (SELECT value FROM json_each(?)) AND token = ? RETURNING position",
                &[retry_at, positions, token],
            );
        } else {
            sql.add(
                "DELETE FROM helpdesk_outbox \
                 WHERE position IN (SELECT value FROM json_each(?)) AND token = ? RETURNING position",
                &[positions, token],
            );
        }
        Ok(turn.finish(sql).await?.len())
    }
}

fn list(positions: &[u64]) -> String {
    Value::Array(positions.iter().map(|position| Value::from(signed(*position))).collect()).to_string()
}
