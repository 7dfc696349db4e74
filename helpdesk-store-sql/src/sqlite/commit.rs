//! The one act that changes tickets: everything is checked in the contract's order, then written. It is tried in one
//! round trip by what the writer remembers, and goes step by step only where that is wrong. Nothing is judged here; what
//! the checks compare with was decided in the core.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use helpdesk_core::store::{Applied, Commit, CommitOutcome, Conflict, NumberSource};
use helpdesk_core::ticket::{ExternalRef, TicketId, Version};

use super::gather::{Gather, Gathered, Sought};
use super::place::{Counters, Place};
use super::presume::Presumed;
use super::turn::Turn;
use super::writer::Act;
use super::{number, write};
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::rows::decode::{lock, replay};
use crate::rows::index::added_externals;

#[async_trait]
impl Act for Commit {
    type Answer = CommitOutcome;

    async fn apply(&self, turn: &mut Turn<'_>) -> Result<CommitOutcome, Fault> {
        if self.tickets.len() > Self::MAX_TICKETS {
            return Err(Fault::Limit("an act writes at most 8 tickets"));
        }
        if let Some(presumed) = Presumed::of(self, turn.memory) {
            match write::commit(self, &presumed.places, &presumed.counters, Some(&presumed), turn).await {
                Ok(()) => return Ok(applied(self, presumed.places, &presumed.counters, turn)),
                // Nothing was written; the transaction is open, and what stands there decides.
                Err(fault) if fault.is_presumption() => {}
                Err(fault) => return Err(fault),
            }
        }
        let (checks, gather) = Checks::plan(self);
        let mut found = Gathered::default();
        for statement in gather.statements() {
            found.take(turn.rows(statement).await?)?;
        }
        if let Some(outcome) = checks.verdict(self, &found)? {
            return Ok(outcome);
        }
        let mut places = checks.places(self, &found)?;
        let counters = number::draw(self, checks.counters(&found)?, &mut places, turn).await?;
        write::commit(self, &places, &counters, None, turn).await?;
        Ok(applied(self, places, &counters, turn))
    }
}

/// What is told of a commit that was written.
fn applied(commit: &Commit, places: Vec<Place>, counters: &Counters, turn: &mut Turn<'_>) -> CommitOutcome {
    turn.memory.keep(commit, &places, counters);
    let (numbers, first_seq) = places.into_iter().map(|place| (place.number, place.first_seq)).unzip();
    CommitOutcome::Applied(Applied { numbers, first_seq })
}

/// What is looked up for a commit, in the contract's order.
struct Checks {
    key: Option<Sought>,
    heads: Vec<Sought>,
    records: Vec<Sought>,
    guards: Vec<Sought>,
    fences: Vec<Sought>,
    externals: Vec<(ExternalRef, TicketId, Sought)>,
    given: Vec<(usize, Sought)>,
    counters: BTreeMap<String, Sought>,
    last_row: Option<Sought>,
}

impl Checks {
    fn plan(commit: &Commit) -> (Self, Gather) {
        let mut gather = Gather::new(&commit.tenant);
        let mut checks = Self {
            key: commit.key.as_ref().map(|key| gather.key(key)),
            heads: commit.tickets.iter().map(|write| gather.head(write.after.id)).collect(),
            records: commit.records.iter().map(|write| gather.record_version(&write.key)).collect(),
            guards: commit.guards.iter().map(|guard| gather.record_version(&guard.key)).collect(),
            fences: commit.fences.iter().map(|fence| gather.lock(fence.ticket)).collect(),
            externals: Vec::new(),
            given: Vec::new(),
            counters: BTreeMap::new(),
            last_row: None,
        };
        for (index, write) in commit.tickets.iter().enumerate() {
            for external in added_externals(write) {
                let sought = gather.external(&external);
                checks.externals.push((external, write.after.id, sought));
            }
            if write.before.is_some() {
                continue;
            }
            if checks.last_row.is_none() {
                checks.last_row = Some(gather.last_row());
            }
            let scope = match &write.number {
                NumberSource::Draw(plan) => Some(plan.scope()),
                NumberSource::Given { number, raise } => {
                    checks.given.push((index, gather.number(number.key().as_str())));
                    raise.as_ref().map(|(scope, _)| scope.as_str())
                }
            };
            if let Some(scope) = scope {
                checks.counters.entry(scope.to_owned()).or_insert_with(|| gather.counter(scope));
            }
        }
        (checks, gather)
    }

