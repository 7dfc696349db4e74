//! The checks of a commit, in the order of the contract: for backends that can look things up one by one while they hold
//! the right to write. How something is looked up is theirs.

use std::collections::{BTreeMap, BTreeSet};

use super::{Commit, CommitOutcome, Conflict, IdempotencyKey, NumberSource, RecordKey, Replay, TicketWrite};
use crate::ticket::{ExternalRef, LockSlot, NumberKey, TicketId, Version};

/// What stands in a tenant's part of a store at the moment of a commit.
pub trait Standing {
    /// What may go wrong while it is looked up.
    type Fault;

    /// What an idempotency key gave before, whatever it was used for.
    ///
    /// # Errors
    /// As this and the others of it: if it cannot be read.
    fn replay(&self, key: &IdempotencyKey) -> Result<Option<Replay>, Self::Fault>;
    /// A ticket's version; [`Version::NONE`] if it is not there.
    ///
    /// # Errors
    /// If it cannot be read.
    fn version(&self, ticket: TicketId) -> Result<Version, Self::Fault>;
    /// A record's version; [`Version::NONE`] if it is not there.
    ///
    /// # Errors
    /// If it cannot be read.
    fn record_version(&self, key: &RecordKey) -> Result<Version, Self::Fault>;
    /// A ticket's lock; the default if it was never locked or is not there.
    ///
    /// # Errors
    /// If it cannot be read.
    fn lock(&self, ticket: TicketId) -> Result<LockSlot, Self::Fault>;
    /// The ticket that has a reference, itself or by one of its messages.
    ///
    /// # Errors
    /// If it cannot be read.
    fn holder(&self, external: &ExternalRef) -> Result<Option<TicketId>, Self::Fault>;
    /// Whether a ticket has this number.
    ///
    /// # Errors
    /// If it cannot be read.
    fn is_numbered(&self, number: &NumberKey) -> Result<bool, Self::Fault>;
}

impl Commit {
    /// The first check that fails, in the order that [`super::TicketStore::commit`] demands; `None` if nothing stands
    /// against the act. Nobody may write between this and the act.
    ///
    /// # Errors
    /// If something cannot be looked up.
    pub fn objection<S: Standing>(&self, standing: &S) -> Result<Option<CommitOutcome>, S::Fault> {
        if let Some(key) = &self.key
            && let Some(replay) = standing.replay(key)?
        {
            let same = replay.fingerprint == key.fingerprint;
            return Ok(Some(if same { CommitOutcome::Replayed(replay) } else { CommitOutcome::KeyReused }));
        }
        for write in &self.tickets {
            let (ticket, expected) = (write.after.id, write.expected());
            let found = standing.version(ticket)?;
            if found != expected {
                return Ok(Some(CommitOutcome::Conflict(Conflict::Ticket { ticket, expected, found })));
            }
        }
        // Records that are written, then those that are only rested on.
        let written = self.records.iter().map(|write| (&write.key, write.expected));
        for (key, expected) in written.chain(self.guards.iter().map(|guard| (&guard.key, guard.expected))) {
            let found = standing.record_version(key)?;
            if found != expected.version() {
                return Ok(Some(CommitOutcome::Conflict(Conflict::Record { key: key.clone(), found })));
            }
        }
        for fence in &self.fences {
            let slot = standing.lock(fence.ticket)?;
            if slot != fence.seen {
                return Ok(Some(CommitOutcome::LockMoved { ticket: fence.ticket, slot }));
            }
        }
        self.taken(standing)
    }

    /// References and given numbers that another ticket has, one of the same act included.
    fn taken<S: Standing>(&self, standing: &S) -> Result<Option<CommitOutcome>, S::Fault> {
        let mut claimed: BTreeMap<&ExternalRef, TicketId> = BTreeMap::new();
        for write in &self.tickets {
            for external in write.references() {
                let holder = standing.holder(external)?.or_else(|| claimed.get(external).copied());
                if let Some(ticket) = holder.filter(|ticket| *ticket != write.after.id) {
                    return Ok(Some(CommitOutcome::ExternalTaken { external: external.clone(), ticket }));
                }
                claimed.insert(external, write.after.id);
            }
        }
        let mut numbers = BTreeSet::new();
        for write in self.tickets.iter().filter(|write| write.before.is_none()) {
            let NumberSource::Given { number, .. } = &write.number else { continue };
            if standing.is_numbered(&number.key())? || !numbers.insert(number.key()) {
                return Ok(Some(CommitOutcome::NumberTaken { number: number.clone() }));
            }
        }
        Ok(None)
    }
}

impl TicketWrite {
    /// The references that it brings along: the ticket's own, and those of the messages that are added.
    pub fn references(&self) -> impl Iterator<Item = &ExternalRef> {
        self.after.external.iter().chain(self.messages.add.iter().flat_map(|message| &message.external))
    }
}
