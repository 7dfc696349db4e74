//! The one act that changes tickets: everything is checked in the contract's order, then written. Nothing is judged
//! here; what the checks compare with was decided in the core.

use std::collections::{BTreeMap, BTreeSet};

use helpdesk_core::store::{Commit, CommitOutcome, Conflict, NumberSource, RecordKey, TicketWrite};
use helpdesk_core::ticket::{ExternalRef, Ticket, TicketId, Version};

use super::documents::{external_key, lock, number_key, record_version, replay, ticket};
use super::draft::Draft;
use super::error::Fault;
use super::write;

/// Applies `commit`, or says what stands against it and changes nothing.
pub(crate) fn commit(commit: Commit, draft: &mut Draft<'_>) -> Result<CommitOutcome, Fault> {
    if commit.tickets.len() > Commit::MAX_TICKETS {
        return Err(Fault::Limit("an act writes at most 8 tickets"));
    }
    let mut stored = Vec::with_capacity(commit.tickets.len());
    if let Some(outcome) = used_key(&commit, draft)? {
        return Ok(outcome);
    }
    for write in &commit.tickets {
        match moved_ticket(&commit, write, draft)? {
            Ok(before) => stored.push(before),
            Err(conflict) => return Ok(CommitOutcome::Conflict(conflict)),
        }
    }
    for objection in [moved_record, moved_lock, taken_reference, taken_number] {
        if let Some(outcome) = objection(&commit, draft)? {
            return Ok(outcome);
        }
    }
    write::commit(commit, stored, draft).map(CommitOutcome::Applied)
}

fn used_key(commit: &Commit, draft: &Draft<'_>) -> Result<Option<CommitOutcome>, Fault> {
    let Some(key) = &commit.key else { return Ok(None) };
    Ok(replay(draft.view, &commit.tenant, key)?.map(|replay| {
        if replay.fingerprint == key.fingerprint { CommitOutcome::Replayed(replay) } else { CommitOutcome::KeyReused }
    }))
}

/// The ticket as it stands, if it is as expected.
fn moved_ticket(
    commit: &Commit,
    write: &TicketWrite,
    draft: &Draft<'_>,
) -> Result<Result<Option<Ticket>, Conflict>, Fault> {
    let (id, expected) = (write.after.id, write.expected());
    let before = ticket(draft.view, &commit.tenant, id)?;
    let found = before.as_ref().map_or(Version::NONE, |before| before.version);
    Ok(if found == expected { Ok(before) } else { Err(Conflict::Ticket { ticket: id, expected, found }) })
}

/// Records that are written, then those that are only rested on.
fn moved_record(commit: &Commit, draft: &Draft<'_>) -> Result<Option<CommitOutcome>, Fault> {
    let written = commit.records.iter().map(|write| (&write.key, write.expected));
    let guarded = commit.guards.iter().map(|guard| (&guard.key, guard.expected));
    for (key, expected) in written.chain(guarded) {
        let found = record_version(draft.view, &commit.tenant, key)?;
        if found != expected.version() {
            return Ok(Some(CommitOutcome::Conflict(Conflict::Record { key: RecordKey::clone(key), found })));
        }
    }
    Ok(None)
}

fn moved_lock(commit: &Commit, draft: &Draft<'_>) -> Result<Option<CommitOutcome>, Fault> {
    for fence in &commit.fences {
        let slot = lock(draft.view, &commit.tenant, fence.ticket)?;
        if slot != fence.seen {
            return Ok(Some(CommitOutcome::LockMoved { ticket: fence.ticket, slot }));
        }
    }
    Ok(None)
}

fn taken_reference(commit: &Commit, draft: &Draft<'_>) -> Result<Option<CommitOutcome>, Fault> {
    let mut claimed: BTreeMap<&ExternalRef, TicketId> = BTreeMap::new();
    for write in &commit.tickets {
        for external in write::references(write) {
            let stored = draft.view.ticket_id(&external_key(&commit.tenant, external))?;
            let holder = stored.or_else(|| claimed.get(external).copied());
            if let Some(ticket) = holder.filter(|ticket| *ticket != write.after.id) {
                return Ok(Some(CommitOutcome::ExternalTaken { external: external.clone(), ticket }));
            }
            claimed.insert(external, write.after.id);
        }
    }
    Ok(None)
}

fn taken_number(commit: &Commit, draft: &Draft<'_>) -> Result<Option<CommitOutcome>, Fault> {
    let mut claimed = BTreeSet::new();
    for write in commit.tickets.iter().filter(|write| write.before.is_none()) {
        let NumberSource::Given { number, .. } = &write.number else { continue };
        let stored = draft.view.ticket_id(&number_key(&commit.tenant, &number.key()))?;
        if stored.is_some() || !claimed.insert(number.key()) {
            return Ok(Some(CommitOutcome::NumberTaken { number: number.clone() }));
        }
    }
    Ok(None)
}
