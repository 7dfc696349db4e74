//! The outbox is told: in order, at least once, whoever fails; what cannot be told does not stop what can.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use chrono::TimeDelta;
use helpdesk_core::relay::{Answer, DeadLetter, OutgoingEvent, RelayOptions, backoff};
use helpdesk_core::sla::Seconds;
use helpdesk_core::store::{RecordKind, Shard};
use helpdesk_core::ticket::{Event, EventId};
use tokio::task::JoinSet;

use super::ear::{Ear, Given, Place};

#[tokio::test]
async fn every_event_is_told_once_in_the_order_of_its_ticket() {
    let given = Given::new().await;
    let mut expected: BTreeMap<Place, Vec<EventId>> = BTreeMap::new();
    for (tenant, events) in [("acme", 3), ("other", 5), ("acme", 0)] {
        let ticket = given.ticket(tenant, events).await;
        expected.insert((tenant.to_owned(), ticket), given.ids(tenant, ticket).await);
    }
    let ear = Ear::open();
    let report = given.desk.relay(&ear, 1000).await.unwrap();
    assert_eq!((report.delivered, report.more), (expected.values().map(Vec::len).sum(), false));
    assert_eq!(ear.by_ticket(), expected);
    assert_eq!(given.desk.relay(&ear, 1000).await.unwrap().delivered, 0);
    given.nothing_waits().await;
}

#[tokio::test]
async fn a_receiver_gets_what_it_needs_and_no_words() {
    let given = Given::new().await;
    let ticket = given.ticket("acme", 0).await;
    let boss = given.admin().agent();
    given.anna("acme").lock(ticket, Some("secret purpose")).await.unwrap();
    boss.steal_lock(ticket, "secret reason").await.unwrap();
    given.anna("acme").note(ticket, "secret words").await.unwrap();
    let ear = Ear::open();
    given.desk.relay(&ear, 1000).await.unwrap();
    let heard = ear.heard();
    let history = given.anna("acme").history(ticket).await.unwrap();
    assert_eq!(heard.len(), history.len());
    for (event, entry) in heard.iter().zip(&history) {
        assert_eq!((event.tenant.as_str(), event.ticket, event.attempt), ("acme", ticket, 1));
        assert_eq!((event.id(), event.record.seq), (entry.record.id, entry.record.seq));
        assert_eq!((event.record.version, event.record.at), (entry.record.version, entry.record.at));
        let told = serde_json::to_string(&event.record).unwrap();
        assert!(!told.contains("secret"), "{told}");
    }
    assert!(heard.iter().any(|event| matches!(event.record.event, Event::LockStolen { .. })));
}

#[tokio::test]
async fn what_fails_is_tried_again_after_its_wait_and_its_ticket_waits_with_it() {
    let given = Given::new().await;
    let (bad, good) = (given.ticket("acme", 2).await, given.ticket("acme", 2).await);
    let second = given.ids("acme", bad).await[1];
    let down = Arc::new(AtomicBool::new(true));
    let is_down = Arc::clone(&down);
    let ear = Ear::new(move |event| {
        let fails = event.id() == second && is_down.load(Ordering::SeqCst);
        if fails { Answer::retry("down") } else { Answer::Delivered }
    });
    let report = given.desk.relay(&ear, 1000).await.unwrap();
    assert_eq!((report.delivered, report.retried, report.held_back, report.dead), (4, 1, 1, 0));
    assert_eq!(ear.by_ticket()[&("acme".to_owned(), good)].len(), 3);
    for attempt in 2..=5 {
        let wait = backoff(second, attempt - 1, &RelayOptions::default());
        given.later(wait - TimeDelta::milliseconds(1));
        assert_eq!(given.desk.relay(&ear, 1000).await.unwrap().retried, 0, "before its time");
        assert!(ear.heard().is_empty(), "nor what stands behind it");
        given.later(TimeDelta::milliseconds(1));
        let report = given.desk.relay(&ear, 1000).await.unwrap();
        assert_eq!((report.retried, report.held_back), (1, 1));
        let heard = ear.heard();
        assert_eq!((heard.len(), heard[0].id(), heard[0].attempt), (1, second, attempt));
    }
    down.store(false, Ordering::SeqCst);
    given.later(TimeDelta::hours(1));
    assert_eq!(given.desk.relay(&ear, 1000).await.unwrap().delivered, 2);
    let heard = ear.heard();
    let told: Vec<_> = heard.iter().map(|event| (event.id(), event.attempt)).collect();
    let third = given.ids("acme", bad).await[2];
    assert_eq!(told, [(second, 6), (third, 1)], "what was claimed along and never told was never tried");
    assert!(given.admin().dump_records(RecordKind::Retry, None, 9).await.unwrap().is_empty(), "no note is left");
    given.nothing_waits().await;
}

