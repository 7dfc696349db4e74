//! Rules of the outbox: every event of an act that asks for it, at least once, in order per ticket.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{BEN, Given, assign, tag};
use crate::store::{ClaimToken, Delivery, LockAudit, Shard};
use crate::ticket::{EventRecord, Ticket};

/// A ticket whose opening is told; its events as the history has them.
async fn told(given: &Given, subject: &str) -> (Ticket, Vec<EventRecord>) {
    let write = given.opening(given.asked(subject));
    let mut act = given.commit([write]);
    act.outbox = true;
    let id = act.tickets[0].after.id;
    given.apply(act).await;
    let history = given.history(id).await.into_iter().map(|entry| entry.record).collect();
    (given.get(id).await.unwrap(), history)
}

async fn tell(given: &Given, ticket: &Ticket, command: crate::ticket::Command) -> Ticket {
    let write = given.write(ticket, command);
    let after = write.after.clone();
    let mut act = given.commit([write]);
    act.outbox = true;
    given.apply(act).await;
    after
}

async fn take(given: &Given, limit: usize) -> (ClaimToken, Vec<Delivery>) {
    let token = ClaimToken(given.id());
    let (now, until) = (given.now(), given.in_minutes(5));
    (token, given.store.claim(Shard::ALL, token, now, until, limit).await.unwrap())
}

fn positions(deliveries: &[Delivery]) -> Vec<u64> {
    deliveries.iter().map(|delivery| delivery.position).collect()
}

pub async fn every_event_of_an_act_is_delivered(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, events) = told(&given, "Printer").await;
    let (_, deliveries) = given.claim().await;
    let delivered: Vec<EventRecord> = deliveries.iter().map(|delivery| delivery.event.clone()).collect();
    assert!(events.len() > 1);
    assert_eq!(delivered, events, "as the history has them, in order");
    assert!(deliveries.iter().all(|delivery| delivery.ticket == ticket.id && delivery.tenant == given.tenant));
    assert!(deliveries.iter().all(|delivery| delivery.attempts == 0));
}

pub async fn an_act_that_does_not_ask_is_not_told(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    given.does(&given.a_ticket("1").await, assign(BEN)).await;
    assert_eq!(given.claim().await.1, []);
}

pub async fn a_refused_act_is_not_told(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let seen = given.a_ticket("1").await;
    given.does(&seen, tag("vip")).await;
    let mut act = given.commit([given.opening(given.asked("2")), given.write(&seen, assign(BEN))]);
    act.outbox = true;
    given.send(act).await;
    assert_eq!(given.claim().await.1, []);
}

pub async fn a_replayed_act_is_told_once(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut act = given.commit([given.opening(given.asked("1"))]);
    (act.outbox, act.key) = (true, Some(given.key("api", "1", "f")));
    given.apply(act.clone()).await;
    given.send(act.clone()).await;
    assert_eq!(given.claim().await.1.len(), act.tickets[0].events.len());
}

pub async fn a_position_is_never_given_twice(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut seen = 0;
    for subject in ["1", "2", "3"] {
        told(&given, subject).await;
        let (token, deliveries) = given.claim().await;
        let all = positions(&deliveries);
        assert!(all.iter().all(|position| *position > seen), "{all:?} after {seen}, though nothing waits any more");
        seen = all.last().copied().unwrap_or(u64::MAX);
        assert_eq!(given.store.acknowledge(token, &all).await.unwrap(), all.len());
    }
}

pub async fn positions_are_those_of_the_whole_store(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let other = given.of("other");
    told(&given, "1").await;
    told(&other, "1").await;
    let (token, deliveries) = given.claim().await;
    let (mine, theirs): (Vec<_>, Vec<_>) = deliveries.iter().cloned().partition(|one| one.tenant == given.tenant);
    assert!(!mine.is_empty() && !theirs.is_empty(), "both tenants' events are delivered: {deliveries:?}");
    assert_eq!(given.store.acknowledge(token, &positions(&mine)).await.unwrap(), mine.len());
    let again = given.in_minutes(10);
    let left = given.store.claim(Shard::ALL, ClaimToken(given.id()), again, again, 100).await.unwrap();
    assert_eq!(positions(&left), positions(&theirs), "one tenant's events were taken out by another's positions");
}

pub async fn what_is_claimed_is_not_given_to_another(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    told(&given, "1").await;
    assert!(!given.claim().await.1.is_empty());
    assert_eq!(given.claim().await.1, []);
}

pub async fn a_claim_keeps_to_its_limit_and_takes_the_oldest(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (first, _) = told(&given, "1").await;
    let (second, _) = told(&given, "2").await;
    let (_, one) = take(&given, 1).await;
    assert_eq!((one.len(), one[0].ticket), (1, first.id));
    let (_, rest) = take(&given, 1).await;
    assert_eq!((rest.len(), rest[0].ticket), (1, second.id), "the rest of the first ticket waits for its beginning");
}

pub async fn later_events_wait_while_an_earlier_one_is_held(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, events) = told(&given, "1").await;
    let (token, held) = given.claim().await;
    tell(&given, &ticket, assign(BEN)).await;
    let (other, _) = told(&given, "2").await;
    let (_, free) = given.claim().await;
    assert!(free.iter().all(|delivery| delivery.ticket == other.id), "other tickets do not wait");
    assert_eq!(given.store.acknowledge(token, &positions(&held)).await.unwrap(), events.len());
    let (_, next) = given.claim().await;
    assert!(!next.is_empty() && next.iter().all(|delivery| delivery.ticket == ticket.id));
}

