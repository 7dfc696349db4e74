//! Rules of versions: what a commit expects is compared with what stands, and nothing is lost.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::expected::everything;
use super::given::{ANNA, BEN, Given, assign, status, tag};
use crate::store::{CommitOutcome, Conflict};
use crate::ticket::Version;

pub async fn versions_rise_by_one_with_every_commit(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut ticket = given.a_ticket("Printer").await;
    assert_eq!(given.get(ticket.id).await.unwrap().version, Version(1));
    for version in 2..6 {
        let note = given.note("looked into it");
        ticket = given.does(&ticket, note).await;
        assert_eq!(given.get(ticket.id).await.unwrap().version, Version(version));
    }
}

pub async fn a_commit_on_an_old_version_conflicts_with_both_numbers(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let seen = given.a_ticket("Printer").await;
    let now = given.does(&given.does(&seen, assign(ANNA)).await, status("in_progress")).await;
    let outcome = given.send(given.commit([given.write(&seen, assign(BEN))])).await;
    let conflict = Conflict::Ticket { ticket: seen.id, expected: Version(1), found: Version(3) };
    assert_eq!(outcome, CommitOutcome::Conflict(conflict));
    assert_eq!(given.get(seen.id).await, Some(now), "the later write stands");
}

pub async fn a_commit_on_a_version_still_to_come_conflicts(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let stored = given.a_ticket("Printer").await;
    let mut dreamt = stored.clone();
    dreamt.version = Version(7);
    let outcome = given.send(given.commit([given.write(&dreamt, assign(BEN))])).await;
    let conflict = Conflict::Ticket { ticket: stored.id, expected: Version(7), found: Version(1) };
    assert_eq!(outcome, CommitOutcome::Conflict(conflict));
    assert_eq!(given.get(stored.id).await, Some(stored));
}

pub async fn opening_a_ticket_that_is_there_conflicts(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let write = given.opening(given.asked("Printer"));
    let ticket = given.applied(write.clone()).await;
    let outcome = given.send(given.commit([write])).await;
    let conflict = Conflict::Ticket { ticket: ticket.id, expected: Version::NONE, found: Version(1) };
    assert_eq!(outcome, CommitOutcome::Conflict(conflict));
}

pub async fn changing_a_ticket_that_is_not_there_conflicts_with_nothing_found(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let never_stored = given.opening(given.asked("Printer")).after;
    let outcome = given.send(given.commit([given.write(&never_stored, tag("vip"))])).await;
    let conflict = Conflict::Ticket { ticket: never_stored.id, expected: Version(1), found: Version::NONE };
    assert_eq!(outcome, CommitOutcome::Conflict(conflict));
    assert_eq!(given.get(never_stored.id).await, None);
}

pub async fn a_refused_commit_changes_nothing(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let seen = given.a_ticket("Printer").await;
    given.does(&seen, tag("vip")).await;
    let before = everything(&given).await;
    let reply = given.reply("Have you tried to turn it off and on?");
    given.send(given.commit([given.write(&seen, reply)])).await;
    assert_eq!(everything(&given).await, before);
}

pub async fn a_commit_over_a_moved_version_is_not_saved_by_equal_content(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let seen = given.a_ticket("Printer").await;
    let write = given.write(&seen, assign(ANNA));
    given.applied(write.clone()).await;
    let outcome = given.send(given.commit([write])).await;
    assert!(matches!(outcome, CommitOutcome::Conflict(Conflict::Ticket { .. })), "{outcome:?}");
}

pub async fn the_first_ticket_that_moved_is_named(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (one, two, three) = (given.a_ticket("1").await, given.a_ticket("2").await, given.a_ticket("3").await);
    given.does(&two, tag("vip")).await;
    given.does(&three, tag("vip")).await;
    for (order, named) in [([&one, &two, &three], &two), ([&three, &one, &two], &three)] {
        let outcome = given.send(given.commit(order.map(|ticket| given.write(ticket, assign(BEN))))).await;
        let conflict = Conflict::Ticket { ticket: named.id, expected: Version(1), found: Version(2) };
        assert_eq!(outcome, CommitOutcome::Conflict(conflict));
    }
}
