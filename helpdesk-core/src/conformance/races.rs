//! Rules of acts at the same time: one wins, nothing is lost, nobody sees a half.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use super::given::{ANNA, Given, assign, reference, tag};
use super::report::at_once;
use super::{Subject, Task, Verdict};
use crate::query::{PageRequest, TicketFilter};
use crate::store::{ClaimToken, Commit, CommitOutcome, Conflict, Expected, RecordKey, Shard};
use crate::ticket::{LockSlot, TicketNumber, Version};

/// How many act at once.
const MANY: usize = 24;

/// Sends all acts at once; their outcomes in no order.
async fn outcomes(subject: &dyn Subject, given: &Given, acts: Vec<Commit>) -> Vec<CommitOutcome> {
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let send = |act: Commit| -> Task {
        let (given, outcomes) = (given.clone(), Arc::clone(&outcomes));
        Box::pin(async move {
            let outcome = given.send(act).await;
            outcomes.lock().unwrap().push(outcome);
        })
    };
    at_once(subject, acts.into_iter().map(send).collect()).await;
    outcomes.lock().unwrap().clone()
}

fn applied(outcomes: &[CommitOutcome]) -> usize {
    outcomes.iter().filter(|outcome| matches!(outcome, CommitOutcome::Applied(_))).count()
}

pub async fn of_many_acts_on_one_version_one_is_applied(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let acts = (0..MANY).map(|i| given.commit([given.write(&ticket, assign(&format!("agent {i}")))])).collect();
    let outcomes = outcomes(subject, &given, acts).await;
    assert_eq!((outcomes.len(), applied(&outcomes)), (MANY, 1));
    let conflict = Conflict::Ticket { ticket: ticket.id, expected: Version(1), found: Version(2) };
    let others = outcomes.iter().filter(|outcome| !matches!(outcome, CommitOutcome::Applied(_)));
    assert!(others.clone().all(|other| *other == CommitOutcome::Conflict(conflict.clone())), "{outcomes:?}");
    assert_eq!(given.get(ticket.id).await.unwrap().version, Version(2));
    assert_eq!(given.history(ticket.id).await.len(), 3, "opened, one message, one assignment");
}

pub async fn tickets_opened_at_once_get_different_numbers(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let acts = (0..MANY).map(|i| given.commit([given.opening(given.asked(&format!("{i}")))])).collect();
    let outcomes = outcomes(subject, &given, acts).await;
    assert_eq!(applied(&outcomes), MANY);
    let stored = given.store.scan(&given.tenant, None, 100).await.unwrap();
    let numbers: BTreeSet<TicketNumber> = stored.into_iter().map(|ticket| ticket.number).collect();
    assert_eq!(numbers.len(), MANY, "none is lost, none has another's number");
}

pub async fn numbers_drawn_at_once_have_no_gap(subject: &dyn Subject) -> Verdict {
    let given = Given::an_empty_store(subject).await;
    if !given.store.capabilities().gapless_numbers {
        return Verdict::Skipped("gapless_numbers");
    }
    let stale = given.a_ticket("stale").await;
    given.does(&stale, tag("moved")).await;
    let opening = |i: usize| {
        let mut act = given.commit([given.opening(given.asked(&format!("{i}")))]);
        if i.is_multiple_of(3) {
            act.tickets.push(given.write(&stale, tag("refused")));
        }
        act
    };
    let outcomes = outcomes(subject, &given, (0..MANY).map(opening).collect()).await;
    let opened = applied(&outcomes);
    assert_eq!(opened, MANY - MANY.div_ceil(3));
    let stored = given.store.scan(&given.tenant, None, 100).await.unwrap();
    let mut numbers: Vec<String> = stored.iter().map(|ticket| ticket.number.to_string()).collect();
    numbers.sort();
    let expected: Vec<String> = (1..=opened + 1).map(|seq| format!("2026-{seq:06}")).collect();
    assert_eq!(numbers, expected);
    Verdict::Kept
}