pub async fn what_is_acknowledged_is_gone(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    told(&given, "1").await;
    let (token, held) = given.claim().await;
    assert_eq!(given.store.acknowledge(token, &positions(&held)).await.unwrap(), held.len());
    assert_eq!(given.store.acknowledge(token, &positions(&held)).await.unwrap(), 0, "once is enough");
    given.minutes_pass(60);
    assert_eq!(given.claim().await.1, []);
}

pub async fn acknowledging_some_leaves_the_others_held(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    told(&given, "1").await;
    let (token, held) = given.claim().await;
    assert_eq!(given.store.acknowledge(token, &positions(&held[..1])).await.unwrap(), 1);
    assert_eq!(given.claim().await.1, []);
    given.minutes_pass(5);
    assert_eq!(positions(&given.claim().await.1), positions(&held[1..]));
}

pub async fn what_was_not_acknowledged_in_time_is_delivered_again(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    told(&given, "1").await;
    let (_, first) = given.claim().await;
    given.minutes_pass(4);
    assert_eq!(given.claim().await.1, []);
    given.minutes_pass(1);
    let (_, second) = given.claim().await;
    let expected: Vec<Delivery> = first.into_iter().map(|delivery| Delivery { attempts: 1, ..delivery }).collect();
    assert_eq!(second, expected, "the same events with the same ids, one attempt later");
}

pub async fn a_token_that_lost_its_hold_does_nothing(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    told(&given, "1").await;
    let (late, held) = given.claim().await;
    let stranger = ClaimToken(given.id());
    given.minutes_pass(5);
    let (token, again) = given.claim().await;
    for wrong in [late, stranger] {
        assert_eq!(given.store.acknowledge(wrong, &positions(&held)).await.unwrap(), 0);
        assert_eq!(given.store.release(wrong, &positions(&held), given.now()).await.unwrap(), 0);
    }
    assert_eq!(given.claim().await.1, [], "it is still held by the newer token");
    assert_eq!(given.store.acknowledge(token, &positions(&again)).await.unwrap(), again.len());
}

pub async fn what_is_given_back_waits_for_its_retry(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, _) = told(&given, "1").await;
    let (token, held) = given.claim().await;
    let retry = given.in_minutes(30);
    assert_eq!(given.store.release(token, &positions(&held), retry).await.unwrap(), held.len());
    assert_eq!(given.store.acknowledge(token, &positions(&held)).await.unwrap(), 0, "it is not held any more");
    tell(&given, &ticket, assign(BEN)).await;
    given.minutes_pass(29);
    assert_eq!(given.claim().await.1, [], "later events of the ticket wait too");
    given.minutes_pass(1);
    let (_, again) = given.claim().await;
    assert_eq!(positions(&again)[..held.len()], positions(&held));
    assert!(again.len() > held.len());
    assert_eq!(again[0].attempts, 1);
}

pub async fn what_is_given_back_at_once_can_be_claimed_at_once(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    told(&given, "1").await;
    let (token, held) = given.claim().await;
    given.store.release(token, &positions(&held), given.now()).await.unwrap();
    assert_eq!(positions(&given.claim().await.1), positions(&held));
}

pub async fn events_of_a_ticket_come_in_the_order_of_its_history(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (mut one, _) = told(&given, "1").await;
    let (mut two, _) = told(&given, "2").await;
    for i in 0..3 {
        one = tell(&given, &one, tag(&format!("a{i}"))).await;
        two = tell(&given, &two, tag(&format!("b{i}"))).await;
    }
    let mut seen: Vec<Delivery> = Vec::new();
    for _batch in 0..1000 {
        let (token, batch) = take(&given, 3).await;
        if batch.is_empty() {
            break;
        }
        given.store.acknowledge(token, &positions(&batch)).await.unwrap();
        seen.extend(batch);
    }
    for ticket in [one, two] {
        let of_ticket = seen.iter().filter(|delivery| delivery.ticket == ticket.id);
        let delivered: Vec<EventRecord> = of_ticket.map(|delivery| delivery.event.clone()).collect();
        let history: Vec<EventRecord> = given.history(ticket.id).await.into_iter().map(|entry| entry.record).collect();
        assert_eq!(delivered, history);
    }
}

pub async fn shards_split_the_deliveries_and_lose_none(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let mut total = 0;
    for i in 0..10 {
        total += told(&given.of(&format!("tenant {i}")), "1").await.1.len();
    }
    let (now, until) = (given.now(), given.in_minutes(5));
    let mut found = 0;
    for index in 0..3 {
        let (shard, token) = (Shard::new(index, 3).unwrap(), ClaimToken(given.id()));
        let part = given.store.claim(shard, token, now, until, 1000).await.unwrap();
        assert!(part.iter().all(|delivery| shard.contains(&delivery.tenant)));
        found += part.len();
    }
    assert_eq!((found, given.claim().await.1.len()), (total, 0));
}

pub async fn a_lock_event_is_delivered_if_it_is_asked_for(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, events) = told(&given, "Printer").await;
    let slot = given.slot(ticket.id).await;
    let (next, audit) = (given.lock_by(&slot, BEN), super::history::stolen(&given, &ticket, 1));
    let record = EventRecord { seq: events.len() as u64 + 1, ..audit.record.clone() };
    let audit = Some(LockAudit { outbox: true, ..audit });
    assert!(given.store.swap_lock(&given.tenant, ticket.id, &slot, &next, audit).await.unwrap());
    let (_, deliveries) = given.claim().await;
    let delivered: Vec<EventRecord> = deliveries.iter().map(|delivery| delivery.event.clone()).collect();
    assert_eq!(delivered, [events, vec![record]].concat());
}
