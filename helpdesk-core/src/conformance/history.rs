//! Rules of the history: complete, in order, without gaps, and erased where it must be.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{ANNA, BEN, Given, agent, assign, status, tag};
use crate::store::LockAudit;
use crate::ticket::{Command, Event, EventId, EventRecord, LockToken, Ticket};

pub(super) fn stolen(given: &Given, ticket: &Ticket, token: u64) -> LockAudit {
    let record = EventRecord {
        id: EventId(given.id()),
        seq: 0,
        version: ticket.version,
        at: given.now(),
        actor: agent(BEN),
        event: Event::LockStolen { from: None, token: LockToken(token), reason: "anna is ill".into() },
    };
    LockAudit { record, outbox: false }
}

async fn assert_contiguous(given: &Given, ticket: &Ticket) -> Vec<EventRecord> {
    let records: Vec<EventRecord> = given.history(ticket.id).await.into_iter().map(|entry| entry.record).collect();
    let places: Vec<u64> = records.iter().map(|record| record.seq).collect();
    assert_eq!(places, (1..=records.len() as u64).collect::<Vec<_>>());
    records
}

pub async fn places_count_from_one_without_a_gap(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let reply = given.reply("Which model?");
    let ticket = given.does(&given.does(&ticket, reply).await, status("pending")).await;
    assert_contiguous(&given, &ticket).await;
}

pub async fn an_act_says_where_its_first_event_stands(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let open = given.opening(given.asked("Printer"));
    let opened = open.events.len() as u64;
    let first = given.apply(given.commit([open.clone()])).await;
    assert_eq!(first.first_seq, [1]);
    let other = given.opening(given.asked("Till"));
    let both = given.apply(given.commit([other, given.write(&open.after, assign(BEN))])).await;
    assert_eq!(both.first_seq, [1, opened + 1]);
}

pub async fn the_history_folds_to_the_stored_ticket(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut population = super::population::Population::new(given.clone(), 11);
    population.grow(20).await;
    population.live(60).await;
    for ticket in population.tickets() {
        let records = assert_contiguous(&given, ticket).await;
        assert_eq!(Ticket::fold(ticket.id, &records), given.get(ticket.id).await.unwrap().facts_only());
    }
}

pub async fn a_page_of_history_goes_on_behind_a_place(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut ticket = given.a_ticket("Printer").await;
    for i in 0..5 {
        ticket = given.does(&ticket, tag(&format!("t{i}"))).await;
    }
    let all = given.history(ticket.id).await;
    let page = async |after, limit| given.store.history(&given.tenant, ticket.id, after, limit).await.unwrap();
    assert_eq!(page(0, 3).await, all[..3]);
    assert_eq!(page(3, 2).await, all[3..5]);
    assert_eq!(page(all.len() as u64 - 1, 10).await, all[all.len() - 1..]);
    assert!(page(all.len() as u64, 10).await.is_empty() && page(u64::from(u32::MAX), 10).await.is_empty());
}

pub async fn events_come_back_exactly_as_they_were_written(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let reply = given.reply("Which model?");
    let mut write = given.write(&ticket, reply);
    let unknown = serde_json::json!({ "kind": "from_the_future", "data": { "x": [1, "é"] } });
    write.events[0].0.event = Event::Unknown(unknown);
    let sent: Vec<EventRecord> = write.events.iter().map(|(record, _)| record.clone()).collect();
    given.apply(given.commit([write])).await;
    let mut stored: Vec<EventRecord> = assert_contiguous(&given, &ticket).await;
    let mut stored = stored.split_off(stored.len() - sent.len());
    for record in &mut stored {
        record.seq = 0;
    }
    assert_eq!(stored, sent);
}

pub async fn what_was_before_stands_beside_its_event(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let write = given.write(&ticket, Command::SetSubject("Drucker".into()));
    let sent: Vec<_> = write.events.iter().map(|(_, revision)| revision.clone()).collect();
    assert!(sent[0].is_some());
    given.apply(given.commit([write])).await;
    let history = given.history(ticket.id).await;
    let stored: Vec<_> = history.iter().map(|entry| entry.revision.clone()).collect();
    assert_eq!(stored[stored.len() - sent.len()..], sent);
    assert_eq!(stored[0], None);
}

pub async fn a_lock_event_stands_in_the_history_and_not_in_the_version(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let before = given.history(ticket.id).await.len();
    let slot = given.slot(ticket.id).await;
    let (next, audit) = (given.lock_by(&slot, BEN), stolen(&given, &ticket, 1));
    let swapped = given.store.swap_lock(&given.tenant, ticket.id, &slot, &next, Some(audit.clone())).await;
    assert!(swapped.unwrap());
    let records = assert_contiguous(&given, &ticket).await;
    assert_eq!(records.len(), before + 1);
    assert_eq!(records[before], EventRecord { seq: before as u64 + 1, ..audit.record });
    assert_eq!(given.get(ticket.id).await, Some(ticket), "the ticket is as it was");
}

pub async fn the_history_goes_on_behind_a_lock_event(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let slot = given.slot(ticket.id).await;
    let next = given.lock_by(&slot, BEN);
    let audit = Some(stolen(&given, &ticket, 1));
    assert!(given.store.swap_lock(&given.tenant, ticket.id, &slot, &next, audit).await.unwrap());
    let behind = given.history(ticket.id).await.len() as u64 + 1;
    let write = given.write(&ticket, assign(ANNA));
    let applied = given.apply(given.commit([write.clone()])).await;
    assert_eq!(applied.first_seq, [behind]);
    let records = assert_contiguous(&given, &ticket).await;
    assert_eq!(Ticket::fold(ticket.id, &records), write.after.facts_only());
}

pub async fn a_lock_that_is_not_swapped_leaves_no_event(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let before = given.history(ticket.id).await;
    let wrong = given.lock_by(&given.slot(ticket.id).await, ANNA);
    let audit = Some(stolen(&given, &ticket, 2));
    let next = given.lock_by(&wrong, BEN);
    assert!(!given.store.swap_lock(&given.tenant, ticket.id, &wrong, &next, audit).await.unwrap());
    assert_eq!(given.history(ticket.id).await, before);
}

pub async fn erasing_takes_every_revision_and_no_event(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("Printer").await;
    let (other, ticket) = (given.a_ticket("Till").await, given.does(&ticket, Command::SetSubject("Max".into())).await);
    let other = given.does(&other, Command::SetSubject("Kasse".into())).await;
    let before = given.history(ticket.id).await;
    let gone = given.does(&ticket, Command::Delete).await;
    let history = given.history(ticket.id).await;
    assert!(history.iter().all(|entry| entry.revision.is_none()), "nothing personal is left");
    assert!(history.iter().zip(&before).all(|(after, before)| after.record == before.record));
    let records = assert_contiguous(&given, &gone).await;
    assert_eq!(Ticket::fold(ticket.id, &records), gone.facts_only());
    assert!(given.history(other.id).await.iter().any(|entry| entry.revision.is_some()), "others keep theirs");
}
