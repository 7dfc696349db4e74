//! Who waits for whom while the host's transaction writes: a write past the join for itself, an old view for nothing.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod shop;

use std::time::{Duration, Instant};

use helpdesk_core::desk::{Code, Error};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::store::{ClaimToken, FaultKind, Retry, Shard};
use helpdesk_store_sql::{Join, Joinable};
use shop::*;

fn fault(error: Error) -> (FaultKind, Retry, String) {
    match error {
        Error::Store(error) => (error.kind, error.retry, error.context.unwrap_or_default()),
        other => panic!("no fault of the store: {other}"),
    }
}

/// What an unjoined write comes to, and whether it waited.
async fn past_the_join(shop: &Shop) -> (FaultKind, Retry, bool) {
    let begun = Instant::now();
    let (kind, retry, _) = fault(shop.anna().open(damaged()).await.unwrap_err());
    (kind, retry, begun.elapsed() >= BUSY)
}

#[tokio::test]
async fn an_unjoined_write_fails_at_once_where_it_would_wait_for_itself() {
    let shop = Shop::new().await;
    let mut transaction = shop.begin().await;
    let joined = shop.desk.on(&mut transaction);
    let anna = joined.tenant("acme").unwrap().agent("anna").unwrap();
    let ticket = anna.open(damaged()).await.unwrap().ticket.id;
    assert_eq!(past_the_join(&shop).await, (FaultKind::Unavailable, Retry::Never, false));
    let refused = shop.desk.store().migrate().await.unwrap_err();
    assert!(refused.context.unwrap().contains("write through the joined desk"));
    shop.anna().total(&TicketFilter::default()).await.unwrap();
    // Once the join is gone nobody knows whether the transaction is: the busy timeout ends it.
    drop((joined, anna));
    assert_eq!(past_the_join(&shop).await, (FaultKind::Unavailable, Retry::Later, true));
    transaction.commit().await.unwrap();
    shop.anna().reply(ticket, "After the commit.").await.unwrap();
    shop.is_sound().await;
}

#[tokio::test]
async fn a_join_that_only_read_keeps_nobody_from_writing() {
    let shop = Shop::new().await;
    let ticket = shop.anna().open(damaged()).await.unwrap().ticket;
    let mut transaction = shop.pool.begin().await.unwrap();
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    anna.show(ticket.id).await.unwrap();
    anna.reply(ticket.id, "Refused.").expecting(helpdesk_core::ticket::Version(7)).await.unwrap_err();
    shop.anna().reply(ticket.id, "Outside.").await.unwrap();
    assert_eq!(anna.conversation(ticket.id).await.unwrap().len(), 1, "its view is the one before");
}

#[tokio::test]
async fn an_act_through_the_join_that_wrote_nothing_keeps_nobody_from_writing() {
    let shop = Shop::new().await;
    let mut transaction = shop.pool.begin().await.unwrap();
    let store = transaction.store(&**shop.desk.store());
    let (token, until) = (ClaimToken(uuid::Uuid::nil()), shop.desk.now());
    assert_eq!(store.claim(Shard::ALL, token, until, until, 9).await.unwrap(), []);
    shop.anna().open(damaged()).await.unwrap();
}

#[tokio::test]
async fn a_transaction_on_another_file_keeps_nobody_from_writing() {
    let (shop, other) = (Shop::new().await, Shop::new().await);
    let mut transaction = other.begin().await;
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    anna.open(damaged()).await.unwrap();
    shop.anna().open(damaged()).await.unwrap();
}

#[tokio::test]
async fn an_unjoined_write_of_another_task_waits_for_the_commit() {
    let shop = Shop::new().await;
    let mut transaction = shop.begin().await;
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    anna.open(damaged()).await.unwrap();
    let outside = shop.anna();
    let waiting = tokio::spawn(async move { outside.open(damaged()).await });
    tokio::time::sleep(Duration::from_millis(20)).await;
    assert!(!waiting.is_finished(), "it waits");
    drop(anna);
    transaction.commit().await.unwrap();
    waiting.await.unwrap().unwrap();
    shop.is_sound().await;
}

#[tokio::test]
async fn a_transaction_on_an_old_view_ends_in_a_conflict_that_no_loop_repeats() {
    let shop = Shop::new().await;
    let ticket = shop.anna().open(damaged()).await.unwrap().ticket.id;
    let mut transaction = shop.pool.begin().await.unwrap();
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    anna.show(ticket).await.unwrap();
    shop.anna().reply(ticket, "Faster.").await.unwrap();
    let error = anna.reply(ticket, "On what stood there before.").await.unwrap_err();
    assert_eq!((error.code(), error.is_retryable()), (Code::TransactionConflict, false), "{error}");
    let (kind, retry, _) = fault(error);
    assert_eq!((kind, retry), (FaultKind::Conflict, Retry::Never));
    drop(anna);
    transaction.rollback().await.unwrap();
    let mut transaction = shop.begin().await;
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    anna.reply(ticket, "Begun anew.").await.unwrap();
    drop(anna);
    transaction.commit().await.unwrap();
    assert_eq!(shop.anna().conversation(ticket).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_write_while_another_connection_writes_is_unavailable() {
    let shop = Shop::new().await;
    let ticket = shop.anna().open(damaged()).await.unwrap().ticket.id;
    let mut other = shop.begin().await;
    order(&mut other, 1).await;
    let mut transaction = shop.pool.begin().await.unwrap();
    let anna = shop.desk.on(&mut transaction).tenant("acme").unwrap().agent("anna").unwrap();
    let (kind, retry, _) = fault(anna.reply(ticket, "Too early.").await.unwrap_err());
    assert_eq!((kind, retry), (FaultKind::Unavailable, Retry::Later));
    drop(anna);
    transaction.rollback().await.unwrap();
    other.commit().await.unwrap();
    shop.is_sound().await;
}
