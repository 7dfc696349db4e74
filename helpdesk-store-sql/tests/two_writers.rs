//! Two writers on one file that take turns: what one of them remembers was changed by the other, and every outcome is
//! what stands in the file.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;

use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sql::sqlite::SqliteStore;
use serde_json::json;
use support::*;

const YEAR: i64 = 365 * 86_400;

/// Both on one file; `ours` made the ticket and remembers it.
struct Two {
    ours: SqliteStore,
    theirs: SqliteStore,
    ticket: Ticket,
    _folder: tempfile::TempDir,
}

impl Two {
    async fn new() -> Self {
        let Desk { store: ours, folder } = Desk::new().await;
        let theirs = SqliteStore::open(options(folder.path())).await.unwrap();
        let ticket = open(&ours, plain("First"), at(0)).await;
        Self { ours, theirs, ticket, _folder: folder }
    }

    /// A reply of ours to the ticket as we know it, resting on more.
    async fn reply(&self, more: impl FnOnce(&mut Commit)) -> CommitOutcome {
        let mut commit = commit_of(vec![write(&self.ticket, &reply("Ours."), &anna(), at(9))], at(9));
        more(&mut commit);
        self.ours.commit(commit).await.unwrap()
    }

    async fn is_sound(&self) {
        assert_eq!(self.ours.check().await.unwrap(), []);
    }
}

fn referring(id: &str) -> NewTicket {
    NewTicket { external: BTreeSet::from([ExternalRef { source: "shop".into(), id: id.into() }]), ..plain("Referring") }
}

#[tokio::test]
async fn turns_on_one_ticket_conflict_with_what_stands_there() {
    let mut two = Two::new().await;
    let after = act(&two.theirs, &two.ticket, &reply("Theirs."), at(1)).await;
    let conflict = Conflict::Ticket { ticket: after.id, expected: Version(1), found: Version(2) };
    assert_eq!(two.reply(|_| {}).await, CommitOutcome::Conflict(conflict));
    two.ticket = after;
    let done = applied(two.reply(|_| {}).await);
    assert!(done.first_seq[0] > 2, "the history goes on after theirs: {done:?}");
    two.is_sound().await;
}

#[tokio::test]
async fn an_event_of_theirs_without_a_version_is_not_overwritten() {
    let two = Two::new().await;
    let stolen = LockSlot { token: LockToken(1), ..LockSlot::default() };
    let record = EventRecord {
        id: EventId(fresh()),
        seq: 0,
        version: two.ticket.version,
        at: at(1),
        actor: anna(),
        event: Event::LockStolen { from: None, token: LockToken(1), reason: "urgent".into() },
    };
    let audit = Some(LockAudit { record, outbox: false });
    let id = two.ticket.id;
    assert!(two.theirs.swap_lock(&acme(), id, &LockSlot::default(), &stolen, audit).await.unwrap());
    let fence = Fence { ticket: id, seen: stolen };
    applied(two.reply(|commit| commit.fences.push(fence)).await);
    two.is_sound().await;
}

#[tokio::test]
async fn new_tickets_in_turn_have_rows_and_numbers_of_their_own() {
    let two = Two::new().await;
    let mut numbers = BTreeSet::from([two.ticket.number.clone()]);
    for turn in 0..6 {
        let store = if turn % 2 == 0 { &two.theirs } else { &two.ours };
        // Two in a row as well, so that the second is placed by what was remembered.
        for _ in 0..2 {
            numbers.insert(open(store, plain("Next"), at(turn)).await.number);
        }
    }
    assert_eq!(numbers.len(), 13);
    assert_eq!(numbers.last().unwrap().as_str(), "2026-000013", "and none is left out");
    two.is_sound().await;
}

