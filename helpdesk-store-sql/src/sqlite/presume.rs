//! A commit placed by what the writer remembers: its first statement compares everything the commit rests on, and ends
//! the script unless all of it holds. So checks and writes are one round trip; which check failed, `commit` finds out.

use std::collections::BTreeSet;

use helpdesk_core::store::{Commit, NumberSource};
use helpdesk_core::ticket::{LockSlot, Version};

use super::memory::Memory;
use super::place::{Counters, Place};
use super::script::Part;
use crate::fault::Fault;
use crate::rows::columns::{print, signed};
use crate::rows::index::added_externals;

/// Where a commit would write if nobody else wrote since.
pub(super) struct Presumed {
    pub(super) places: Vec<Place>,
    /// Where the counters of numbers stand after it.
    pub(super) counters: Counters,
    /// For a commit with new tickets: the largest row, and where the counters stand before it.
    last_row: Option<i64>,
    drawn_from: Counters,
}

impl Presumed {
    /// Places a commit; `None` if something it needs is not remembered, or only the long way can judge it.
    pub(super) fn of(commit: &Commit, memory: &Memory) -> Option<Self> {
        let mut presumed =
            Self { places: Vec::new(), counters: Counters::new(), last_row: None, drawn_from: Counters::new() };
        let mut taken = BTreeSet::new();
        for write in &commit.tickets {
            // Erasing reads what it takes away, and one reference may come twice.
            if write.messages.erase || commit.tickets.len() > 1 && !added_externals(write).is_empty() {
                return None;
            }
            let place = if write.before.is_some() {
                let head = memory.head(write.after.id).filter(|head| head.version == write.expected())?;
                let number = write.after.number.clone();
                Place { row: head.row, first_seq: head.event_seq.saturating_add(1), number }
            } else {
                let NumberSource::Draw(plan) = &write.number else { return None };
                let scope = plan.scope();
                let next = match presumed.counters.get(scope) {
                    Some(next) => *next,
                    None => memory.counter(&commit.tenant, scope)?,
                };
                presumed.drawn_from.entry(scope.to_owned()).or_insert(next);
                let after = next.checked_add(1).filter(|after| i64::try_from(*after).is_ok())?;
                presumed.counters.insert(scope.to_owned(), after);
                let number = plan.print(next);
                if !taken.insert(number.key()) {
                    return None;
                }
                let last = presumed.places.iter().map(|place| place.row).max();
                presumed.last_row = memory.last_row();
                Place { row: presumed.last_row?.max(last.unwrap_or_default()).checked_add(1)?, first_seq: 1, number }
            };
            presumed.places.push(place);
        }
        Some(presumed)
    }

    /// Adds the statement that fails, by [`Fault::is_presumption`], unless everything is as presumed.
    pub(super) fn compare(&self, commit: &Commit, sql: &mut Part) -> Result<(), Fault> {
        sql.add("SELECT 0 WHERE json_extract('{}', CASE WHEN 1", &[]);
        let tenant = sql.tenant;
        if let Some(key) = &commit.key {
            let params = [tenant, sql.value(key.source.as_str()), sql.value(key.key.as_str())];
            sql.add(
                " AND NOT EXISTS (SELECT 1 FROM helpdesk_key WHERE tenant = ? AND source = ? AND key = ?)",
                &params,
            );
        }
        for (write, place) in commit.tickets.iter().zip(&self.places) {
            let id = sql.value(write.after.id.0.as_bytes().as_slice());
            if write.before.is_some() {
                let params = [
                    tenant,
                    id,
                    sql.value(signed(write.expected().0)),
                    sql.value(place.row),
                    sql.value(signed(place.first_seq.saturating_sub(1))),
                ];
                sql.add(
                    " AND (SELECT version, row, event_seq FROM helpdesk_ticket WHERE tenant = ? AND id = ?) IS (?, ?, ?)",
                    &params,
                );
            } else {
                let key = place.number.key();
                let params = [tenant, id, tenant, sql.value(key.as_str())];
                sql.add(
                    " AND NOT EXISTS (SELECT 1 FROM helpdesk_ticket WHERE tenant = ? AND id = ?) \
                     AND NOT EXISTS (SELECT 1 FROM helpdesk_ticket WHERE tenant = ? AND number_key = ?)",
                    &params,
                );
            }
            for external in added_externals(write) {
                let params = [tenant, sql.value(external.source.as_str()), sql.value(external.id.as_str())];
                sql.add(
                    " AND NOT EXISTS (SELECT 1 FROM helpdesk_external WHERE tenant = ? AND source = ? AND id = ?)",
                    &params,
                );
            }
        }
        if let Some(last) = self.last_row {
            let params = [sql.value(last)];
            sql.add(" AND (SELECT max(row) FROM helpdesk_ticket) IS ?", &params);
        }
        for (scope, next) in &self.drawn_from {
            let params = [tenant, sql.value(scope.as_str()), sql.value(signed(*next))];
            sql.add(" AND (SELECT next FROM helpdesk_number WHERE tenant = ? AND scope = ?) IS ?", &params);
        }
        let records = commit.records.iter().map(|write| (&write.key, write.expected));
        for (key, expected) in records.chain(commit.guards.iter().map(|guard| (&guard.key, guard.expected))) {
            let expected = Some(expected.version()).filter(|version| *version != Version::NONE);
            let expected = sql.value(expected.map(|version| signed(version.0)));
            let params = [tenant, sql.value(key.kind.as_str()), sql.value(key.key.as_str()), expected];
            sql.add(
                " AND (SELECT version FROM helpdesk_record WHERE tenant = ? AND kind = ? AND key = ?) IS ?",
                &params,
            );
        }
        for fence in &commit.fences {
            // A slot that was never used has no row.
            let seen = if fence.seen == LockSlot::default() { None } else { Some(print(&fence.seen)?) };
            let params = [tenant, sql.value(fence.ticket.0.as_bytes().as_slice()), sql.value(seen)];
            sql.add(" AND (SELECT doc FROM helpdesk_lock WHERE tenant = ? AND ticket = ?) IS ?", &params);
        }
        // What is no path is refused by the engine, which repeats it: the script ends there, and is told apart.
        sql.add(" THEN '$' ELSE 'presumed otherwise' END) IS NULL", &[]);
        Ok(())
    }
}