#[tokio::test]
async fn a_receiver_that_asks_for_time_gets_it_up_to_the_longest_wait() {
    let given = Given::new().await;
    let ticket = given.ticket("acme", 0).await;
    let asked = Arc::new(AtomicUsize::new(3600));
    let seconds = Arc::clone(&asked);
    let ear = Ear::new(move |_| {
        let after = u32::try_from(seconds.load(Ordering::SeqCst)).unwrap();
        Answer::Retry { reason: "busy".to_owned(), after: Some(Seconds(after)) }
    });
    given.desk.relay(&ear, 10).await.unwrap();
    given.later(TimeDelta::seconds(3599));
    assert_eq!(given.desk.relay(&ear, 10).await.unwrap().retried, 0);
    given.later(TimeDelta::seconds(1));
    asked.store(usize::try_from(u32::MAX).unwrap(), Ordering::SeqCst);
    assert_eq!(given.desk.relay(&ear, 10).await.unwrap().retried, 1);
    given.later(RelayOptions::LONGEST_WAIT.as_delta());
    assert_eq!(given.desk.relay(&ear, 10).await.unwrap().retried, 1, "not for ever");
    assert_eq!(given.ids("acme", ticket).await.len(), 1);
}

#[tokio::test]
async fn a_poison_event_becomes_a_dead_letter_and_the_ticket_goes_on() {
    let given = Given::new().await;
    let ticket = given.ticket("acme", 3).await;
    let ids = given.ids("acme", ticket).await;
    let (second, third) = (ids[1], ids[2]);
    let ear = Ear::new(move |event| match event.id() {
        id if id == second => Answer::reject("no such\r\nfield\u{202e}"),
        id if id == third => Answer::retry("down"),
        _ => Answer::Delivered,
    });
    let began = given.desk.now();
    let report = given.desk.relay(&ear, 1000).await.unwrap();
    assert_eq!((report.delivered, report.dead, report.retried, report.held_back), (1, 1, 1, 1));
    let mut tries = 1;
    while given.admin().count_dead_letters().await.unwrap() < 2 {
        given.later(RelayOptions::LONGEST_WAIT.as_delta());
        given.desk.relay(&ear, 1000).await.unwrap();
        tries += 1;
        assert!(tries <= 12, "it is given up");
    }
    let last = given.desk.now();
    let heard = ear.heard();
    assert_eq!(heard.iter().filter(|event| event.id() == third).count(), 12);
    let end = heard.last().unwrap();
    assert_eq!((end.id(), end.attempt), (ids[3], 1), "what stood behind goes on, with tries of its own");
    let letters = given.admin().dead_letters(None, 9).await.unwrap();
    let letter = |tries, reason: &str, place: u64, last_tried| {
        let event = ids[usize::try_from(place).unwrap() - 1];
        let (reason, kind) = (reason.to_owned(), "tags_changed".to_owned());
        DeadLetter { event, ticket, seq: place, kind, at: began, tries, first_tried: began, last_tried, reason }
    };
    assert_eq!(letters, [letter(1, "no such  field", 2, began), letter(12, "down", 3, last)]);
    assert_eq!(given.admin().dead_letters(Some(second), 9).await.unwrap().len(), 1, "by pages");
    given.nothing_waits().await;
}

