//! Applying a commit: the core checks it against what stands, then everything is written. Nothing is decided here.

use std::collections::{BTreeMap, BTreeSet};

use helpdesk_core::store::*;
use helpdesk_core::ticket::{ExternalRef, LockSlot, Message, NumberKey, TicketId, Version};

use super::data::{Fault, File, Used, Writing, pair};
use super::others::push;

/// Applies `commit`, or says what stands against it and changes nothing.
pub(crate) fn apply(commit: Commit, data: &mut Writing<'_>) -> Result<CommitOutcome, Fault> {
    let mut files = data.files(&commit.tenant)?;
    if let Some(outcome) = commit.objection(&Desk { commit: &commit, files: &files, data })? {
        return Ok(outcome);
    }
    let (tenant, desk) = (&commit.tenant, commit.tenant.as_str());
    if let Some(key) = &commit.key {
        let first = commit.tickets.first().map(|write| &write.after);
        let (ticket, version) = (first.map(|first| first.id), first.map_or(Version::NONE, |first| first.version));
        let used = Used { at: commit.at, fingerprint: key.fingerprint.clone(), ticket, version };
        data.put(desk, "key", &pair(&key.source, &key.key), &used)?;
    }
    for write in commit.records {
        let version = data.record_version(tenant, &write.key)?.next();
        match write.value {
            Some(value) => data.put(desk, write.key.kind.as_str(), &write.key.key, &(version, value))?,
            None => data.remove(desk, write.key.kind.as_str(), &write.key.key)?,
        }
    }
    // Given numbers are taken before any is drawn, so that drawing goes round them.
    let mut numbers: BTreeSet<NumberKey> = files.values().map(|file| file.ticket.number.key()).collect();
    for write in commit.tickets.iter().filter(|write| write.before.is_none()) {
        if let NumberSource::Given { number, raise } = &write.number {
            numbers.insert(number.key());
            if let Some((scope, seq)) = raise {
                let drawn: u64 = data.get(desk, "drawn", scope)?.unwrap_or_default();
                data.put(desk, "drawn", scope, &drawn.max(*seq))?;
            }
        }
    }
    let mut applied = Applied::default();
    for write in commit.tickets {
        let TicketWrite { mut after, number, events, messages, .. } = write;
        let id = after.id;
        after.number = match (files.get(&id), number) {
            (Some(file), _) => file.ticket.number.clone(),
            (None, NumberSource::Given { number, .. }) => number,
            (None, NumberSource::Draw(plan)) => {
                let drawn: u64 = data.get(desk, "drawn", plan.scope())?.unwrap_or_default();
                let free = (drawn + 1..=u64::MAX).find(|seq| numbers.insert(plan.print(*seq).key()));
                let seq = free.ok_or("no number is left")?;
                data.put(desk, "drawn", plan.scope(), &seq)?;
                plan.print(seq)
            }
        };
        applied.numbers.push(after.number.clone());
        let mut file = files.remove(&id).unwrap_or_else(|| File::new(after.clone()));
        file.ticket = after;
        if messages.erase {
            file.messages.iter_mut().for_each(Message::redact);
            file.history.iter_mut().for_each(|(_, revision)| *revision = None);
        }
        file.messages.extend(messages.add);
        let events: Vec<_> = events.into_iter().map(|(record, revision)| file.append(record, revision)).collect();
        applied.first_seq.push(events.first().map_or(0, |record| record.seq));
        data.put_file(tenant, &file)?;
        if commit.outbox {
            push(tenant, id, events, data)?;
        }
    }
    Ok(CommitOutcome::Applied(applied))
}

/// What stands, for the checks.
struct Desk<'a, 't> {
    commit: &'a Commit,
    files: &'a BTreeMap<TicketId, File>,
    data: &'a Writing<'t>,
}

impl Standing for Desk<'_, '_> {
    type Fault = Fault;

    fn replay(&self, key: &IdempotencyKey) -> Result<Option<Replay>, Fault> {
        let used: Option<Used> = self.data.get(self.commit.tenant.as_str(), "key", &pair(&key.source, &key.key))?;
        Ok(used.map(Into::into))
    }

    fn version(&self, ticket: TicketId) -> Result<Version, Fault> {
        Ok(self.files.get(&ticket).map_or(Version::NONE, |file| file.ticket.version))
    }

    fn record_version(&self, key: &RecordKey) -> Result<Version, Fault> {
        self.data.record_version(&self.commit.tenant, key)
    }

    fn lock(&self, ticket: TicketId) -> Result<LockSlot, Fault> {
        Ok(self.files.get(&ticket).map(|file| file.lock.clone()).unwrap_or_default())
    }

    fn holder(&self, external: &ExternalRef) -> Result<Option<TicketId>, Fault> {
        Ok(self.files.values().find(|file| file.has(external)).map(|file| file.ticket.id))
    }

    fn is_numbered(&self, number: &NumberKey) -> Result<bool, Fault> {
        Ok(self.files.values().any(|file| file.ticket.number.key() == *number))
    }
}
