//! Applying a commit: everything is checked first, then everything is written. What a commit is stands in
//! [`crate::store::Commit`]; nothing is decided here.

use std::collections::BTreeSet;
use std::collections::btree_map::Entry;
use std::convert::Infallible;

use super::outbox::Rows;
use super::{Desk, File, UsedKey};
use crate::store::{
    Applied, Commit, CommitOutcome, HistoryEntry, IdempotencyKey, NumberSource, RecordKey, Replay, Standing,
    TicketWrite,
};
use crate::ticket::{EventRecord, ExternalRef, LockSlot, NumberKey, TicketId, TicketNumber, Version};

impl Desk {
    /// Applies `commit`, or says what stands against it and changes nothing.
    pub(super) fn commit(&mut self, outbox: &mut Rows, commit: Commit) -> CommitOutcome {
        match commit.objection(self) {
            Ok(Some(outcome)) => outcome,
            Ok(None) => CommitOutcome::Applied(self.apply(outbox, commit)),
            Err(never) => match never {},
        }
    }

    fn apply(&mut self, outbox: &mut Rows, commit: Commit) -> Applied {
        self.take_given_numbers(&commit);
        if let Some(key) = &commit.key {
            self.remember(key, &commit);
        }
        for write in commit.records {
            let version = self.version_of(&write.key).next();
            match write.value {
                Some(value) => self.records.insert(write.key, (version, value)),
                None => self.records.remove(&write.key),
            };
        }
        let mut applied = Applied::default();
        for write in commit.tickets {
            let id = write.after.id;
            let (number, entries) = self.write(write);
            applied.first_seq.push(entries.first().map_or(0, |record| record.seq));
            applied.numbers.push(number);
            if commit.outbox {
                for record in entries {
                    outbox.push(&commit.tenant, id, record);
                }
            }
        }
        applied
    }

    /// Given numbers are taken before any is drawn, so that drawing goes round them whatever the order.
    fn take_given_numbers(&mut self, commit: &Commit) {
        for write in commit.tickets.iter().filter(|write| write.before.is_none()) {
            if let NumberSource::Given { number, raise } = &write.number {
                self.numbers.insert(number.key(), write.after.id);
                if let Some((scope, seq)) = raise {
                    let drawn = self.drawn.entry(scope.clone()).or_default();
                    *drawn = (*drawn).max(*seq);
                }
            }
        }
    }

    /// Writes one ticket with all that belongs to it; gives its number and its new events.
    fn write(&mut self, write: TicketWrite) -> (TicketNumber, Vec<EventRecord>) {
        let id = write.after.id;
        let number = match (self.tickets.get(&id), &write.number) {
            (Some(file), _) => file.ticket.number.clone(),
            (None, NumberSource::Given { number, .. }) => number.clone(),
            (None, NumberSource::Draw(plan)) => self.draw(plan.scope(), |seq| plan.print(seq), id),
        };
        for external in write.references() {
            self.external.insert(external.clone(), id);
        }
        let file = self.tickets.entry(id).or_insert_with(|| File::new(write.after.clone()));
        file.ticket = write.after;
        file.ticket.number.clone_from(&number);
        if write.messages.erase {
            file.messages.values_mut().for_each(crate::ticket::Message::redact);
            file.history.iter_mut().for_each(|entry| entry.revision = None);
        }
        file.messages.extend(write.messages.add.into_iter().map(|message| (message.seq, message)));
        let records = write.events.into_iter().map(|(record, revision)| file.append(record, revision)).collect();
        if write.messages.erase {
            let still = file.references();
            self.external.retain(|external, ticket| *ticket != id || still.contains(external));
        }
        (number, records)
    }

    /// The next number of a scope that nobody has.
    fn draw(&mut self, scope: &str, print: impl Fn(u64) -> TicketNumber, ticket: TicketId) -> TicketNumber {
        let drawn = self.drawn.entry(scope.to_owned()).or_default();
        loop {
            *drawn += 1;
            let number = print(*drawn);
            if let Entry::Vacant(free) = self.numbers.entry(number.key()) {
                free.insert(ticket);
                return number;
            }
        }
    }

    fn remember(&mut self, key: &IdempotencyKey, commit: &Commit) {
        let first = commit.tickets.first().map(|write| &write.after);
        let (ticket, version) = (first.map(|first| first.id), first.map_or(Version::NONE, |first| first.version));
        let replay = Replay { fingerprint: key.fingerprint.clone(), ticket, version };
        self.keys.insert((key.source.clone(), key.key.clone()), UsedKey { at: commit.at, replay });
    }

    pub(super) fn version_of(&self, key: &RecordKey) -> Version {
        self.records.get(key).map_or(Version::NONE, |(version, _)| *version)
    }

    pub(super) fn slot(&self, ticket: TicketId) -> LockSlot {
        self.tickets.get(&ticket).map(|file| file.lock.clone()).unwrap_or_default()
    }
}

impl Standing for Desk {
    type Fault = Infallible;

    fn replay(&self, key: &IdempotencyKey) -> Result<Option<Replay>, Infallible> {
        Ok(self.used(key))
    }

    fn version(&self, ticket: TicketId) -> Result<Version, Infallible> {
        Ok(self.tickets.get(&ticket).map_or(Version::NONE, |file| file.ticket.version))
    }

    fn record_version(&self, key: &RecordKey) -> Result<Version, Infallible> {
        Ok(self.version_of(key))
    }

    fn lock(&self, ticket: TicketId) -> Result<LockSlot, Infallible> {
        Ok(self.slot(ticket))
    }

    fn holder(&self, external: &ExternalRef) -> Result<Option<TicketId>, Infallible> {
        Ok(self.external.get(external).copied())
    }

    fn is_numbered(&self, number: &NumberKey) -> Result<bool, Infallible> {
        Ok(self.numbers.contains_key(number))
    }
}

impl File {
    /// Puts an event at the end of the history and gives it its place there.
    pub(super) fn append(&mut self, mut record: EventRecord, revision: Option<serde_json::Value>) -> EventRecord {
        record.seq = self.history.last().map_or(0, |entry| entry.record.seq) + 1;
        self.history.push(HistoryEntry { record: record.clone(), revision });
        record
    }

    /// Where the ticket and its messages are known outside.
    fn references(&self) -> BTreeSet<ExternalRef> {
        let messages = self.messages.values().flat_map(|message| &message.external);
        self.ticket.external.iter().chain(messages).cloned().collect()
    }
}
