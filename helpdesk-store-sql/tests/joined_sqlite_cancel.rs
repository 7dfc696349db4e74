//! A call on the host's transaction may be dropped after any number of polls: what the host commits right after holds it
//! whole or not at all, and all that the host wrote itself.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod polls;
mod shop;
mod support;

use helpdesk_core::query::*;
use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sql::Joinable;
use polls::drop_after;
use shop::*;
use support::*;

/// More polls than any call here takes.
const POLLS: usize = 24;

#[tokio::test]
async fn a_dropped_commit_is_committed_whole_or_not_at_all() {
    let shop = Shop::new().await;
    let (mut there, mut absent) = (0, 0);
    for round in 0..4 * POLLS {
        let mut transaction = shop.begin().await;
        order(&mut transaction, i64::try_from(round).unwrap()).await;
        let write = opening(plain("perhaps"), &anna(), at(0));
        let (id, events) = (write.after.id, write.events.len());
        let mut commit = commit_of(vec![write, opening(plain("with it"), &anna(), at(0))], at(0));
        commit.outbox = true;
        let store = transaction.store(&**shop.desk.store());
        if round % 3 == 1 {
            // Then the dropped one is one script, by what this remembers.
            open(&*store, plain("before it"), at(0)).await;
        }
        drop_after(round % POLLS, store.commit(commit)).await;
        if round % 3 == 2 {
            open(&*store, plain("after it"), at(0)).await;
        }
        drop(store);
        transaction.commit().await.unwrap();
        let stored = load(&**shop.desk.store(), id).await;
        let history = shop.desk.store().history(&acme(), id, 0, 100).await.unwrap();
        assert_eq!(history.len(), if stored.is_some() { events } else { 0 });
        *(if stored.is_some() { &mut there } else { &mut absent }) += 1;
        assert_eq!(shop.orders().await.len(), round + 1, "the host's rows are the host's to take back");
    }
    assert!(there > 0 && absent > 0, "{there} applied, {absent} not");
    shop.is_sound().await;
}

#[tokio::test]
async fn every_call_may_be_dropped_after_any_number_of_polls() {
    let shop = Shop::new().await;
    let ticket = open(&**shop.desk.store(), plain("stays"), at(0)).await;
    let (tenant, id) = (acme(), ticket.id);
    let queries: Vec<_> =
        Sort::ALL.into_iter().map(|sort| TicketQuery::new(TicketFilter::default(), sort, at(0))).collect();
    for polls in 0..POLLS {
        let mut transaction = shop.begin().await;
        order(&mut transaction, i64::try_from(polls).unwrap()).await;
        let store = transaction.store(&**shop.desk.store());
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
        drop_after(polls, store.record(&tenant, &RecordKey::settings())).await;
        drop_after(polls, store.schema()).await;
        drop_after(polls, store.check()).await;
        drop_after(polls, store.migrate()).await;
        drop_after(polls, store.tenants()).await;
        drop_after(polls, store.forget_keys(at(0), 9)).await;
        drop_after(polls, store.claim(Shard::ALL, ClaimToken(fresh()), at(0), at(1), 9)).await;
        drop_after(polls, store.acknowledge(ClaimToken(fresh()), &[1])).await;
        drop_after(polls, store.mark_read(&tenant, &agent("anna"), id, 1)).await;
        let slot = LockSlot::default();
        drop_after(polls, store.swap_lock(&tenant, id, &slot, &slot, None)).await;
        assert!(load(&*store, id).await.is_some(), "the transaction is as usable as before");
        open(&*store, plain("after it"), at(0)).await;
        drop(store);
        transaction.commit().await.unwrap();
    }
    assert_eq!(shop.orders().await.len(), POLLS);
    shop.is_sound().await;
}

#[tokio::test]
async fn tables_that_were_not_made_to_the_end_are_not_made_at_all() {
    let memory = sqlx::SqlitePool::connect("sqlite::memory:").await.unwrap();
    let mut there = false;
    for polls in 0..400 {
        let mut transaction = memory.begin().await.unwrap();
        sqlx::query("CREATE TABLE IF NOT EXISTS orders (id)").execute(&mut *transaction).await.unwrap();
        let store = transaction.store(&helpdesk_core::MemoryStore::new());
        drop_after(polls, store.migrate()).await;
        drop(store);
        transaction.commit().await.unwrap();
        let tables: Vec<String> = sqlx::query_scalar("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")
            .fetch_all(&memory)
            .await
            .unwrap();
        there = tables.iter().any(|name| name.starts_with("helpdesk"));
        assert!(tables.contains(&"orders".to_owned()) && (!there || tables.len() > 15), "{polls}: {tables:?}");
        if there {
            break;
        }
    }
    assert!(there, "it was never made");
}