#[tokio::test]
async fn a_number_that_they_gave_is_not_drawn() {
    let two = Two::new().await;
    let mut given = opening(plain("Taken over"), &anna(), at(1));
    let number = TicketNumber::new("2026-000003").unwrap();
    given.after.number = number.clone();
    // It leaves the counter where it was.
    given.number = NumberSource::Given { number, raise: None };
    applied(two.theirs.commit(commit_of(vec![given], at(1))).await.unwrap());
    // The first of ours learns of their row, so that for the second the number alone is in the way.
    assert_eq!(open(&two.ours, plain("Next"), at(2)).await.number.as_str(), "2026-000002");
    assert_eq!(open(&two.ours, plain("Next"), at(2)).await.number.as_str(), "2026-000004");
    two.is_sound().await;
}

#[tokio::test]
async fn a_counter_that_they_raised_goes_on_from_there() {
    let two = Two::new().await;
    let mut given = opening(plain("Taken over"), &anna(), at(1));
    let number = TicketNumber::new("2026-000050").unwrap();
    given.after.number = number.clone();
    given.number = NumberSource::Given { number, raise: Some(("ticket/2026".into(), 50)) };
    applied(two.theirs.commit(commit_of(vec![given], at(1))).await.unwrap());
    // One of next year learns of their row, and nothing of this year's counter.
    assert_eq!(open(&two.ours, plain("Later"), at(YEAR)).await.number.as_str(), "2027-000001");
    assert_eq!(open(&two.ours, plain("Next"), at(2)).await.number.as_str(), "2026-000051");
    two.is_sound().await;
}

#[tokio::test]
async fn the_same_new_ticket_twice_is_a_conflict() {
    let two = Two::new().await;
    let new = opening(plain("Twice"), &anna(), at(1));
    let (ticket, found) = (new.after.id, Version(1));
    applied(two.theirs.commit(commit_of(vec![new.clone()], at(1))).await.unwrap());
    // By another one we learn of their row: the id alone is in the way.
    open(&two.ours, plain("Next"), at(2)).await;
    let conflict = Conflict::Ticket { ticket, expected: Version::NONE, found };
    assert_eq!(two.ours.commit(commit_of(vec![new], at(1))).await.unwrap(), CommitOutcome::Conflict(conflict));
    two.is_sound().await;
}

#[tokio::test]
async fn their_keys_references_locks_and_records_hold_for_us() {
    let two = Two::new().await;
    let key = IdempotencyKey { source: "web".into(), key: "1".into(), fingerprint: "a".into() };
    let mut first = commit_of(vec![opening(plain("Keyed"), &anna(), at(1))], at(1));
    first.key = Some(key.clone());
    applied(two.theirs.commit(first).await.unwrap());
    let replayed = two.reply(|commit| commit.key = Some(key)).await;
    assert!(matches!(replayed, CommitOutcome::Replayed(_)), "{replayed:?}");

    let theirs = open(&two.theirs, referring("17"), at(2)).await;
    let taken = two.reply(|commit| {
        let external = ExternalRef { source: "shop".into(), id: "17".into() };
        commit.tickets[0].after.external.insert(external);
    });
    let taken = taken.await;
    assert!(matches!(&taken, CommitOutcome::ExternalTaken { ticket, .. } if *ticket == theirs.id), "{taken:?}");

    let (id, slot) = (two.ticket.id, LockSlot { token: LockToken(1), ..LockSlot::default() });
    assert!(two.theirs.swap_lock(&acme(), id, &LockSlot::default(), &slot, None).await.unwrap());
    let fence = Fence { ticket: id, seen: LockSlot::default() };
    let moved = two.reply(|commit| commit.fences.push(fence)).await;
    assert_eq!(moved, CommitOutcome::LockMoved { ticket: id, slot });

    let record = RecordKey::new(RecordKind::Team, "support");
    let mut written = commit_of(Vec::new(), at(3));
    written.records.push(RecordWrite { key: record.clone(), expected: Expected::Absent, value: Some(json!({})) });
    applied(two.theirs.commit(written.clone()).await.unwrap());
    let conflict = CommitOutcome::Conflict(Conflict::Record { key: record.clone(), found: Version(1) });
    let guard = Guard { key: record, expected: Expected::Absent };
    assert_eq!(two.reply(|commit| commit.guards.push(guard)).await, conflict);
    assert_eq!(two.ours.commit(written).await.unwrap(), conflict, "written as well as guarded");
    two.is_sound().await;
}