    /// The first check that fails; `None` if all hold.
    fn verdict(&self, commit: &Commit, found: &Gathered) -> Result<Option<CommitOutcome>, Fault> {
        if let Some((key, row)) = commit.key.as_ref().zip(self.key.and_then(|sought| found.get(sought))) {
            let replay = replay(row)?;
            let same = replay.fingerprint == key.fingerprint;
            return Ok(Some(if same { CommitOutcome::Replayed(replay) } else { CommitOutcome::KeyReused }));
        }
        for (write, sought) in commit.tickets.iter().zip(&self.heads) {
            let (expected, found) = (write.expected(), version(found, *sought)?);
            if expected != found {
                let ticket = write.after.id;
                return Ok(Some(CommitOutcome::Conflict(Conflict::Ticket { ticket, expected, found })));
            }
        }
        let records = commit.records.iter().map(|write| (&write.key, write.expected)).zip(&self.records);
        let guards = commit.guards.iter().map(|guard| (&guard.key, guard.expected)).zip(&self.guards);
        for ((key, expected), sought) in records.chain(guards) {
            let found = version(found, *sought)?;
            if expected.version() != found {
                return Ok(Some(CommitOutcome::Conflict(Conflict::Record { key: key.clone(), found })));
            }
        }
        for (fence, sought) in commit.fences.iter().zip(&self.fences) {
            let slot = lock(found.get(*sought), 4, fence.ticket)?;
            if slot != fence.seen {
                return Ok(Some(CommitOutcome::LockMoved { ticket: fence.ticket, slot }));
            }
        }
        self.taken(commit, found)
    }

    /// References and given numbers that another ticket has, one of the same commit included.
    fn taken(&self, commit: &Commit, found: &Gathered) -> Result<Option<CommitOutcome>, Fault> {
        let mut claimed = BTreeMap::new();
        for (external, ticket, sought) in &self.externals {
            let holder = found.get(*sought).map(|row| row.ticket_id(5)).transpose()?;
            let holder = holder.or_else(|| claimed.get(external).copied());
            match holder.filter(|holder| holder != ticket) {
                Some(ticket) => {
                    return Ok(Some(CommitOutcome::ExternalTaken { external: external.clone(), ticket }));
                }
                None => claimed.insert(external.clone(), *ticket),
            };
        }
        let mut numbers = BTreeSet::new();
        for (index, sought) in &self.given {
            if let Some(NumberSource::Given { number, .. }) = commit.tickets.get(*index).map(|write| &write.number)
                && (found.get(*sought).is_some() || !numbers.insert(number.key()))
            {
                return Ok(Some(CommitOutcome::NumberTaken { number: number.clone() }));
            }
        }
        Ok(None)
    }

    fn places(&self, commit: &Commit, found: &Gathered) -> Result<Vec<Place>, Fault> {
        let last_row = self.last_row.and_then(|sought| found.get(sought));
        let mut next_row = last_row.map_or(Ok(0), |row| row.maybe_int(1).map(Option::unwrap_or_default))?;
        let mut places = Vec::with_capacity(commit.tickets.len());
        for (write, sought) in commit.tickets.iter().zip(&self.heads) {
            let number = write.after.number.clone();
            places.push(if let Some(row) = found.get(*sought) {
                Place { row: row.int(2)?, first_seq: row.count(3)?.saturating_add(1), number }
            } else {
                next_row += 1;
                Place { row: next_row, first_seq: 1, number }
            });
        }
        Ok(places)
    }

    /// The next sequence of each scope that is drawn from or raised.
    fn counters(&self, found: &Gathered) -> Result<Counters, Fault> {
        let next = |sought: &Sought| found.get(*sought).map_or(Ok(1), |row| row.count(1));
        self.counters.iter().map(|(scope, sought)| Ok((scope.clone(), next(sought)?))).collect()
    }
}

/// A version that was sought; none if nothing stands there.
fn version(found: &Gathered, sought: Sought) -> Result<Version, Fault> {
    found.get(sought).map_or(Ok(Version::NONE), |row| row.version(1))
}
