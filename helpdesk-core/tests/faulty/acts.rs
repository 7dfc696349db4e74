//! What the faults do to an act before it is applied, and to its outcome.
#![expect(clippy::unwrap_used, reason = "a test; what is built here is well-formed")]

use std::sync::atomic::Ordering;

use chrono::SubsecRound;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{Ticket, TicketId, TicketNumber};

use super::fault::Fault;
use super::store::{Answer, Faulty};

impl Faulty {
    async fn stored(&self, tenant: &TenantId, id: TicketId) -> Answer<Option<Ticket>> {
        let wants = Wants { ticket: Some(TicketKey::Id(id)), ..Wants::default() };
        Ok(self.inner.load(tenant, &wants).await?.ticket)
    }

    /// What the fault does to an act before it is applied.
    pub(crate) async fn twist(&self, commit: &mut Commit) -> Answer<()> {
        match self.fault {
            Fault::IgnoredGuards => commit.guards.clear(),
            Fault::IgnoredFences => commit.fences.clear(),
            Fault::ForgetfulIdempotency => commit.key = None,
            Fault::DroppedDeliveries => commit.outbox = false,
            Fault::TellsEverything => commit.outbox = true,
            Fault::FoldedKeys => {
                if let Some(key) = &mut commit.key {
                    key.key = key.key.trim().to_lowercase();
                }
            }
            Fault::OverwrittenRecords => {
                for write in &mut commit.records {
                    let record = self.inner.record(&commit.tenant, &write.key).await?;
                    write.expected = record.map_or(Expected::Absent, |record| Expected::At(record.version));
                }
            }
            Fault::RecordsNeverGo => {
                for write in &mut commit.records {
                    write.value.get_or_insert_default();
                }
            }
            _ => {}
        }
        for write in &mut commit.records {
            match self.fault {
                Fault::FoldedRecordKeys | Fault::SharedRecordKinds => write.key = self.key(&write.key),
                Fault::FloatingNumbers => write.value = write.value.take().map(floating),
                _ => {}
            }
        }
        for write in &mut commit.tickets {
            match self.fault {
                Fault::LostUpdate => {
                    write.before = self.stored(&commit.tenant, write.after.id).await?;
                }
                Fault::TornCommit => write.messages.add.clear(),
                Fault::DroppedEvents => write.events.truncate(1),
                Fault::IgnoredErasing => write.messages.erase = false,
                Fault::LostRevisions => write.events.iter_mut().for_each(|(_, revision)| *revision = None),
                Fault::TrimmedTexts => {
                    write.messages.add.iter_mut().for_each(|message| message.body = message.body.trim().to_owned());
                }
                Fault::MillisecondTimes => write.after.updated_at = write.after.updated_at.trunc_subsecs(3),
                Fault::LostReferences => write.after.external.clear(),
                Fault::ErasingFreesReferences if write.messages.erase => write.after.external.clear(),
                Fault::ClippedInstants => {
                    let next_year: Timestamp = "2027-12-31T23:59:59Z".parse().unwrap();
                    write.after.manual_due_at = write.after.manual_due_at.map(|due| due.min(next_year));
                }
                Fault::IgnoredRaise => {
                    if let NumberSource::Given { raise, .. } = &mut write.number {
                        *raise = None;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// What the fault does behind an act that was refused.
    pub(crate) async fn behind(&self, commit: &Commit, outcome: CommitOutcome) -> Answer<CommitOutcome> {
        match (self.fault, outcome) {
            (Fault::IgnoredFingerprint, CommitOutcome::KeyReused) => {
                let wants = Wants { replay: commit.key.clone(), ..Wants::default() };
                let replay = self.inner.load(&commit.tenant, &wants).await?.replay.unwrap();
                Ok(CommitOutcome::Replayed(replay))
            }
            (Fault::VersionsBeforeKeys, outcome @ (CommitOutcome::KeyReused | CommitOutcome::Replayed(_))) => {
                let again = self.inner.commit(Commit { key: None, ..commit.clone() }).await?;
                Ok(if matches!(again, CommitOutcome::Applied(_)) { outcome } else { again })
            }
            (Fault::HalfAct, outcome @ CommitOutcome::Conflict(_)) => {
                let records = commit.records.clone();
                let half = Commit { records, ..Commit::new(commit.tenant.clone(), commit.actor.clone(), commit.at) };
                self.inner.commit(half).await?;
                Ok(outcome)
            }
            (Fault::OneNumberForAll, CommitOutcome::Applied(mut applied)) => {
                applied.numbers.iter_mut().for_each(|number| *number = TicketNumber::new("2026-000001").unwrap());
                Ok(CommitOutcome::Applied(applied))
            }
            (Fault::FirstPlaceIsZero, CommitOutcome::Applied(mut applied)) => {
                applied.first_seq.fill(0);
                Ok(CommitOutcome::Applied(applied))
            }
            (Fault::RenumberedTickets, CommitOutcome::Applied(mut applied)) => {
                for (write, number) in commit.tickets.iter().zip(&mut applied.numbers) {
                    if let NumberSource::Given { number: given, .. } = &write.number {
                        number.clone_from(given);
                    }
                }
                Ok(CommitOutcome::Applied(applied))
            }
            (Fault::TakenNumbersGiven, CommitOutcome::NumberTaken { .. }) => {
                let mut again = commit.clone();
                for write in &mut again.tickets {
                    let free = format!("free-{}", self.calls.fetch_add(1, Ordering::SeqCst));
                    write.number = NumberSource::Given { number: TicketNumber::new(&free).unwrap(), raise: None };
                }
                self.inner.commit(again).await
            }
            (Fault::MarksLostOnChange, outcome) => {
                for write in &commit.tickets {
                    let ben = AgentId::new("ben").unwrap();
                    self.inner.mark_read(&commit.tenant, &ben, write.after.id, 0).await?;
                }
                Ok(outcome)
            }
            (Fault::MarksOnNothing, outcome) => {
                let early = std::mem::take(&mut *self.early_marks.lock().unwrap());
                for (agent, ticket, position) in early {
                    self.inner.mark_read(&commit.tenant, &agent, ticket, position).await?;
                }
                Ok(outcome)
            }
            (_, outcome) => Ok(outcome),
        }
    }
}

/// A value whose whole numbers went through a float.
fn floating(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Number(number) => number.as_f64().map_or(Value::Null, Value::from),
        Value::Array(values) => values.into_iter().map(floating).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, floating(value))).collect(),
        other => other,
    }
}