#[tokio::test]
async fn options_say_how_often_and_how_soon() {
    let given = Given::new().await;
    given.ticket("acme", 0).await;
    let ear = Ear::new(|_| Answer::retry("down"));
    let options = RelayOptions {
        attempts: NonZeroU32::new(3).unwrap(),
        first_wait: Seconds(1),
        longest_wait: Seconds(1),
        ..RelayOptions::default()
    };
    for dead in [0, 0, 1] {
        assert_eq!(given.desk.relay_with(&ear, &options).await.unwrap().dead, dead);
        given.later(TimeDelta::seconds(1));
    }
    let nothing = RelayOptions { limit: 0, ..options };
    let report = given.desk.relay_with(&ear, &nothing).await.unwrap();
    assert_eq!((report.delivered, report.more), (0, false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_relays_at_once_tell_every_event_in_order() {
    for sharded in [false, true] {
        let given = Given::new().await;
        let mut expected: BTreeMap<Place, Vec<EventId>> = BTreeMap::new();
        for n in 0..24 {
            let tenant = if n % 2 == 0 { "acme" } else { "other" };
            let ticket = given.ticket(tenant, 4).await;
            expected.insert((tenant.to_owned(), ticket), given.ids(tenant, ticket).await);
        }
        // Every third event fails the first time.
        let fails = |event: &OutgoingEvent| event.attempt == 1 && event.record.seq.is_multiple_of(3);
        let ear = Arc::new(Ear::new(move |event| if fails(event) { Answer::retry("x") } else { Answer::Delivered }));
        for _ in 0..8 {
            let mut tasks = JoinSet::new();
            for index in 0..4 {
                let (desk, ear) = (given.desk.clone(), Arc::clone(&ear));
                let shard = if sharded { Shard::new(index, 4).unwrap() } else { Shard::ALL };
                tasks.spawn(async move {
                    let mut told = 0;
                    loop {
                        let report = desk.relay_shard(shard, ear.as_ref(), 7).await.unwrap();
                        told += report.delivered;
                        assert!(report.failed.is_empty() && report.late == 0 && report.dead == 0, "{report:?}");
                        if report.delivered == 0 && !report.more {
                            return told;
                        }
                    }
                });
            }
            tasks.join_all().await;
            given.later(TimeDelta::minutes(2));
        }
        let heard = ear.heard();
        let mut arrived: BTreeMap<Place, Vec<EventId>> = BTreeMap::new();
        for event in &heard {
            if !fails(event) {
                arrived.entry((event.tenant.to_string(), event.ticket)).or_default().push(event.id());
            }
        }
        assert_eq!(arrived, expected, "sharded: {sharded}");
        given.nothing_waits().await;
    }
}

#[tokio::test]
async fn a_share_of_the_tenants_is_told_alone() {
    let given = Given::new().await;
    for tenant in ["acme", "other"] {
        given.ticket(tenant, 0).await;
    }
    let acme = helpdesk_core::party::TenantId::new("acme").unwrap();
    let bucket = Shard::bucket(&acme);
    let (mine, next) = (Shard::new(bucket, Shard::BUCKETS).unwrap(), Shard::new((bucket + 1) % 64, 64).unwrap());
    let ear = Ear::open();
    assert_eq!(given.desk.relay_shard(next, &ear, 10).await.unwrap().delivered, 0);
    assert_eq!(given.desk.relay_shard(mine, &ear, 10).await.unwrap().delivered, 1);
    assert_eq!(ear.heard()[0].tenant, acme);
}

#[tokio::test]
async fn looking_at_what_waits_changes_nothing() {
    let given = Given::new().await;
    let ticket = given.ticket("acme", 2).await;
    let ids = given.ids("acme", ticket).await;
    for _ in 0..3 {
        let waiting = given.desk.waiting(10).await.unwrap();
        assert_eq!(waiting.iter().map(OutgoingEvent::id).collect::<Vec<_>>(), ids);
        assert!(waiting.iter().all(|event| event.attempt == 1));
    }
    let ear = Ear::open();
    assert_eq!(given.desk.relay(&ear, 10).await.unwrap().delivered, 3);
    assert!(ear.heard().iter().all(|event| event.attempt == 1));
}
