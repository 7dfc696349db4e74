//! Which commits can go in one statement: those that do not touch what another one of them writes.

use std::collections::HashSet;

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Commit, NumberSource, RecordKey};
use helpdesk_core::ticket::{ExternalRef, NumberKey, TicketId};

use crate::rows::index::added_externals;

/// What commits touch, those that have to wait included: nobody overtakes one that touches the same.
#[derive(Default)]
pub(crate) struct Touched {
    written: HashSet<(TenantId, Thing)>,
    /// Records that were only rested on.
    read: HashSet<(TenantId, Thing)>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Thing {
    Ticket(TicketId),
    Key(String, String),
    External(ExternalRef),
    Number(NumberKey),
    Record(RecordKey),
}

impl Touched {
    /// Adds what a commit touches; says whether nothing of it was written by one before, and nothing that one before
    /// rests on is written by it.
    pub(crate) fn add(&mut self, commit: &Commit) -> bool {
        let of = |thing| (commit.tenant.clone(), thing);
        let written = writes(commit).map(of);
        let read = commit.guards.iter().map(|guard| of(Thing::Record(guard.key.clone())));
        let mut apart = true;
        for thing in read {
            apart &= !self.written.contains(&thing);
            self.read.insert(thing);
        }
        for thing in written {
            apart &=
                !self.read.contains(&thing) || commit.guards.iter().any(|g| thing.1 == Thing::Record(g.key.clone()));
            apart &= self.written.insert(thing);
        }
        apart
    }
}

fn writes(commit: &Commit) -> impl Iterator<Item = Thing> {
    let tickets: HashSet<_> = commit
        .tickets
        .iter()
        .map(|write| write.after.id)
        .chain(commit.fences.iter().map(|fence| fence.ticket))
        .collect();
    let externals: HashSet<_> = commit.tickets.iter().flat_map(added_externals).collect();
    let new = commit.tickets.iter().filter(|write| write.before.is_none());
    let numbers: HashSet<_> = new
        .filter_map(|write| match &write.number {
            NumberSource::Given { number, .. } => Some(number.key()),
            NumberSource::Draw(_) => None,
        })
        .collect();
    let key = commit.key.as_ref().map(|key| Thing::Key(key.source.clone(), key.key.clone()));
    let records = commit.records.iter().map(|write| Thing::Record(write.key.clone()));
    tickets
        .into_iter()
        .map(Thing::Ticket)
        .chain(externals.into_iter().map(Thing::External))
        .chain(numbers.into_iter().map(Thing::Number))
        .chain(key)
        .chain(records)
}

#[cfg(test)]
mod tests {
    use super::*;
    use helpdesk_core::party::Actor;
    use helpdesk_core::store::{Expected, Guard, RecordWrite};

    fn blank() -> Commit {
        Commit::new(TenantId::new("acme").unwrap(), Actor::System, "2026-11-02T09:00:00Z".parse().unwrap())
    }

    fn guarding() -> Commit {
        let guard = Guard { key: RecordKey::settings(), expected: Expected::Absent };
        Commit { guards: vec![guard], ..blank() }
    }

    fn writing() -> Commit {
        let write = RecordWrite { key: RecordKey::settings(), expected: Expected::Absent, value: None };
        Commit { records: vec![write], ..blank() }
    }

    #[test]
    fn those_that_rest_on_the_same_go_together_and_those_that_write_it_do_not() {
        let mut touched = Touched::default();
        assert!(touched.add(&guarding()) && touched.add(&guarding()));
        assert!(!touched.add(&writing()), "what others rest on is written");
        assert!(!touched.add(&writing()), "the same is written twice");
        let mut touched = Touched::default();
        assert!(touched.add(&writing()));
        assert!(!touched.add(&guarding()), "what one rests on is written by another");
        let elsewhere = Commit { tenant: TenantId::new("other").unwrap(), ..guarding() };
        assert!(touched.add(&elsewhere), "another tenant's record is another record");
    }
}
