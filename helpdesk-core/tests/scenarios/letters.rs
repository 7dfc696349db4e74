//! Dead letters and what administrators do about them; histories told again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;
use helpdesk_core::desk::{Error, ErrorKind, OpenTicket, Redelivered};
use helpdesk_core::relay::{Answer, OutgoingEvent};
use helpdesk_core::store::RecordKind;
use helpdesk_core::ticket::{EventId, TicketId};
use helpdesk_core::{Helpdesk, MemoryStore};

use super::ear::{Ear, Given};

/// Rejects everything until it is told to hear.
fn deaf() -> (Ear, Arc<AtomicBool>) {
    let cured = Arc::new(AtomicBool::new(false));
    let now = Arc::clone(&cured);
    let answer = move |_: &OutgoingEvent| {
        if now.load(Ordering::SeqCst) { Answer::Delivered } else { Answer::reject("deaf") }
    };
    (Ear::new(answer), cured)
}

/// A ticket of three events, all of which are dead letters.
async fn buried(given: &Given, ear: &Ear) -> (TicketId, Vec<EventId>) {
    let ticket = given.ticket("acme", 2).await;
    assert_eq!(given.desk.relay(ear, 100).await.unwrap().dead, 3);
    ear.heard();
    (ticket, given.ids("acme", ticket).await)
}

#[tokio::test]
async fn a_letter_that_arrives_is_gone_and_one_that_fails_stays() {
    let given = Given::new().await;
    let (ear, cured) = deaf();
    let (_, ids) = buried(&given, &ear).await;
    let admin = given.admin();
    given.later(TimeDelta::hours(3));
    let Redelivered::Failed(letter) = admin.retry_dead_letter(ids[0], &ear).await.unwrap() else { panic!("deaf") };
    assert_eq!((letter.tries, letter.last_tried - letter.first_tried), (2, TimeDelta::hours(3)));
    assert_eq!(admin.dead_letter(ids[0]).await.unwrap(), letter);
    cured.store(true, Ordering::SeqCst);
    assert_eq!(admin.retry_dead_letter(ids[0], &ear).await.unwrap(), Redelivered::Delivered);
    let heard: Vec<_> = ear.heard().iter().map(|event| (event.id(), event.attempt)).collect();
    assert_eq!(heard, [(ids[0], 2), (ids[0], 3)]);
    let again = admin.retry_dead_letter(ids[0], &ear).await.unwrap_err();
    assert!(matches!(again, Error::NotFound { what: "dead letter" }), "{again}");
    assert_eq!(admin.count_dead_letters().await.unwrap(), 2);
}

