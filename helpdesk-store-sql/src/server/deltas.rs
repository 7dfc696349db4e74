//! What acts change, as rows of tables: alike for every server. Commits come in that do not touch each other; what each
//! rests on goes along, so that one statement can compare it and write.

use std::collections::BTreeMap;

use helpdesk_core::env::to_micros;
use helpdesk_core::store::{Commit, Guard, NumberSource, Shard, TicketWrite};
use helpdesk_core::ticket::{LockSlot, Message, Ticket, TicketNumber};

use super::bulk::Bulk;
use super::value::Value;
use crate::fault::Fault;
use crate::rows::columns::{print, signed};
use crate::rows::counted;
use crate::rows::document::{pack_event, pack_message, pack_ticket};
use crate::rows::index::{self, Indexed, Values, added_externals};

/// A commit with the numbers of its tickets, and what erasing leaves of their messages.
pub(crate) struct Ready<'c> {
    pub(crate) commit: &'c Commit,
    pub(crate) numbers: Vec<TicketNumber>,
    pub(crate) redacted: Vec<Message>,
}

/// Rows to be compared and written.
#[derive(Debug, Default)]
pub(crate) struct Deltas {
    /// Whole tickets with what is expected of them.
    pub(crate) tickets: Bulk,
    /// How many of them are new.
    pub(crate) new: usize,
    /// Locks as they were seen: tenant, ticket, slot.
    pub(crate) fences: Bulk,
    /// Versions of records, 0 for none: tenant, kind, name, version.
    pub(crate) guards: Bulk,
    pub(crate) keys: Bulk,
    pub(crate) externals: Bulk,
    /// In the order in which they are told.
    pub(crate) events: Bulk,
    pub(crate) messages: Bulk,
    pub(crate) redacted: Bulk,
    /// Tickets whose revisions go.
    pub(crate) erased: Bulk,
    pub(crate) values_gone: Bulk,
    pub(crate) values: Bulk,
    pub(crate) timers_gone: Bulk,
    pub(crate) timers: Bulk,
    /// Tickets whose marks change between live and done.
    pub(crate) moved: Bulk,
    pub(crate) counters: Bulk,
    pub(crate) records: Bulk,
    pub(crate) records_gone: Bulk,
    pub(crate) numbers: Bulk,
}

