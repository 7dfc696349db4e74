//! Rules of idempotency keys: the same request gives the first answer, and changes nothing.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::expected::everything;
use super::given::{Given, assign, tag};
use crate::store::{Commit, CommitOutcome, Expected, RecordKey, RecordKind, Replay, Wants};
use crate::ticket::{Ticket, Version};

fn keyed(given: &Given, ticket: &Ticket, key: &str, fingerprint: &str) -> Commit {
    let note = given.note("once");
    let mut act = given.commit([given.write(ticket, note)]);
    act.key = Some(given.key("api", key, fingerprint));
    act
}

pub async fn the_same_key_and_request_give_the_first_answer(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let act = keyed(&given, &ticket, "1", "f");
    given.apply(act.clone()).await;
    let before = everything(&given).await;
    let first = Replay { fingerprint: "f".into(), ticket: Some(ticket.id), version: Version(2) };
    assert_eq!(given.send(act).await, CommitOutcome::Replayed(first.clone()));
    let again = given.get(ticket.id).await.unwrap();
    assert_eq!(given.send(keyed(&given, &again, "1", "f")).await, CommitOutcome::Replayed(first));
    assert_eq!(everything(&given).await, before, "a replay changes nothing");
}

pub async fn the_first_ticket_of_an_act_is_its_answer(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut act = given.commit([given.opening(given.asked("1")), given.opening(given.asked("2"))]);
    act.key = Some(given.key("api", "1", "f"));
    given.apply(act.clone()).await;
    let replay = Replay { fingerprint: "f".into(), ticket: Some(act.tickets[0].after.id), version: Version(1) };
    assert_eq!(given.send(act).await, CommitOutcome::Replayed(replay));
}

pub async fn an_act_on_records_alone_answers_with_no_ticket(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let key = RecordKey::new(RecordKind::Team, "first");
    let mut act = given.record_commit(&key, Expected::Absent, Some(serde_json::json!({ "id": "first" })));
    act.key = Some(given.key("api", "1", "f"));
    given.apply(act.clone()).await;
    let replay = Replay { fingerprint: "f".into(), ticket: None, version: Version::NONE };
    let sought = Wants { replay: act.key.clone(), ..Wants::default() };
    assert_eq!(given.load(sought).await.replay, Some(replay.clone()));
    assert_eq!(given.send(act).await, CommitOutcome::Replayed(replay));
}

pub async fn the_same_key_with_another_request_is_refused(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    given.apply(keyed(&given, &ticket, "1", "f")).await;
    let before = everything(&given).await;
    let ticket = given.get(ticket.id).await.unwrap();
    assert_eq!(given.send(keyed(&given, &ticket, "1", "F")).await, CommitOutcome::KeyReused);
    assert_eq!(everything(&given).await, before);
}

pub async fn keys_that_differ_at_all_are_different(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut ticket = given.a_ticket("Printer").await;
    for key in ["key", "KEY", "kéy", "ke\u{301}y", "key ", " key", "ke", "key0", " "] {
        let act = keyed(&given, &ticket, key, key);
        ticket = act.tickets[0].after.clone();
        given.apply(act).await;
    }
    let mut other_source = keyed(&given, &ticket, "key", "other");
    other_source.key.as_mut().unwrap().source = "import".into();
    given.apply(other_source).await;
}

pub async fn a_load_brings_what_a_key_gave(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    given.apply(keyed(&given, &ticket, "1", "f")).await;
    let replay =
        |key: &str, fingerprint: &str| Wants { replay: Some(given.key("api", key, fingerprint)), ..Wants::default() };
    let first = Replay { fingerprint: "f".into(), ticket: Some(ticket.id), version: Version(2) };
    assert_eq!(given.load(replay("1", "f")).await.replay, Some(first.clone()));
    assert_eq!(given.load(replay("1", "other")).await.replay, Some(first), "whoever asks compares the digests");
    assert_eq!(given.load(replay("2", "f")).await.replay, None);
}

pub async fn an_answer_stays_while_its_ticket_changes(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let act = keyed(&given, &ticket, "1", "f");
    given.apply(act.clone()).await;
    let ticket = given.does(&act.tickets[0].after, assign("ben")).await;
    given.does(&ticket, tag("vip")).await;
    let replay = Replay { fingerprint: "f".into(), ticket: Some(ticket.id), version: Version(2) };
    assert_eq!(given.send(act).await, CommitOutcome::Replayed(replay));
}

pub async fn keys_are_forgotten_when_they_are_old_and_not_before(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let old = keyed(&given, &ticket, "old", "f");
    given.apply(old.clone()).await;
    given.minutes_pass(10);
    let line = given.now();
    let young = keyed(&given, &old.tickets[0].after, "young", "f");
    given.apply(young.clone()).await;
    assert_eq!(given.store.forget_keys(line, 100).await.unwrap(), 1);
    assert_eq!(given.store.forget_keys(line, 100).await.unwrap(), 0);
    assert_eq!(given.load(Wants { replay: old.key.clone(), ..Wants::default() }).await.replay, None);
    assert!(given.load(Wants { replay: young.key, ..Wants::default() }).await.replay.is_some());
    let again = keyed(&given, &given.get(ticket.id).await.unwrap(), "old", "another");
    given.apply(again).await;
}

pub async fn forgetting_keys_keeps_to_its_limit(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut ticket = given.a_ticket("Printer").await;
    for key in ["1", "2", "3", "4", "5"] {
        let act = keyed(&given, &ticket, key, "f");
        ticket = act.tickets[0].after.clone();
        given.apply(act).await;
    }
    let later = given.in_minutes(1);
    assert_eq!(given.store.forget_keys(later, 2).await.unwrap(), 2);
    assert_eq!(given.store.forget_keys(later, 2).await.unwrap(), 2);
    assert_eq!(given.store.forget_keys(later, 2).await.unwrap(), 1);
}