#[tokio::test]
async fn all_letters_are_told_by_pages_in_the_order_of_their_ticket() {
    let given = Given::new().await;
    let (ear, cured) = deaf();
    let (first, first_ids) = buried(&given, &ear).await;
    let (second, second_ids) = buried(&given, &ear).await;
    let admin = given.admin();
    let failed = admin.retry_dead_letters(None, 100, &ear).await.unwrap();
    assert_eq!((failed.delivered, failed.failed.len(), failed.next), (0, 6, None));
    assert!(failed.failed.iter().all(|(_, reason)| reason == "deaf"));
    ear.heard();
    cured.store(true, Ordering::SeqCst);
    let (mut after, mut delivered, mut pages) = (None, 0, 0);
    loop {
        let report = admin.retry_dead_letters(after, 2, &ear).await.unwrap();
        delivered += report.delivered;
        pages += 1;
        after = report.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!((delivered, pages), (6, 4));
    let heard = ear.by_ticket();
    assert_eq!(heard[&("acme".to_owned(), first)], first_ids);
    assert_eq!(heard[&("acme".to_owned(), second)], second_ids);
    assert_eq!(admin.count_dead_letters().await.unwrap(), 0);
}

#[tokio::test]
async fn dropping_keeps_who_did_it_and_why() {
    let given = Given::new().await;
    let (ear, cured) = deaf();
    let (_, ids) = buried(&given, &ear).await;
    let admin = given.admin();
    for bad in ["", "two\nlines"] {
        assert_eq!(admin.drop_dead_letter(ids[0], bad).await.unwrap_err().kind(), ErrorKind::Rejected);
    }
    assert!(admin.drop_dead_letter(ids[0], "gone").dry_run().await.unwrap().dry_run);
    assert_eq!(admin.count_dead_letters().await.unwrap(), 3);
    let once = || admin.drop_dead_letter(ids[0], " receiver is gone ").idempotent("k").unwrap();
    let (dropped, again) = (once().await.unwrap(), once().await.unwrap());
    assert!(!dropped.replayed && again.replayed);
    assert_eq!(dropped.value, again.value);
    assert_eq!((dropped.value.dropped_by.as_str(), dropped.value.why.as_str()), ("root", "receiver is gone"));
    assert_eq!((dropped.value.dropped_at, dropped.value.letter.event), (given.desk.now(), ids[0]));
    assert_eq!(admin.dropped_letters(None, 9).await.unwrap(), [dropped.value]);
    assert_eq!(admin.drop_dead_letter(ids[0], "x").await.unwrap_err().kind(), ErrorKind::NotFound);
    cured.store(true, Ordering::SeqCst);
    assert_eq!(admin.retry_dead_letters(None, 9, &ear).await.unwrap().delivered, 2, "it is not told any more");
}

#[tokio::test]
async fn only_administrators_of_the_tenant_see_letters() {
    let given = Given::new().await;
    let (ear, _) = deaf();
    let (_, ids) = buried(&given, &ear).await;
    let other = given.desk.tenant("other").unwrap().admin("root").unwrap();
    assert!(other.dead_letters(None, 9).await.unwrap().is_empty());
    assert_eq!(other.retry_dead_letter(ids[0], &ear).await.unwrap_err().kind(), ErrorKind::NotFound);
    assert_eq!(other.drop_dead_letter(ids[0], "x").await.unwrap_err().kind(), ErrorKind::NotFound);
    assert!(given.anna("acme").admin().await.is_err());
}

#[tokio::test]
async fn letters_come_along_into_another_store_and_are_told_from_there() {
    let given = Given::new().await;
    let (ear, cured) = deaf();
    let (_, ids) = buried(&given, &ear).await;
    let admin = given.admin();
    admin.drop_dead_letter(ids[2], "x").await.unwrap();
    // How far a delivery is stays with the outbox that it waits in.
    given.ticket("acme", 0).await;
    given.desk.relay(&Ear::new(|_| Answer::retry("x")), 10).await.unwrap();
    assert_eq!(admin.dump_records(RecordKind::Retry, None, 9).await.unwrap().len(), 1);
    let target = Helpdesk::builder(MemoryStore::new()).build();
    let report = given.desk.copy_to(&target, |_| {}).await.unwrap();
    assert!(report.is_whole(), "{report:?}");
    let there = target.tenant("acme").unwrap().admin("root").unwrap();
    assert_eq!(there.dead_letters(None, 9).await.unwrap(), admin.dead_letters(None, 9).await.unwrap());
    assert_eq!(there.dropped_letters(None, 9).await.unwrap(), admin.dropped_letters(None, 9).await.unwrap());
    cured.store(true, Ordering::SeqCst);
    assert_eq!(there.retry_dead_letters(None, 9, &ear).await.unwrap().delivered, 2);
    let heard: Vec<_> = ear.heard().iter().map(OutgoingEvent::id).collect();
    assert_eq!(heard, ids[..2]);
}

#[tokio::test]
async fn a_letter_whose_event_is_gone_stays_until_it_is_dropped() {
    let given = Given::new().await;
    let (ear, _) = deaf();
    let (_, ids) = buried(&given, &ear).await;
    // The letters alone, in a store without the ticket.
    let target = Helpdesk::builder(MemoryStore::new()).build();
    let there = target.tenant("acme").unwrap().admin("root").unwrap();
    for dump in given.admin().dump_records(RecordKind::DeadLetter, None, 9).await.unwrap() {
        there.restore_record(dump).await.unwrap();
    }
    // And one whose place has another event by now.
    let mut dump = given.admin().dump_records(RecordKind::DeadLetter, None, 1).await.unwrap().remove(0);
    let ticket = there.agent().open(OpenTicket::new("another")).await.unwrap().ticket.id;
    dump.value["ticket"] = ticket.to_string().into();
    dump.value["event"] = EventId(uuid::Uuid::from_u128(7)).to_string().into();
    dump.key = EventId(uuid::Uuid::from_u128(7)).to_string();
    there.restore_record(dump).await.unwrap();
    let moved = there.retry_dead_letter(EventId(uuid::Uuid::from_u128(7)), &ear).await.unwrap();
    assert!(matches!(moved, Redelivered::Gone(_)), "{moved:?}");
    there.drop_dead_letter(EventId(uuid::Uuid::from_u128(7)), "x").await.unwrap();
    let gone = there.retry_dead_letter(ids[0], &ear).await.unwrap();
    assert!(matches!(gone, Redelivered::Gone(letter) if letter.event == ids[0]));
    assert_eq!(there.retry_dead_letters(None, 9, &ear).await.unwrap().gone, 3);
    there.drop_dead_letter(ids[0], "no such ticket").await.unwrap();
    assert_eq!(there.count_dead_letters().await.unwrap(), 2);
}

#[tokio::test]
async fn histories_are_told_again_in_order_up_to_what_fails() {
    let given = Given::new().await;
    let ticket = given.ticket("acme", 2).await;
    given.later(TimeDelta::hours(1));
    let since = given.desk.now();
    let anna = given.anna("acme");
    anna.tag(ticket, &["late"], &[]).await.unwrap();
    let other = given.ticket("acme", 1).await;
    given.ticket("other", 1).await;
    let (ids, others) = (given.ids("acme", ticket).await, given.ids("acme", other).await);
    let ear = Ear::open();
    given.desk.relay(&ear, 100).await.unwrap();
    ear.heard();

    let admin = given.admin();
    assert_eq!(admin.replay(ticket, None, &ear).await.unwrap().delivered, 4);
    assert_eq!(ear.by_ticket().into_values().next().unwrap(), ids);
    assert_eq!(admin.replay(ticket, Some(since), &ear).await.unwrap().delivered, 1);
    assert_eq!(ear.heard()[0].id(), ids[3]);
    assert_eq!(admin.replay_since(since, &ear).await.unwrap().delivered, 3);
    let heard = ear.by_ticket();
    assert_eq!(heard[&("acme".to_owned(), ticket)], ids[3..]);
    assert_eq!(heard[&("acme".to_owned(), other)], others);
    assert_eq!(heard.len(), 2, "of this tenant");

    let second = ids[1];
    let picky = Ear::new(move |event| if event.id() == second { Answer::reject("x") } else { Answer::Delivered });
    let report = admin.replay(ticket, None, &picky).await.unwrap();
    assert_eq!((report.delivered, report.failed), (1, vec![(second, "x".to_owned())]));
    assert_eq!(picky.heard().len(), 2);
    assert_eq!(admin.count_dead_letters().await.unwrap(), 0, "the outbox is not touched");
    assert_eq!(admin.replay("2026-999", None, &ear).await.unwrap_err().kind(), ErrorKind::NotFound);
}