impl Deltas {
    /// The rows of commits that share no ticket, key, reference, number and record. `stripe` is where this writer
    /// counts.
    pub(crate) fn of(ready: &[Ready<'_>], stripe: i64) -> Result<Self, Fault> {
        let mut deltas = Self::default();
        // One row of a table may be met once by a statement: what several commits move is added up.
        let (mut counts, mut sequences) = (BTreeMap::new(), BTreeMap::new());
        for Ready { commit, numbers, redacted } in ready {
            let tenant = commit.tenant.as_str();
            for (scope, next) in raised(commit) {
                let place = sequences.entry((tenant, scope)).or_insert(next);
                *place = next.max(*place);
            }
            for (write, number) in commit.tickets.iter().zip(numbers) {
                let after = Ticket { number: number.clone(), ..write.after.clone() };
                for (counter, step) in counted::steps(write.before.as_ref(), &after) {
                    *counts.entry((tenant, counter)).or_insert(0) += step;
                }
                deltas.ticket(commit, write, &after)?;
            }
            for message in redacted {
                let doc = pack_message(message)?;
                let place = i64::from(message.seq);
                deltas.redacted.push([tenant.into(), message.ticket.into(), place.into(), doc.into()]);
            }
            deltas.beside(commit)?;
        }
        for ((tenant, scope), next) in sequences {
            deltas.numbers.push([tenant.into(), scope.into(), signed(next).into()]);
        }
        for ((tenant, (counted, (shelf, status, prio))), step) in counts.into_iter().filter(|(_, step)| *step != 0) {
            let row =
                [tenant.into(), counted.into(), shelf.into(), status.into(), prio.into(), stripe.into(), step.into()];
            deltas.counters.push(row);
        }
        Ok(deltas)
    }

    /// Leaves out what was compared already, while it was held.
    pub(crate) fn forget_checks(&mut self) {
        self.fences = Bulk::default();
        self.guards = Bulk::default();
    }

    fn ticket(&mut self, commit: &Commit, write: &TicketWrite, after: &Ticket) -> Result<(), Fault> {
        let tenant = commit.tenant.as_str();
        let bucket = i64::from(Shard::bucket(&commit.tenant));
        let now = Indexed::of(after);
        let (last_seq, last_author, other_seq) = index::newest(after);
        let events = i64::try_from(write.events.len()).unwrap_or(i64::MAX);
        self.new += usize::from(write.before.is_none());
        self.tickets.push([
            tenant.into(),
            after.id.into(),
            signed(write.expected().0).into(),
            events.into(),
            index::version(after).into(),
            after.number.key().as_str().into(),
            now.shelf.into(),
            now.live.into(),
            now.status.into(),
            now.rank.into(),
            now.created_at.into(),
            now.updated_at.into(),
            now.due_at.into(),
            now.breach_at.into(),
            now.assignee.into(),
            now.team.into(),
            now.category.into(),
            now.requester.into(),
            now.organization.into(),
            now.kind.into(),
            now.channel.into(),
            last_seq.into(),
            last_author.into(),
            other_seq.into(),
            pack_ticket(after)?.into(),
        ]);
        for (place, (record, revision)) in (1_i64..).zip(&write.events) {
            let told = i64::try_from(self.events.len()).unwrap_or(i64::MAX);
            self.events.push([
                told.into(),
                tenant.into(),
                after.id.into(),
                place.into(),
                signed(record.version.0).into(),
                to_micros(record.at).into(),
                record.actor.to_string().into(),
                record.id.0.into(),
                pack_event(&record.event)?.into(),
                revision.as_ref().map(print).transpose()?.into(),
                commit.outbox.then_some(bucket).into(),
            ]);
        }
        if write.messages.erase {
            self.erased.push([tenant.into(), after.id.into()]);
        }
        for message in &write.messages.add {
            let doc = pack_message(message)?;
            let place = i64::from(message.seq);
            self.messages.push([tenant.into(), after.id.into(), place.into(), message.id.0.into(), doc.into()]);
        }
        for external in added_externals(write) {
            self.externals.push([tenant.into(), external.source.into(), external.id.into(), after.id.into()]);
        }
        self.found_by(tenant, bucket, write, after);
        Ok(())
    }

    /// Values, timers and marks; only what differs.
    fn found_by(&mut self, tenant: &str, bucket: i64, write: &TicketWrite, after: &Ticket) {
        let before = write.before.as_ref();
        for (kind, values) in VALUES {
            let was = before.map(values).unwrap_or_default();
            let now = values(after);
            let moved = was.live != now.live;
            let row = |text: &String, live: i64| -> [Value; 5] {
                [tenant.into(), kind.into(), text.as_str().into(), live.into(), after.id.into()]
            };
            for text in was.texts.iter().filter(|text| moved || !now.texts.contains(*text)) {
                self.values_gone.push(row(text, was.live));
            }
            for text in now.texts.iter().filter(|text| moved || !was.texts.contains(*text)) {
                self.values.push(row(text, now.live));
            }
        }
        let was = before.map(Ticket::timers).unwrap_or_default();
        let now = after.timers();
        let row = |timer: &helpdesk_core::ticket::Timer| -> [Value; 5] {
            [bucket.into(), to_micros(timer.at).into(), timer.key.as_str().into(), tenant.into(), after.id.into()]
        };
        was.iter().filter(|timer| !now.contains(timer)).for_each(|timer| self.timers_gone.push(row(timer)));
        now.iter().filter(|timer| !was.contains(timer)).for_each(|timer| self.timers.push(row(timer)));
        let live = Indexed::of(after).live;
        if before.is_some_and(|before| Indexed::of(before).live != live) {
            self.moved.push([tenant.into(), after.id.into(), live.into()]);
        }
    }

    /// What stands beside the tickets of a commit.
    fn beside(&mut self, commit: &Commit) -> Result<(), Fault> {
        let tenant = commit.tenant.as_str();
        for fence in &commit.fences {
            self.fences.push([tenant.into(), fence.ticket.into(), slot(&fence.seen)?.into()]);
        }
        let written = commit.records.iter().map(|write| (&write.key, write.expected));
        let guarded = commit.guards.iter().map(|Guard { key, expected }| (key, *expected));
        for (key, expected) in written.chain(guarded) {
            let version = signed(expected.version().0);
            self.guards.push([tenant.into(), key.kind.as_str().into(), key.key.as_str().into(), version.into()]);
        }
        for write in &commit.records {
            let (kind, name) = (write.key.kind.as_str(), write.key.key.as_str());
            if let Some(value) = &write.value {
                let version = signed(write.expected.version().next().0);
                self.records.push([tenant.into(), kind.into(), name.into(), version.into(), print(value)?.into()]);
            } else {
                self.records_gone.push([tenant.into(), kind.into(), name.into()]);
            }
        }
        if let Some(key) = &commit.key {
            // An act that writes no ticket is remembered too, under no ticket.
            let first = commit.tickets.first().map(|write| &write.after);
            self.keys.push([
                tenant.into(),
                key.source.as_str().into(),
                key.key.as_str().into(),
                key.fingerprint.as_str().into(),
                first.map(|first| first.id).into(),
                first.map_or(0, index::version).into(),
                to_micros(commit.at).into(),
            ]);
        }
        Ok(())
    }
}

/// Where the sequences of numbers stand at least after a commit, by the numbers that were given to it.
pub(crate) fn raised(commit: &Commit) -> impl Iterator<Item = (&str, u64)> {
    let new = commit.tickets.iter().filter(|write| write.before.is_none());
    new.filter_map(|write| match &write.number {
        NumberSource::Given { raise: Some((scope, seq)), .. } => Some((scope.as_str(), seq.saturating_add(1))),
        _ => None,
    })
}

/// The sorts of values that a ticket is found by.
const VALUES: [(&str, ValuesOf); 3] = [("tag", Values::tags), ("term", Values::terms), ("party", Values::participants)];
type ValuesOf = fn(&Ticket) -> Values;

/// A lock as it is kept; nothing for one that was never used.
pub(crate) fn slot(slot: &LockSlot) -> Result<Option<String>, Fault> {
    if *slot == LockSlot::default() { Ok(None) } else { print(slot).map(Some) }
}