pub async fn of_many_who_swap_one_lock_one_has_it(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    for _round in 0..5 {
        let seen = given.slot(ticket.id).await;
        let winners = Arc::new(Mutex::new(Vec::new()));
        let swap = |i: usize| -> Task {
            let (given, seen, winners) = (given.clone(), seen.clone(), Arc::clone(&winners));
            Box::pin(async move {
                let next = given.lock_by(&seen, &format!("agent {i}"));
                if given.swap(ticket.id, &seen, &next).await {
                    winners.lock().unwrap().push(next);
                }
            })
        };
        at_once(subject, (0..MANY).map(swap).collect()).await;
        let winners = winners.lock().unwrap().clone();
        assert_eq!(winners, [given.slot(ticket.id).await], "one swapped, and its slot stands");
        given.minutes_pass(10);
    }
}

pub async fn of_many_equal_requests_one_is_applied_and_the_others_replayed(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let request = |_| {
        let mut act = given.commit([given.opening(given.asked("1"))]);
        act.key = Some(given.key("api", "1", "f"));
        act
    };
    let outcomes = outcomes(subject, &given, (0..MANY).map(request).collect()).await;
    assert_eq!(applied(&outcomes), 1);
    let stored = given.store.scan(&given.tenant, None, 100).await.unwrap();
    assert_eq!(stored.len(), 1);
    let first = |outcome: &CommitOutcome| match outcome {
        CommitOutcome::Applied(_) => true,
        CommitOutcome::Replayed(replay) => replay.ticket == Some(stored[0].id),
        _ => false,
    };
    assert!(outcomes.iter().all(first), "{outcomes:?}");
}

pub async fn of_many_tickets_with_one_reference_one_is_opened(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let import = |_| {
        let mut new = given.asked("1");
        new.external.insert(reference("shop", "1"));
        given.commit([given.opening(new)])
    };
    let outcomes = outcomes(subject, &given, (0..MANY).map(import).collect()).await;
    assert_eq!(applied(&outcomes), 1);
    let refused = outcomes.iter().filter(|outcome| matches!(outcome, CommitOutcome::ExternalTaken { .. })).count();
    assert_eq!(refused, MANY - 1, "{outcomes:?}");
    assert_eq!(given.store.scan(&given.tenant, None, 100).await.unwrap().len(), 1);
}

pub async fn a_record_counted_up_by_many_loses_no_count(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let key = RecordKey::settings();
    given.apply(given.record_commit(&key, Expected::Absent, Some(0.into()))).await;
    let count = |_| -> Task {
        let (given, key) = (given.clone(), key.clone());
        Box::pin(async move {
            for _attempt in 0..1000 {
                let record = given.store.record(&given.tenant, &key).await.unwrap().unwrap();
                let next = record.value.as_u64().unwrap() + 1;
                let act = given.record_commit(&key, Expected::At(record.version), Some(next.into()));
                if let CommitOutcome::Applied(_) = given.send(act).await {
                    return;
                }
            }
            panic!("a thousand conflicts on one record");
        })
    };
    at_once(subject, (0..MANY).map(count).collect()).await;
    let record = given.store.record(&given.tenant, &key).await.unwrap().unwrap();
    assert_eq!((record.value, record.version), ((MANY as u64).into(), Version(MANY as u64 + 1)));
}

