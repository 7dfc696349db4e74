//! How the claimed events of one ticket are told, one after the other, and what is noted of it: an event that arrived is
//! acknowledged, one that failed is noted and released, one that never works becomes a dead letter first.

use super::stored::{decode, encode};
use super::{Error, Helpdesk};
use crate::env::Timestamp;
use crate::party::{Actor, TenantId};
use crate::relay::{Answer, DeadLetter, EventSink, OutgoingEvent, RelayOptions, backoff};
use crate::store::{
    ClaimToken, Commit, CommitOutcome, Delivery, Expected, FaultKind, RecordKey, RecordKind, RecordWrite, StoreError,
    Wants,
};
use crate::ticket::{EventId, Version};

/// A claim, and where it is told.
pub(super) struct Run<'a> {
    pub(super) desk: &'a Helpdesk,
    pub(super) sink: &'a dyn EventSink,
    pub(super) options: &'a RelayOptions,
    pub(super) token: ClaimToken,
    /// When the claim ends.
    pub(super) until: Timestamp,
}

/// What came of a ticket's events.
#[derive(Default)]
pub(super) struct Told {
    pub(super) delivered: usize,
    pub(super) retried: usize,
    pub(super) dead: usize,
    pub(super) held_back: usize,
    pub(super) late: usize,
    pub(super) out_of_time: bool,
    pub(super) failed: Option<Error>,
}

/// What was noted of an event before.
#[derive(Default)]
pub(super) struct Tried {
    /// The tries before, with the version of the note.
    note: Option<(DeadLetter, Version)>,
    /// Whether it is a dead letter already: a process ended before it had acknowledged it.
    is_dead: bool,
}

/// What came of one event.
enum Came {
    Delivered,
    Dead,
    /// To be tried again from then on.
    Later(Timestamp),
    /// Somebody else has taken over.
    TakenOver,
}

impl Tried {
    /// The how-many-th try the next one is.
    pub(super) fn attempt(&self) -> u32 {
        self.note.as_ref().map_or(0, |(note, _)| note.tries).saturating_add(1)
    }
}

impl Helpdesk {
    /// What was noted of a delivery. The outbox counts claims, not tries: what stands behind an event that fails is claimed
    /// with it again and again, and never told.
    pub(super) async fn tried(&self, delivery: &Delivery) -> Result<Tried, Error> {
        if delivery.attempts == 0 {
            return Ok(Tried::default());
        }
        let records = [RecordKind::Retry, RecordKind::DeadLetter].map(|kind| key(kind, delivery.event.id)).to_vec();
        let wants = Wants { records, ..Wants::default() };
        let mut found = self.inner.store.load(&delivery.tenant, &wants).await?.records;
        let is_dead = found.pop().flatten().is_some();
        let note = found.pop().flatten().map(|record| -> Result<_, StoreError> {
            let version = record.version;
            Ok((decode(record)?, version))
        });
        Ok(Tried { note: note.transpose()?, is_dead })
    }
}

