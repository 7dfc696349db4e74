//! Rules of timers: what is due, in order, once, and by shard.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{Given, assign, pending_until, status};
use crate::env::Timestamp;
use crate::store::{DueTimer, Shard};
use crate::ticket::{Command, Ticket, Timer, TimerKey};

async fn due(given: &Given, now: Timestamp) -> Vec<DueTimer> {
    given.store.due(Shard::ALL, now, 100).await.unwrap()
}

fn timer(given: &Given, ticket: &Ticket, key: TimerKey, at: Timestamp) -> DueTimer {
    DueTimer { timer: Timer { at, key }, tenant: given.tenant.clone(), ticket: ticket.id }
}

async fn waiting(given: &Given, until: Timestamp) -> Ticket {
    given.does(&given.a_ticket("waits").await, pending_until(until)).await
}

pub async fn a_timer_is_due_at_its_instant_and_not_before(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let until = given.in_minutes(30);
    let ticket = waiting(&given, until).await;
    assert_eq!(due(&given, until - chrono::TimeDelta::microseconds(1)).await, []);
    let wake = timer(&given, &ticket, TimerKey::WakeUp, until);
    assert_eq!(due(&given, until).await, std::slice::from_ref(&wake));
    assert_eq!(due(&given, given.in_minutes(60 * 24 * 3650)).await, [wake], "also when found late");
}

pub async fn a_resolved_ticket_is_due_to_close(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.does(&given.a_ticket("1").await, status("open")).await;
    let ticket = given.does(&ticket, status("resolved")).await;
    let close = ticket.auto_close_at.unwrap();
    assert_eq!(due(&given, close).await, [timer(&given, &ticket, TimerKey::AutoClose, close)]);
}

pub async fn timers_come_earliest_first(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut expected = Vec::new();
    for minutes in [50, 10, 40, 20, 30] {
        let until = given.in_minutes(minutes);
        let ticket = waiting(&given, until).await;
        expected.push(timer(&given, &ticket, TimerKey::WakeUp, until));
    }
    expected.sort();
    assert_eq!(due(&given, given.in_minutes(45)).await, expected[..4]);
    assert_eq!(due(&given, given.in_minutes(60)).await, expected);
}

pub async fn a_limit_takes_the_earliest(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut expected = Vec::new();
    for minutes in [3, 1, 2] {
        let until = given.in_minutes(minutes);
        expected.push(timer(&given, &waiting(&given, until).await, TimerKey::WakeUp, until));
    }
    expected.sort();
    assert_eq!(given.store.due(Shard::ALL, given.in_minutes(9), 2).await.unwrap(), expected[..2]);
    assert_eq!(given.store.due(Shard::ALL, given.in_minutes(9), 0).await.unwrap(), []);
}

pub async fn asking_what_is_due_claims_nothing(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let until = given.in_minutes(1);
    waiting(&given, until).await;
    let first = due(&given, until).await;
    assert_eq!((first.len(), due(&given, until).await), (1, first));
}

pub async fn a_ticket_that_does_not_wait_any_more_is_not_due(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let until = given.in_minutes(1);
    let (one, two) = (waiting(&given, until).await, waiting(&given, until).await);
    given.does(&one, status("open")).await;
    given.does(&two, Command::Delete).await;
    assert_eq!(due(&given, given.in_minutes(9)).await, []);
}

pub async fn a_moved_timer_is_due_at_its_new_instant_only(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (early, late) = (given.in_minutes(10), given.in_minutes(20));
    let ticket = given.does(&waiting(&given, early).await, pending_until(late)).await;
    assert_eq!(due(&given, early).await, []);
    assert_eq!(due(&given, late).await, [timer(&given, &ticket, TimerKey::WakeUp, late)]);
}

pub async fn a_timer_stays_while_other_things_change(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let until = given.in_minutes(10);
    let ticket = given.does(&waiting(&given, until).await, assign("ben")).await;
    assert_eq!(due(&given, until).await, [timer(&given, &ticket, TimerKey::WakeUp, until)]);
}

pub async fn a_fired_timer_is_gone(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = waiting(&given, given.in_minutes(10)).await;
    given.minutes_pass(10);
    let found = due(&given, given.now()).await;
    let after = given.does(&ticket, Command::FireTimer(found[0].timer)).await;
    assert_eq!(after.status.as_str(), "open");
    assert_eq!(due(&given, given.in_minutes(60)).await, []);
}

pub async fn a_refused_act_sets_no_timer(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let seen = given.a_ticket("1").await;
    given.does(&seen, assign("ben")).await;
    given.send(given.commit([given.write(&seen, pending_until(given.in_minutes(1)))])).await;
    assert_eq!(due(&given, given.in_minutes(9)).await, []);
}

pub async fn shards_split_the_timers_and_lose_none(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let until = given.in_minutes(1);
    for i in 0..12 {
        waiting(&given.of(&format!("tenant {i}")), until).await;
    }
    let all = due(&given, until).await;
    assert_eq!(all.len(), 12);
    for count in [2, 3, 64] {
        let mut found = Vec::new();
        for index in 0..count {
            let shard = Shard::new(index, count).unwrap();
            let part = given.store.due(shard, until, 100).await.unwrap();
            assert!(part.iter().all(|due| shard.contains(&due.tenant)));
            found.extend(part);
        }
        found.sort();
        assert_eq!(found, all, "{count} shards");
    }
}

pub async fn timers_of_all_tenants_come_in_one_order(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for (tenant, minutes) in [("a", 30), ("b", 10), ("c", 20), ("a", 5)] {
        waiting(&given.of(tenant), given.in_minutes(minutes)).await;
    }
    let instants: Vec<Timestamp> = due(&given, given.in_minutes(99)).await.iter().map(|due| due.timer.at).collect();
    assert_eq!(instants, [5, 10, 20, 30].map(|minutes| given.in_minutes(minutes)));
}
