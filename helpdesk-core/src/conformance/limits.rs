//! Rules of size: what the core lets through, a backend takes.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{Given, assign, reference, tag};
use crate::store::{Commit, Expected, FaultKind, RecordKey, RecordKind, TicketKey};
use crate::ticket::{Command, NewTicket};

pub async fn the_most_tickets_of_one_act_are_applied(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let act = given.commit((0..Commit::MAX_TICKETS).map(|i| given.opening(given.asked(&format!("{i}")))));
    assert_eq!(given.apply(act).await.numbers.len(), Commit::MAX_TICKETS);
    assert_eq!(given.store.scan(&given.tenant, None, 100).await.unwrap().len(), Commit::MAX_TICKETS);
}

pub async fn an_act_on_more_tickets_than_that_is_refused_whole(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let act = given.commit((0..=Commit::MAX_TICKETS).map(|i| given.opening(given.asked(&format!("{i}")))));
    let refused = given.store.commit(act).await;
    assert_eq!(refused.map_err(|fault| fault.kind), Err(FaultKind::LimitExceeded));
    assert_eq!(given.store.scan(&given.tenant, None, 100).await.unwrap(), []);
}

pub async fn the_longest_message_comes_back(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let text = "Grüße 😀\n".repeat(crate::Limits::default().body_bytes / 13);
    let reply = given.reply(&text);
    given.does(&ticket, reply).await;
    assert!(given.talk(ticket.id).await[1].body == text, "the longest message was changed");
}

pub async fn the_longest_subject_comes_back(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.opened(NewTicket::new("😀".repeat(crate::Limits::default().subject_chars))).await;
    assert_eq!(given.get(ticket.id).await, Some(ticket));
}

pub async fn the_longest_names_are_found(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let desk = given.of(&"ä".repeat(64));
    let long = "é".repeat(63);
    let ticket = desk.does(&desk.a_ticket("1").await, assign(&long)).await;
    let external = reference(&"s".repeat(200), &"😀".repeat(200));
    let ticket = desk.does(&ticket, Command::AddExternal(external.clone())).await;
    assert_eq!(desk.find(TicketKey::External(external)).await, Some(ticket));
    let key = RecordKey::new(RecordKind::ContactAddress, "ö".repeat(127));
    desk.apply(desk.record_commit(&key, Expected::Absent, Some(1.into()))).await;
    assert_eq!(desk.store.record(&desk.tenant, &key).await.unwrap().unwrap().key, key);
}

pub async fn the_most_tags_are_kept_and_found(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let add = (1..50).map(|i| format!("tag {i}")).collect();
    let ticket = given.does(&given.a_ticket("1").await, Command::ChangeTags { add, remove: vec![] }).await;
    let ticket = given.does(&ticket, tag("last")).await;
    let filter = crate::query::TicketFilter { tags: ticket.tags.iter().cloned().collect(), ..Default::default() };
    assert_eq!(given.list(&given.query(filter)).await, [ticket.id]);
    assert_eq!(given.get(ticket.id).await, Some(ticket));
}

pub async fn the_furthest_instants_are_kept(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (early, late) = (crate::env::Timestamp::UNIX_EPOCH, given.in_minutes(60 * 24 * 3650));
    let created_at = Some(early);
    let ticket = given.opened(NewTicket { created_at, message: None, ..given.asked("old") }).await;
    let ticket = given.does(&ticket, Command::SetDue(Some(late))).await;
    let stored = given.get(ticket.id).await.unwrap();
    assert_eq!((stored.created_at, stored.manual_due_at), (early, Some(late)));
}