impl Run<'_> {
    /// Tells a ticket's events in order, up to the first that is to be tried again.
    pub(super) async fn ticket(&self, deliveries: &[Delivery]) -> Told {
        let mut told = Told::default();
        let mut done = Vec::new();
        let mut again = None;
        for delivery in deliveries {
            if self.desk.now() + RelayOptions::ANSWER_WITHIN.as_delta() > self.until {
                told.out_of_time = true;
                break;
            }
            match self.tell(delivery).await {
                Ok(Came::Delivered) => told.delivered += 1,
                Ok(Came::Dead) => told.dead += 1,
                Ok(Came::Later(at)) => {
                    told.retried += 1;
                    again = Some((delivery.position, at));
                    break;
                }
                Ok(Came::TakenOver) => {
                    told.late += 1;
                    break;
                }
                Err(error) => {
                    told.failed = Some(error);
                    break;
                }
            }
            done.push(delivery.position);
        }
        if let Err(error) = self.settle(deliveries, &done, again, &mut told).await {
            told.failed.get_or_insert(error);
        }
        told
    }

    /// Acknowledges what is done, and gives back the one to be tried again and what stands behind it.
    async fn settle(
        &self,
        deliveries: &[Delivery],
        done: &[u64],
        again: Option<(u64, Timestamp)>,
        told: &mut Told,
    ) -> Result<(), Error> {
        let store = &self.desk.inner.store;
        if !done.is_empty() {
            told.late += done.len().saturating_sub(store.acknowledge(self.token, done).await?);
        }
        // What failed in the store or was taken over stays held: whoever it is free for next finds out how it stands.
        if told.failed.is_some() || (again.is_none() && !told.out_of_time) {
            return Ok(());
        }
        if let Some((position, at)) = again {
            store.release(self.token, &[position], at).await?;
        }
        let behind = deliveries.iter().skip(done.len() + usize::from(again.is_some()));
        let behind: Vec<u64> = behind.map(|delivery| delivery.position).collect();
        told.held_back = behind.len();
        if !behind.is_empty() {
            store.release(self.token, &behind, self.desk.now()).await?;
        }
        Ok(())
    }

    async fn tell(&self, delivery: &Delivery) -> Result<Came, Error> {
        let Delivery { tenant, ticket, event: record, .. } = delivery;
        let tried = self.desk.tried(delivery).await?;
        if tried.is_dead {
            return Ok(Came::Dead);
        }
        let attempt = tried.attempt();
        let event = OutgoingEvent::new(tenant.clone(), *ticket, record.clone(), attempt);
        let answer = self.sink.tell(&event).await;
        let now = self.desk.now();
        let note = tried.note.as_ref().map(|(_, version)| RecordWrite {
            key: key(RecordKind::Retry, record.id),
            expected: Expected::At(*version),
            value: None,
        });
        let (reason, after, gives_up) = match answer {
            Answer::Delivered => {
                // Whoever has taken over meanwhile has the note too.
                self.write(tenant, now, note.into_iter().collect()).await?;
                return Ok(Came::Delivered);
            }
            Answer::Retry { reason, after } => (reason, after, attempt >= self.options.attempts.get()),
            Answer::Reject { reason } => (reason, None, true),
        };
        let letter = match tried.note {
            Some((note, _)) => note.again(now, &reason),
            None => DeadLetter::first(*ticket, record, now, &reason),
        };
        let writes = if gives_up {
            let dead = RecordWrite {
                key: key(RecordKind::DeadLetter, record.id),
                expected: Expected::Absent,
                value: Some(encode(&letter)?),
            };
            note.into_iter().chain([dead]).collect()
        } else {
            let key = key(RecordKind::Retry, record.id);
            let expected = note.map_or(Expected::Absent, |note| note.expected);
            vec![RecordWrite { key, expected, value: Some(encode(&letter)?) }]
        };
        if !self.write(tenant, now, writes).await? {
            return Ok(Came::TakenOver);
        }
        if gives_up {
            return Ok(Came::Dead);
        }
        let asked = after.map_or_else(chrono::TimeDelta::zero, |after| after.min(self.options.longest_wait).as_delta());
        Ok(Came::Later(now + backoff(record.id, attempt, self.options).max(asked)))
    }

    /// Commits records; `false` if others were faster.
    async fn write(&self, tenant: &TenantId, now: Timestamp, records: Vec<RecordWrite>) -> Result<bool, Error> {
        if records.is_empty() {
            return Ok(true);
        }
        let commit = Commit { records, ..Commit::new(tenant.clone(), Actor::System, now) };
        match self.desk.inner.store.commit(commit).await? {
            CommitOutcome::Applied(_) => Ok(true),
            CommitOutcome::Conflict(_) => Ok(false),
            other => Err(StoreError::new(FaultKind::Unexpected, "relay").because(format!("{other:?}")).into()),
        }
    }
}

/// The name of what is kept of an event.
pub(super) fn key(kind: RecordKind, event: EventId) -> RecordKey {
    RecordKey::new(kind, event.to_string())
}
