//! Loading what a decision needs.

use super::Desk;
use crate::store::{IdempotencyKey, Loaded, Record, RecordKey, Replay, TicketKey, Wants};
use crate::ticket::TicketId;

impl Desk {
    /// Everything wanted, as it stands now.
    pub(super) fn load(&self, wants: &Wants) -> Loaded {
        let file = wants.ticket.as_ref().and_then(|key| self.find(key)).and_then(|id| self.tickets.get(&id));
        Loaded {
            ticket: file.map(|file| file.ticket.clone()),
            lock: file.map(|file| file.lock.clone()).unwrap_or_default(),
            records: wants.records.iter().map(|key| self.record(key)).collect(),
            versions: wants.versions.iter().map(|key| self.version_of(key)).collect(),
            replay: wants.replay.as_ref().and_then(|key| self.used(key)),
            mark: file.map_or(0, |file| file.mark(wants.mark.as_ref())),
        }
    }

    pub(super) fn record(&self, key: &RecordKey) -> Option<Record> {
        let (version, value) = self.records.get(key)?;
        Some(Record { key: key.clone(), version: *version, value: value.clone() })
    }

    /// What an idempotency key gave before, whatever it was used for.
    pub(super) fn used(&self, key: &IdempotencyKey) -> Option<Replay> {
        let used = self.keys.get(&(key.source.clone(), key.key.clone()))?;
        Some(used.replay.clone())
    }

    fn find(&self, key: &TicketKey) -> Option<TicketId> {
        match key {
            TicketKey::Id(id) => Some(*id),
            TicketKey::Number(number) => self.numbers.get(number).copied(),
            TicketKey::External(external) => self.external.get(external).copied(),
        }
    }
}