pub async fn two_claims_at_once_never_give_the_same_delivery(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for i in 0..MANY {
        let mut act = given.commit([given.opening(given.asked(&format!("{i}")))]);
        act.outbox = true;
        given.apply(act).await;
    }
    let seen = Arc::new(Mutex::new(Vec::new()));
    let claim = |_| -> Task {
        let (given, seen) = (given.clone(), Arc::clone(&seen));
        Box::pin(async move {
            let token = ClaimToken(given.id());
            for _batch in 0..1000 {
                let (now, until) = (given.now(), given.in_minutes(5));
                let batch = given.store.claim(Shard::ALL, token, now, until, 3).await.unwrap();
                if batch.is_empty() {
                    break;
                }
                seen.lock().unwrap().extend(batch.iter().map(|delivery| delivery.position));
            }
        })
    };
    at_once(subject, (0..8).map(claim).collect()).await;
    // While one worker holds a ticket's first event, another may find nothing and stop; what is left is free now.
    let (_, rest) = given.claim().await;
    let mut seen = seen.lock().unwrap().clone();
    seen.extend(rest.iter().map(|delivery| delivery.position));
    let claimed = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), claimed, "a delivery was given twice");
    assert!((MANY..=2 * MANY).contains(&claimed), "the first of each ticket is given out: {claimed}");
}

pub async fn a_reader_never_sees_half_an_act(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (mut one, mut two) = (given.a_ticket("1").await, given.a_ticket("2").await);
    let done = Arc::new(AtomicUsize::new(0));
    let writer: Task = {
        let (given, done) = (given.clone(), Arc::clone(&done));
        Box::pin(async move {
            for i in 0..MANY {
                let both = [&one, &two].map(|ticket| given.write(ticket, assign(&format!("agent {i}"))));
                [one, two] = both.each_ref().map(|write| write.after.clone());
                given.apply(given.commit(both)).await;
            }
            done.store(1, Ordering::SeqCst);
        })
    };
    let reader = |_| -> Task {
        let (given, done) = (given.clone(), Arc::clone(&done));
        Box::pin(async move {
            let query = given.query(TicketFilter::default());
            for _ in 0..200 {
                let page = given.store.tickets(&given.tenant, &query, &PageRequest::default()).await.unwrap();
                let versions: BTreeSet<Version> = page.rows.iter().map(|row| row.ticket.version).collect();
                assert_eq!((page.rows.len(), versions.len()), (2, 1), "both tickets change in one act");
                if done.load(Ordering::SeqCst) == 1 {
                    break;
                }
            }
        })
    };
    let mut tasks: Vec<Task> = (0..3).map(reader).collect();
    tasks.push(writer);
    at_once(subject, tasks).await;
}

pub async fn acts_on_different_tickets_do_not_disturb_each_other(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut tickets = Vec::new();
    for i in 0..MANY {
        tickets.push(given.a_ticket(&format!("{i}")).await);
    }
    let acts = tickets.iter().map(|ticket| given.commit([given.write(ticket, assign(ANNA))])).collect();
    assert_eq!(applied(&outcomes(subject, &given, acts).await), MANY);
    for ticket in tickets {
        assert_eq!(given.get(ticket.id).await.unwrap().version, Version(2));
    }
}

pub async fn a_lock_that_moves_stops_the_act_it_fences(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    for i in 0..8 {
        let ticket = given.a_ticket(&format!("{i}")).await;
        let mut act = given.commit([given.write(&ticket, assign(ANNA))]);
        act.fences.push(crate::store::Fence { ticket: ticket.id, seen: LockSlot::default() });
        let next = given.lock_by(&LockSlot::default(), ANNA);
        let outcome = Arc::new(Mutex::new(None));
        let commit: Task = {
            let (given, outcome) = (given.clone(), Arc::clone(&outcome));
            Box::pin(async move {
                let sent = given.send(act).await;
                *outcome.lock().unwrap() = Some(sent);
            })
        };
        let lock: Task = {
            let (given, next) = (given.clone(), next.clone());
            Box::pin(async move { assert!(given.swap(ticket.id, &LockSlot::default(), &next).await) })
        };
        at_once(subject, vec![commit, lock]).await;
        let version = given.get(ticket.id).await.unwrap().version;
        match outcome.lock().unwrap().take().unwrap() {
            CommitOutcome::Applied(_) => assert_eq!(version, Version(2)),
            CommitOutcome::LockMoved { slot, .. } => assert_eq!((slot, version), (next, Version(1))),
            other => panic!("{other:?}"),
        }
    }
}
