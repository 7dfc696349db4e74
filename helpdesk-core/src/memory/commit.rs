//! Applying a commit: everything is checked first, then everything is written. What a commit is stands in
//! [`crate::store::Commit`]; nothing is decided here.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use super::outbox::Rows;
use super::{Desk, File, UsedKey};
use crate::store::{
    Applied, Commit, CommitOutcome, Conflict, HistoryEntry, IdempotencyKey, NumberSource, RecordKey, Replay,
    TicketWrite,
};
use crate::ticket::{EventRecord, ExternalRef, LockSlot, NumberKey, TicketId, TicketNumber, Version};

impl Desk {
    /// Applies `commit`, or says what stands against it and changes nothing.
    pub(super) fn commit(&mut self, outbox: &mut Rows, commit: Commit) -> CommitOutcome {
        match self.objection(&commit) {
            Some(outcome) => outcome,
            None => CommitOutcome::Applied(self.apply(outbox, commit)),
        }
    }

    /// The first check that fails, in the order of the contract.
    fn objection(&self, commit: &Commit) -> Option<CommitOutcome> {
        self.used_key(commit)
            .or_else(|| self.moved_ticket(commit))
            .or_else(|| self.moved_record(commit))
            .or_else(|| self.moved_lock(commit))
            .or_else(|| self.taken_reference(commit))
            .or_else(|| self.taken_number(commit))
    }

    fn used_key(&self, commit: &Commit) -> Option<CommitOutcome> {
        let key = commit.key.as_ref()?;
        let replay = self.replay(key)?;
        Some(if replay.fingerprint == key.fingerprint {
            CommitOutcome::Replayed(replay)
        } else {
            CommitOutcome::KeyReused
        })
    }

    fn moved_ticket(&self, commit: &Commit) -> Option<CommitOutcome> {
        commit.tickets.iter().find_map(|write| {
            let (ticket, expected) = (write.after.id, write.expected());
            let found = self.tickets.get(&ticket).map_or(Version::NONE, |file| file.ticket.version);
            (found != expected).then_some(CommitOutcome::Conflict(Conflict::Ticket { ticket, expected, found }))
        })
    }

    /// Records that are written, then those that are only rested on.
    fn moved_record(&self, commit: &Commit) -> Option<CommitOutcome> {
        let written = commit.records.iter().map(|write| (&write.key, write.expected));
        let guarded = commit.guards.iter().map(|guard| (&guard.key, guard.expected));
        written.chain(guarded).find_map(|(key, expected)| {
            let found = self.record_version(key);
            let conflict = Conflict::Record { key: key.clone(), found };
            (found != expected.version()).then_some(CommitOutcome::Conflict(conflict))
        })
    }

    fn moved_lock(&self, commit: &Commit) -> Option<CommitOutcome> {
        commit.fences.iter().find_map(|fence| {
            let slot = self.lock(fence.ticket);
            (slot != fence.seen).then_some(CommitOutcome::LockMoved { ticket: fence.ticket, slot })
        })
    }

    fn taken_reference(&self, commit: &Commit) -> Option<CommitOutcome> {
        let mut claimed: BTreeMap<&ExternalRef, TicketId> = BTreeMap::new();
        for write in &commit.tickets {
            for external in references(write) {
                let holder = self.external.get(external).or_else(|| claimed.get(external)).copied();
                if let Some(ticket) = holder.filter(|ticket| *ticket != write.after.id) {
                    return Some(CommitOutcome::ExternalTaken { external: external.clone(), ticket });
                }
                claimed.insert(external, write.after.id);
            }
        }
        None
    }

    fn taken_number(&self, commit: &Commit) -> Option<CommitOutcome> {
        let mut claimed: BTreeSet<NumberKey> = BTreeSet::new();
        commit.tickets.iter().filter(|write| write.before.is_none()).find_map(|write| {
            let NumberSource::Given { number, .. } = &write.number else { return None };
            let taken = self.numbers.contains_key(&number.key()) || !claimed.insert(number.key());
            taken.then(|| CommitOutcome::NumberTaken { number: number.clone() })
        })
    }

    fn apply(&mut self, outbox: &mut Rows, commit: Commit) -> Applied {
        self.take_given_numbers(&commit);
        if let Some(key) = &commit.key {
            self.remember(key, &commit);
        }
        for write in commit.records {
            let version = self.record_version(&write.key).next();
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
        for external in references(&write) {
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

    pub(super) fn record_version(&self, key: &RecordKey) -> Version {
        self.records.get(key).map_or(Version::NONE, |(version, _)| *version)
    }

    pub(super) fn lock(&self, ticket: TicketId) -> LockSlot {
        self.tickets.get(&ticket).map(|file| file.lock.clone()).unwrap_or_default()
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

/// The references that a write brings along.
fn references(write: &TicketWrite) -> impl Iterator<Item = &ExternalRef> {
    write.after.external.iter().chain(write.messages.add.iter().flat_map(|message| &message.external))
}
