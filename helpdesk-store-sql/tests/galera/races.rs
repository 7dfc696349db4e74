//! Writers at three nodes at once: none loses what another one wrote, and what must happen once happens once.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::env::ManualClock;
use helpdesk_core::store::*;
use helpdesk_core::ticket::{Command, Version};
use tokio::task::JoinSet;

use crate::acts::*;
use crate::nodes::{Stores, fresh};

/// Desks at all nodes, on one clock.
fn desks(stores: &Stores) -> (Vec<Helpdesk>, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::at(at(0)));
    let desk = |store: &Arc<_>| Helpdesk::over(Arc::clone(store) as Arc<dyn Store>).clock(clock.clone()).build();
    (stores.iter().map(desk).collect(), clock)
}

fn max_asks() -> OpenTicket {
    OpenTicket::new("Printer jams").from_email("max@example.com").unwrap().saying("It eats paper.")
}

async fn is_sound(desk: &Helpdesk) {
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn two_hundred_increments_through_three_nodes_lose_none() {
    let (stores, _database) = fresh().await;
    let ticket = open(stores[0].as_ref(), plain("0"), at(0)).await;
    let mut writers = JoinSet::new();
    for writer in 0..10 {
        let store = Arc::clone(&stores[writer % 3]);
        writers.spawn(async move {
            for _ in 0..20 {
                loop {
                    let seen = load(store.as_ref(), ticket.id).await.unwrap();
                    let count: u32 = seen.content.subject.as_str().parse().unwrap();
                    let next = write(&seen, &Command::SetSubject((count + 1).to_string()), &anna(), at(1));
                    match store.commit(commit_of(vec![next], at(1))).await.unwrap() {
                        CommitOutcome::Applied(_) => break,
                        CommitOutcome::Conflict(_) => {}
                        other => panic!("{other:?}"),
                    }
                }
            }
        });
    }
    writers.join_all().await;
    for store in &stores {
        let ticket = load(store.as_ref(), ticket.id).await.unwrap();
        assert_eq!((ticket.content.subject.as_str(), ticket.version), ("200", Version(201)));
    }
    is_sound(&desks(&stores).0[1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn one_key_at_three_nodes_at_once_opens_one_ticket() {
    let (stores, _database) = fresh().await;
    let (desks, _) = desks(&stores);
    for round in 0..20 {
        let mut requests = JoinSet::new();
        for caller in 0..6 {
            let anna = desks[caller % 3].tenant("acme").unwrap().agent("anna").unwrap();
            let key = format!("order-{round}");
            requests.spawn(async move { anna.open(max_asks()).idempotent(&key).unwrap().await.unwrap().ticket.id });
        }
        let ids: BTreeSet<_> = requests.join_all().await.into_iter().collect();
        assert_eq!(ids.len(), 1, "all are given the same ticket");
    }
    let tickets = stores[2].scan(&acme(), None, 1000).await.unwrap();
    assert_eq!(tickets.len(), 20);
    let numbers: BTreeSet<_> = tickets.iter().map(|ticket| ticket.number.clone()).collect();
    assert_eq!(numbers.len(), 20, "and each has a number of its own");
    is_sound(&desks[1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn first_requests_of_many_contacts_at_three_nodes_are_all_written() {
    let (stores, _database) = fresh().await;
    let (desks, _) = desks(&stores);
    let mut callers = JoinSet::new();
    for caller in 0..12 {
        let anna = desks[caller % 3].tenant("acme").unwrap().agent("anna").unwrap();
        callers.spawn(async move {
            for request in 0..15 {
                let first = OpenTicket::new("First").from_email(&format!("c{caller}-{request}@example.com")).unwrap();
                anna.open(first).await.unwrap();
            }
        });
    }
    callers.join_all().await;
    assert_eq!(stores[1].scan(&acme(), None, 1000).await.unwrap().len(), 180);
    assert_eq!(stores[2].count_records(&acme(), RecordKind::Contact).await.unwrap(), 180);
    is_sound(&desks[1]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn sweeps_at_three_nodes_at_once_fire_each_timer_once() {
    const TICKETS: usize = 40;
    let (stores, _database) = fresh().await;
    let (desks, clock) = desks(&stores);
    let anna = desks[0].tenant("acme").unwrap().agent("anna").unwrap();
    for _ in 0..TICKETS {
        anna.open(max_asks()).then_status("resolved").unwrap().await.unwrap();
    }
    clock.advance(TimeDelta::days(8));
    let mut sweeps = JoinSet::new();
    for sweeper in 0..6 {
        let desk = desks[sweeper % 3].clone();
        sweeps.spawn(async move { desk.sweep(1000).await.unwrap() });
    }
    let reports = sweeps.join_all().await;
    assert!(reports.iter().all(|report| report.failed.is_empty()), "{reports:?}");
    assert_eq!(reports.iter().map(|report| report.fired).sum::<usize>(), TICKETS);
    assert_eq!(desks[2].sweep(1000).await.unwrap().fired, 0, "nothing is left at any node");
    is_sound(&desks[2]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn claims_at_three_nodes_give_every_event_once_and_each_tickets_in_order() {
    const TICKETS: usize = 24;
    let (stores, _database) = fresh().await;
    let mut all = 0;
    for index in 0..TICKETS {
        let mut ticket = open(stores[index % 3].as_ref(), plain("Told"), at(0)).await;
        for step in 1..4 {
            let write = write(&ticket, &reply("Done."), &anna(), at(step));
            ticket = write.after.clone();
            all += write.events.len();
            let told = Commit { outbox: true, ..commit_of(vec![write], at(step)) };
            applied(stores[(index + usize::try_from(step).unwrap()) % 3].commit(told).await.unwrap());
        }
    }
    let given = Arc::new(std::sync::Mutex::new(Vec::new()));
    let mut workers = JoinSet::new();
    for worker in 0..9 {
        let (store, given) = (Arc::clone(&stores[worker % 3]), Arc::clone(&given));
        workers.spawn(async move {
            while given.lock().unwrap().len() < all {
                let token = ClaimToken(crate::acts::fresh());
                let batch = store.claim(Shard::ALL, token, at(10), at(1000), 4).await.unwrap();
                let positions: Vec<_> = batch.iter().map(|delivery| delivery.position).collect();
                given.lock().unwrap().extend(batch.into_iter().map(|told| (told.ticket, told.event.seq)));
                assert_eq!(store.acknowledge(token, &positions).await.unwrap(), positions.len(), "another one had it");
            }
        });
    }
    workers.join_all().await;
    let given = given.lock().unwrap().clone();
    assert_eq!(given.len(), all, "something was given twice");
    let mut last = BTreeMap::new();
    for (ticket, seq) in given {
        let before = last.insert(ticket, seq).unwrap_or(0);
        assert!(before < seq, "event {seq} was given after {before}");
    }
}

/// Two records, each of which may be there only if the other one is not.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn of_two_records_that_rest_on_each_others_absence_one_is_written() {
    let (stores, _database) = fresh().await;
    for round in 0..400 {
        let keys = ["a", "b"].map(|name| RecordKey::new(RecordKind::Team, format!("{name}{round}")));
        let claim = |own: usize| Commit {
            records: vec![RecordWrite { key: keys[own].clone(), expected: Expected::Absent, value: Some(1.into()) }],
            guards: vec![Guard { key: keys[1 - own].clone(), expected: Expected::Absent }],
            ..commit_of(Vec::new(), at(round))
        };
        let (one, other) = tokio::join!(stores[0].commit(claim(0)), stores[1].commit(claim(1)));
        let applied = [one, other].into_iter().filter(|done| matches!(done, Ok(CommitOutcome::Applied(_)))).count();
        assert_eq!(applied, 1, "in round {round}");
        assert_eq!(
            stores[2].count_records(&acme(), RecordKind::Team).await.unwrap(),
            u64::try_from(round).unwrap() + 1
        );
    }
}
