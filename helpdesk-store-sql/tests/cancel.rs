//! Any future may be dropped after any number of polls: no transaction stays open, no reader is lost (there is one),
//! the writer goes on, and a dropped write was applied whole or not at all.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod polls;
mod support;

use helpdesk_core::query::*;
use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sql::sqlite::SqliteStore;
use polls::drop_after;
use support::*;

async fn works(store: &SqliteStore, ticket: TicketId) {
    assert!(load(store, ticket).await.is_some());
    let query = TicketQuery::new(TicketFilter::all(), Sort::Updated, at(0));
    assert!(!store.tickets(&acme(), &query, &PageRequest::default()).await.unwrap().rows.is_empty());
    open(store, plain("after it"), at(0)).await;
}

#[tokio::test]
async fn every_future_may_be_dropped_after_any_number_of_polls() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(options(folder.path()).readers(1)).await.unwrap();
    let ticket = open(&store, plain("stays"), at(0)).await;
    let id = ticket.id;
    let tenant = acme();
    let queries: Vec<_> =
        Sort::ALL.into_iter().map(|sort| TicketQuery::new(TicketFilter::default(), sort, at(0))).collect();
    for polls in 0..12 {
        for query in &queries {
            drop_after(polls, store.tickets(&tenant, query, &PageRequest::default())).await;
            drop_after(polls, store.tally(&tenant, query, GroupBy::Team)).await;
        }
        let wants = Wants { ticket: Some(TicketKey::Id(id)), ..Wants::default() };
        drop_after(polls, store.load(&tenant, &wants)).await;
        drop_after(polls, store.conversation(&tenant, id, 1..=9)).await;
        drop_after(polls, store.history(&tenant, id, 0, 9)).await;
        drop_after(polls, store.scan(&tenant, None, 9)).await;
        drop_after(polls, store.due(Shard::ALL, at(0), 9)).await;
        drop_after(polls, store.lock_slot(&tenant, id)).await;
        drop_after(polls, store.record(&tenant, &RecordKey::settings())).await;
        drop_after(polls, store.records(&tenant, RecordKind::Agent, None, 9)).await;
        drop_after(polls, store.schema()).await;
        drop_after(polls, store.check()).await;
        drop_after(polls, store.migrate()).await;
        drop_after(polls, store.tenants()).await;
        drop_after(polls, store.forget_keys(at(0), 9)).await;
        drop_after(polls, store.claim(Shard::ALL, ClaimToken(fresh()), at(0), at(1), 9)).await;
        drop_after(polls, store.acknowledge(ClaimToken(fresh()), &[1])).await;
        drop_after(polls, store.release(ClaimToken(fresh()), &[1], at(0))).await;
        drop_after(polls, store.mark_read(&tenant, &agent("anna"), id, 1)).await;
        let slot = LockSlot::default();
        drop_after(polls, store.swap_lock(&tenant, id, &slot, &slot, None)).await;
        drop_after(polls, store.backup(folder.path().join(format!("copy-{polls}.db")))).await;
        works(&store, id).await;
    }
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test]
async fn a_dropped_commit_is_applied_whole_or_not_at_all() {
    let desk = Desk::new().await;
    let (mut there, mut absent) = (0, 0);
    for round in 0..60 {
        let write = opening(plain("perhaps"), &anna(), at(0));
        let (id, events) = (write.after.id, write.events.len());
        drop_after(round % 6, desk.store.commit(commit_of(vec![write], at(0)))).await;
        // A later act is answered after the dropped one came to its end.
        open(&desk.store, plain("after it"), at(0)).await;
        let stored = load(&desk.store, id).await;
        let history = desk.store.history(&acme(), id, 0, 100).await.unwrap();
        assert_eq!(history.len(), if stored.is_some() { events } else { 0 });
        *(if stored.is_some() { &mut there } else { &mut absent }) += 1;
    }
    assert!(there > 0 && absent > 0, "{there} applied, {absent} not");
    assert_eq!(desk.store.check().await.unwrap(), []);
}

#[tokio::test]
async fn closing_finishes_what_was_handed_over_and_refuses_the_rest() {
    let desk = Desk::new().await;
    let write = opening(plain("last"), &anna(), at(0));
    let id = write.after.id;
    let (done, closed) = tokio::join!(desk.store.commit(commit_of(vec![write], at(0))), desk.store.close());
    applied(done.unwrap());
    closed.unwrap();
    desk.store.close().await.unwrap();
    let refused = desk.store.commit(commit_of(vec![opening(plain("late"), &anna(), at(0))], at(0))).await.unwrap_err();
    assert_eq!(refused.kind, FaultKind::Unavailable);
    let wants = Wants { ticket: Some(TicketKey::Id(id)), ..Wants::default() };
    assert_eq!(desk.store.load(&acme(), &wants).await.unwrap_err().kind, FaultKind::Unavailable);
    let again = SqliteStore::open(options(desk.folder.path())).await.unwrap();
    assert!(load(&again, id).await.is_some());
}
