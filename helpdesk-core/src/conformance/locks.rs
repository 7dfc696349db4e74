//! Rules of locks: a slot is compared and swapped, whole, and the backend judges nothing.
#![expect(missing_docs, reason = "a rule's name is its sentence")]
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::Subject;
use super::given::{ANNA, BEN, Given, assign};
use crate::party::AgentId;
use crate::store::{CommitOutcome, Fence, TicketKey, Wants};
use crate::ticket::{Lease, LockSlot, LockToken, TicketId};

pub async fn a_ticket_never_locked_has_the_default_slot(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    assert_eq!(given.slot(ticket.id).await, LockSlot::default());
    assert_eq!(given.slot(TicketId(given.id())).await, LockSlot::default(), "nor has one that is not there");
}

pub async fn a_slot_that_is_as_seen_is_swapped(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, other) = (given.a_ticket("1").await, given.a_ticket("2").await);
    let next = given.lock_by(&LockSlot::default(), ANNA);
    assert!(given.swap(ticket.id, &LockSlot::default(), &next).await);
    assert_eq!(given.slot(ticket.id).await, next);
    assert_eq!(given.slot(other.id).await, LockSlot::default());
}

pub async fn a_slot_that_moved_is_not_swapped(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let annas = given.lock_by(&LockSlot::default(), ANNA);
    assert!(given.swap(ticket.id, &LockSlot::default(), &annas).await);
    let bens = given.lock_by(&LockSlot::default(), BEN);
    assert!(!given.swap(ticket.id, &LockSlot::default(), &bens).await);
    assert_eq!(given.slot(ticket.id).await, annas);
}

pub async fn the_whole_slot_is_compared_and_not_its_token_alone(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, anna) = (given.a_ticket("1").await, AgentId::new(ANNA).unwrap());
    let slot = given.lock_by(&LockSlot::default(), ANNA);
    assert!(given.swap(ticket.id, &LockSlot::default(), &slot).await);
    let renewed = slot.renew(&anna, slot.token, given.in_minutes(1), chrono::TimeDelta::minutes(3)).unwrap();
    assert!(given.swap(ticket.id, &slot, &renewed).await);
    assert_eq!(renewed.token, slot.token);
    let released = slot.release(&anna, slot.token, given.now()).unwrap().unwrap();
    assert!(!given.swap(ticket.id, &slot, &released).await, "it was renewed in between");
    assert_eq!(given.slot(ticket.id).await, renewed);
}

pub async fn a_ticket_that_is_not_there_is_not_locked(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let id = TicketId(given.id());
    assert!(!given.swap(id, &LockSlot::default(), &given.lock_by(&LockSlot::default(), ANNA)).await);
    assert_eq!(given.slot(id).await, LockSlot::default());
    assert!(given.history(id).await.is_empty());
}

pub async fn a_slot_comes_back_exactly_as_it_was_written(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let lease = Lease {
        holder: AgentId::new("Änne 😀").unwrap(),
        acquired_at: given.now() + chrono::TimeDelta::microseconds(1),
        expires_at: given.now() + chrono::TimeDelta::microseconds(123_457),
        purpose: Some("schreibt „Antwort“\n".into()),
    };
    let slot = LockSlot { token: LockToken(u64::from(u32::MAX) + 7), lease: Some(lease), released_by: None };
    assert!(given.swap(ticket.id, &LockSlot::default(), &slot).await);
    assert_eq!(given.slot(ticket.id).await, slot);
    let loaded = given.load(Wants { ticket: Some(TicketKey::Id(ticket.id)), ..Wants::default() }).await;
    assert_eq!(loaded.lock, slot);
}

pub async fn a_released_slot_keeps_its_token(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let (ticket, anna) = (given.a_ticket("1").await, AgentId::new(ANNA).unwrap());
    let slot = given.lock_by(&LockSlot::default(), ANNA);
    let free = slot.release(&anna, slot.token, given.now()).unwrap().unwrap();
    assert!(given.swap(ticket.id, &LockSlot::default(), &slot).await);
    assert!(given.swap(ticket.id, &slot, &free).await);
    assert_eq!(given.slot(ticket.id).await, free);
    assert!(!given.swap(ticket.id, &LockSlot::default(), &slot).await, "free again is not never locked");
}

pub async fn the_store_judges_no_expiry(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let mut long_gone = given.lock_by(&LockSlot::default(), ANNA);
    long_gone.lease.as_mut().unwrap().expires_at = "1999-01-01T00:00:00Z".parse().unwrap();
    assert!(given.swap(ticket.id, &LockSlot::default(), &long_gone).await);
    assert_eq!(given.slot(ticket.id).await, long_gone);
    assert!(!given.swap(ticket.id, &LockSlot::default(), &given.lock_by(&LockSlot::default(), BEN)).await);
}

pub async fn locking_leaves_the_ticket_alone(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let history = given.history(ticket.id).await;
    given.minutes_pass(1);
    assert!(given.swap(ticket.id, &LockSlot::default(), &given.lock_by(&LockSlot::default(), ANNA)).await);
    assert_eq!(given.get(ticket.id).await, Some(ticket.clone()));
    assert_eq!(given.history(ticket.id).await, history, "without an audit event there is none");
}

pub async fn a_commit_leaves_the_lock_alone(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let slot = given.lock_by(&LockSlot::default(), ANNA);
    assert!(given.swap(ticket.id, &LockSlot::default(), &slot).await);
    given.does(&ticket, assign(BEN)).await;
    assert_eq!(given.slot(ticket.id).await, slot);
}

pub async fn an_act_fenced_by_an_old_lock_is_refused_with_the_new_one(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let annas = given.lock_by(&LockSlot::default(), ANNA);
    assert!(given.swap(ticket.id, &LockSlot::default(), &annas).await);
    let bens = given.lock_by(&annas, BEN);
    assert!(given.swap(ticket.id, &annas, &bens).await);
    let mut act = given.commit([given.write(&ticket, assign(ANNA))]);
    act.fences.push(Fence { ticket: ticket.id, seen: annas });
    assert_eq!(given.send(act).await, CommitOutcome::LockMoved { ticket: ticket.id, slot: bens.clone() });
    assert_eq!(given.get(ticket.id).await.unwrap().version, ticket.version);
    let mut act = given.commit([given.write(&ticket, assign(BEN))]);
    act.fences.push(Fence { ticket: ticket.id, seen: bens });
    given.apply(act).await;
}

pub async fn a_fence_on_an_unlocked_ticket_holds_until_somebody_locks_it(subject: &dyn Subject) {
    let given = Given::an_empty_store(subject).await;
    let ticket = given.a_ticket("1").await;
    let fence = Fence { ticket: ticket.id, seen: LockSlot::default() };
    let mut act = given.commit([given.write(&ticket, assign(ANNA))]);
    act.fences.push(fence.clone());
    given.apply(act).await;
    let bens = given.lock_by(&LockSlot::default(), BEN);
    assert!(given.swap(ticket.id, &LockSlot::default(), &bens).await);
    let stored = given.get(ticket.id).await.unwrap();
    let mut act = given.commit([given.write(&stored, assign(BEN))]);
    act.fences.push(fence);
    assert_eq!(given.send(act).await, CommitOutcome::LockMoved { ticket: ticket.id, slot: bens });
}
