//! Rules of opening again: what was acknowledged is there. For backends that say they are persistent.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::expected::everything;
use super::given::{ANNA, BEN, Given, assign, pending_until};
use super::population::Population;
use super::{Subject, Verdict};
use crate::party::AgentId;
use crate::query::{TicketFilter, TicketQuery};
use crate::store::{CommitOutcome, Expected, RecordKey};
use crate::ticket::{LockSlot, Version};

async fn persistent(subject: &dyn Subject) -> Option<Given> {
    let given = Given::an_empty_store(subject).await;
    given.store.capabilities().persistent.then_some(given)
}

const LACKING: Verdict = Verdict::Skipped("persistent");

pub async fn everything_acknowledged_is_there_again(subject: &dyn Subject) -> Verdict {
    let Some(given) = persistent(subject).await else { return LACKING };
    let mut population = Population::new(given, 13);
    population.grow(20).await;
    population.live(60).await;
    let key = RecordKey::settings();
    population.given.apply(population.given.record_commit(&key, Expected::Absent, Some("v".into()))).await;
    let before = everything(&population.given).await;
    population.given = population.given.reopened(subject).await;
    assert_eq!(everything(&population.given).await, before);
    for _ in 0..20 {
        let query = population.question();
        let expected: Vec<_> = population.answer(&query).iter().map(|model| model.ticket.id).collect();
        // Marks need not be durable.
        if !query.filter.unread {
            assert_eq!(population.given.list(&query).await, expected, "{query:?}");
        }
    }
    Verdict::Kept
}

pub async fn a_lock_token_is_never_given_twice(subject: &dyn Subject) -> Verdict {
    let Some(given) = persistent(subject).await else { return LACKING };
    let ticket = given.a_ticket("1").await;
    let slot = given.lock_by(&LockSlot::default(), ANNA);
    assert!(given.swap(ticket.id, &LockSlot::default(), &slot).await);
    let given = given.reopened(subject).await;
    assert_eq!(given.slot(ticket.id).await, slot);
    assert!(!given.swap(ticket.id, &LockSlot::default(), &given.lock_by(&LockSlot::default(), BEN)).await);
    Verdict::Kept
}

pub async fn numbers_and_versions_go_on(subject: &dyn Subject) -> Verdict {
    let Some(given) = persistent(subject).await else { return LACKING };
    let ticket = given.a_ticket("1").await;
    let given = given.reopened(subject).await;
    let next = given.a_ticket("2").await;
    assert!(next.number > ticket.number);
    assert_eq!(given.does(&ticket, assign(BEN)).await.version, Version(2));
    assert_eq!(given.get(ticket.id).await.unwrap().version, Version(2));
    Verdict::Kept
}

pub async fn a_key_is_remembered(subject: &dyn Subject) -> Verdict {
    let Some(given) = persistent(subject).await else { return LACKING };
    let mut act = given.commit([given.opening(given.asked("1"))]);
    act.key = Some(given.key("api", "1", "f"));
    given.apply(act.clone()).await;
    let given = given.reopened(subject).await;
    assert!(matches!(given.send(act).await, CommitOutcome::Replayed(_)));
    Verdict::Kept
}

pub async fn timers_and_deliveries_are_not_lost(subject: &dyn Subject) -> Verdict {
    let Some(given) = persistent(subject).await else { return LACKING };
    let ticket = given.a_ticket("1").await;
    let until = given.in_minutes(1);
    let mut act = given.commit([given.write(&ticket, pending_until(until))]);
    act.outbox = true;
    given.apply(act).await;
    let given = given.reopened(subject).await;
    assert_eq!(given.store.due(crate::store::Shard::ALL, until, 9).await.unwrap().len(), 1);
    assert_eq!(given.claim().await.1.len(), 1);
    Verdict::Kept
}

pub async fn tenants_whose_names_differ_at_all_are_still_apart(subject: &dyn Subject) -> Verdict {
    let Some(given) = persistent(subject).await else { return LACKING };
    let names = ["a", "A", "ä", "Ä"];
    for name in names {
        given.of(name).a_ticket(name).await;
    }
    let given = given.reopened(subject).await;
    for name in names {
        let desk = given.of(name);
        let there = desk.store.scan(&desk.tenant, None, 9).await.unwrap();
        let subjects: Vec<&str> = there.iter().map(|ticket| ticket.content.subject.as_str()).collect();
        assert_eq!(subjects, [name], "the tickets of tenant {name:?}");
    }
    Verdict::Kept
}

pub async fn holds_attempts_and_positions_of_deliveries_stand(subject: &dyn Subject) -> Verdict {
    let Some(given) = persistent(subject).await else { return LACKING };
    let told = async |given: &Given, subject: &str| {
        let mut act = given.commit([given.opening(given.asked(subject))]);
        act.outbox = true;
        given.apply(act).await;
    };
    told(&given, "1").await;
    let (token, first) = given.claim().await;
    let given = given.reopened(subject).await;
    assert_eq!(given.claim().await.1, [], "what is held is still held");
    let all: Vec<u64> = first.iter().map(|delivery| delivery.position).collect();
    assert_eq!(given.store.release(token, &all, given.now()).await.unwrap(), all.len(), "by the same token");
    let (token, again) = given.claim().await;
    assert!(again.iter().all(|delivery| delivery.attempts == 1), "attempts go on: {again:?}");
    assert_eq!(given.store.acknowledge(token, &all).await.unwrap(), all.len());
    let given = given.reopened(subject).await;
    told(&given, "2").await;
    let last = all.last().copied().unwrap_or_default();
    let next: Vec<u64> = given.claim().await.1.iter().map(|delivery| delivery.position).collect();
    assert!(next.iter().all(|position| *position > last), "{next:?} after {last}");
    Verdict::Kept
}

pub async fn unread_is_answered_at_all(subject: &dyn Subject) -> Verdict {
    let Some(given) = persistent(subject).await else { return LACKING };
    given.a_ticket("1").await;
    let given = given.reopened(subject).await;
    let reader = Some(AgentId::new(ANNA).unwrap());
    let unread = TicketQuery { reader, ..given.query(TicketFilter::unread()) };
    assert_eq!(given.list(&unread).await.len(), 1);
    Verdict::Kept
}
