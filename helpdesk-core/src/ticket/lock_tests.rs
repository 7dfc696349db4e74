//! Every cell of the lock's table, and that a lease taken over stays taken over.

use chrono::TimeDelta;

use super::*;

const LEASE: TimeDelta = TimeDelta::minutes(3);

fn at(minute: u32) -> Timestamp {
    format!("2026-11-02T09:{minute:02}:00Z").parse().unwrap()
}

fn agent(name: &str) -> AgentId {
    AgentId::new(name).unwrap()
}

#[test]
fn acquire_free_expired_mine_and_foreign() {
    let (anna, ben) = (agent("anna"), agent("ben"));
    let first = LockSlot::default().acquire(&anna, at(0), LEASE, None).unwrap();
    assert_eq!(first.token, LockToken(1));
    let renewed = first.acquire(&anna, at(1), LEASE, None).unwrap();
    assert_eq!((renewed.token, renewed.running(at(3)).is_some()), (LockToken(1), true));
    assert_eq!(first.acquire(&ben, at(2), LEASE, None), Err(LockRefused::Held { by: anna.clone(), until: at(3) }));
    assert_eq!(first.acquire(&ben, at(3), LEASE, None).unwrap().token, LockToken(2));
    assert_eq!(first.acquire(&anna, at(3), LEASE, None).unwrap().token, LockToken(2), "expired: a larger token");
}

#[test]
fn renew_needs_the_newest_token_of_ones_own() {
    let (anna, ben) = (agent("anna"), agent("ben"));
    let first = LockSlot::default().acquire(&anna, at(0), LEASE, None).unwrap();
    assert!(first.renew(&anna, LockToken(1), at(9), LEASE).is_ok(), "expired, but nobody took it");
    assert!(first.renew(&ben, LockToken(1), at(9), LEASE).is_err(), "a guessed token is not one's own");
    let taken = first.acquire(&ben, at(3), LEASE, None).unwrap();
    assert!(matches!(taken.renew(&anna, LockToken(1), at(4), LEASE), Err(LockRefused::Stale { .. })));
    let released = first.release(&anna, LockToken(1), at(1)).unwrap().unwrap();
    assert_eq!(released.token, LockToken(1));
    assert!(released.renew(&anna, LockToken(1), at(2), LEASE).is_ok());
    assert!(released.renew(&ben, LockToken(1), at(2), LEASE).is_err());
    assert_eq!(released.acquire(&ben, at(2), LEASE, None).unwrap().token, LockToken(2));
}

#[test]
fn release_frees_ones_own_only() {
    let (anna, ben) = (agent("anna"), agent("ben"));
    assert_eq!(LockSlot::default().release(&anna, LockToken(0), at(0)), Ok(None));
    let first = LockSlot::default().acquire(&anna, at(0), LEASE, None).unwrap();
    assert!(first.release(&ben, LockToken(1), at(1)).is_err());
    assert!(first.release(&anna, LockToken(0), at(1)).is_err());
    assert_eq!(first.release(&anna, LockToken(1), at(5)), Ok(None), "expired: nothing to free");
}

#[test]
fn steal_takes_from_another_and_renews_ones_own() {
    let (anna, ben) = (agent("anna"), agent("ben"));
    let first = LockSlot::default().acquire(&anna, at(0), LEASE, None).unwrap();
    assert_eq!(first.steal(&ben, at(1), LEASE, None).token, LockToken(2));
    assert_eq!(first.steal(&anna, at(1), LEASE, None).token, LockToken(1));
    assert_eq!(LockSlot::default().steal(&ben, at(1), LEASE, None).token, LockToken(1));
}
