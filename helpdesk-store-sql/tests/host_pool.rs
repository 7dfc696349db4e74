//! The host's pool stays the host's: whatever is dropped, every connection is free, outside a transaction and as it was
//! set; and a transaction that a host left open on one takes nothing acknowledged with it.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

#[path = "../../helpdesk-core/tests/shared/acts.rs"]
mod acts;
mod servers;

use std::future::{Future, poll_fn};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use acts::*;
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::query::*;
use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sql::SqlStore;
use servers::load::is_clean;
use servers::{Database, Server};
use sqlx::{AssertSqlSafe, Executor, Row};

/// How many connections the host's pool has.
const SIZE: u32 = 3;

/// Polls a future at most so many times and drops it.
async fn drop_after<F: Future>(polls: usize, future: F) {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Pending if left > 0 => Poll::Pending,
            _ => Poll::Ready(()),
        }
    })
    .await;
}

/// Drops every kind of call after so many polls.
async fn drop_all(store: &SqlStore, ticket: &Ticket, polls: usize) {
    let (tenant, id) = (acme(), ticket.id);
    let query = TicketQuery::new(TicketFilter::default(), Sort::Updated, at(0));
    drop_after(polls, store.tickets(&tenant, &query, &PageRequest::default())).await;
    drop_after(polls, store.tally(&tenant, &query, GroupBy::Team)).await;
    let wants = Wants { ticket: Some(TicketKey::Id(id)), ..Wants::default() };
    drop_after(polls, store.load(&tenant, &wants)).await;
    drop_after(polls, store.conversation(&tenant, id, 1..=9)).await;
    drop_after(polls, store.due(Shard::ALL, at(0), 9)).await;
    drop_after(polls, store.schema()).await;
    drop_after(polls, store.check()).await;
    drop_after(polls, store.migrate()).await;
    drop_after(polls, store.forget_keys(at(0), 9)).await;
    drop_after(polls, store.claim(Shard::ALL, ClaimToken(fresh()), at(0), at(1), 9)).await;
    drop_after(polls, store.acknowledge(ClaimToken(fresh()), &[1])).await;
    drop_after(polls, store.mark_read(&tenant, &agent("anna"), id, 1)).await;
    let slot = LockSlot::default();
    drop_after(polls, store.swap_lock(&tenant, id, &slot, &slot, None)).await;
    // One that goes with others, one that has to look first, one that meets another version.
    let opening = commit_of(vec![opening(plain("Perhaps"), &anna(), at(0))], at(0));
    let late = commit_of(vec![write(ticket, &reply("Perhaps."), &anna(), at(1))], at(1));
    let mut record = commit_of(Vec::new(), at(2));
    let key = RecordKey::new(RecordKind::Team, format!("team-{}", fresh()));
    record.records.push(RecordWrite { key, expected: Expected::Absent, value: Some(serde_json::json!({})) });
    for commit in [opening, late, record] {
        drop_after(polls, store.commit(commit)).await;
    }
}

macro_rules! on {
    ($room:ident, $server:expr, $database:ty, $set:expr, $state:expr, $poisons:expr) => {
        mod $room {
            use super::*;

            /// A database and a pool on it, whose connections the host sets in its way.
            async fn host(set: &'static str) -> Option<(Database, sqlx::pool::PoolOptions<$database>)> {
                if $server.is_lacking() {
                    return None;
                }
                let database = Database::create($server).await;
                database.store().await;
                let pool = sqlx::pool::PoolOptions::<$database>::new().max_connections(SIZE);
                let pool = pool.acquire_timeout(Duration::from_secs(30));
                let pool = pool.after_connect(move |connection, _| {
                    Box::pin(async move { connection.execute(sqlx::raw_sql(set)).await.map(drop) })
                });
                Some((database, pool))
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn whatever_is_dropped_leaves_every_connection_free_and_as_it_was() {
                let Some((database, pool)) = host($set).await else { return };
                let pool = pool.connect(&database.url).await.unwrap();
                let store = SqlStore::from_pool(pool.clone());
                let ticket = open(&store, plain("Stays"), at(0)).await;
                let before: String = pool.fetch_one($state).await.unwrap().get(0);
                for polls in 0..14 {
                    drop_all(&store, &ticket, polls).await;
                    let mut held = Vec::new();
                    for _ in 0..SIZE {
                        held.push(pool.acquire().await.expect("every connection is free"));
                    }
                    for connection in &mut held {
                        for _ in 0..2 {
                            let after: String = connection.fetch_one($state).await.unwrap().get(0);
                            assert_eq!(after, before, "after {polls} polls");
                        }
                    }
                    drop(held);
                    open(&store, plain("After it"), at(0)).await;
                }
                is_clean(&Helpdesk::over(Arc::new(store)).build()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_transaction_that_a_host_left_open_takes_nothing_acknowledged_with_it() {
                let Some((database, pool)) = host("SELECT 1").await else { return };
                let pool = pool.connect(&database.url).await.unwrap();
                pool.execute("CREATE TABLE orders (name VARCHAR(64) PRIMARY KEY)").await.unwrap();
                let poisons: &[&[&'static str]] = &$poisons;
                for poison in poisons {
                    let desk = Helpdesk::over(Arc::new(SqlStore::from_pool(pool.clone()))).build();
                    let poisoned = async || {
                        let mut held = Vec::new();
                        for _ in 0..SIZE {
                            held.push(pool.acquire().await.unwrap());
                        }
                        for connection in &mut held {
                            for statement in *poison {
                                let statement = statement.replace('#', &fresh().to_string());
                                // One of them fails, and is meant to.
                                drop(connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await);
                            }
                        }
                    };
                    let anna = desk.tenant("acme").unwrap().agent("anna").unwrap();
                    poisoned().await;
                    let ticket = anna.open(OpenTicket::new("Acknowledged")).await.unwrap().ticket.id;
                    poisoned().await;
                    let answered = anna.reply(ticket, "Acknowledged.").await.unwrap().ticket;
                    poisoned().await;
                    let lock = anna.lock(ticket, None).await.unwrap();
                    poisoned().await;
                    anna.mark_read(ticket).await.unwrap();
                    let mut held = Vec::new();
                    for _ in 0..SIZE {
                        held.push(pool.acquire().await.unwrap());
                    }
                    for connection in &mut held {
                        connection.execute("ROLLBACK").await.unwrap();
                    }
                    drop(held);
                    let beside = Helpdesk::over(Arc::new(database.store().await)).build();
                    let carl = beside.tenant("acme").unwrap().agent("carl").unwrap();
                    assert_eq!(carl.show(ticket).await.unwrap().ticket, answered, "{poison:?}");
                    let found = carl.peek_lock(ticket).await.unwrap();
                    assert_eq!(found.token, lock.token, "{poison:?}");
                    let orders: i64 = pool.fetch_one("SELECT count(*) FROM orders").await.unwrap().get(0);
                    assert_eq!(orders, 0, "what the host left is not kept either: {poison:?}");
                    is_clean(&beside).await;
                }
            }
        }
    };
}

on!(
    postgres,
    Server::Postgres,
    sqlx::Postgres,
    "SET default_transaction_isolation = 'repeatable read'; SET lock_timeout = '7s'; SET search_path = public, pg_temp",
    "SELECT concat_ws(' ', current_setting('transaction_isolation'), current_setting('lock_timeout'), \
     current_setting('synchronous_commit'), current_setting('search_path'), now() = statement_timestamp(), \
     (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()))",
    [
        &["BEGIN"],
        &["BEGIN ISOLATION LEVEL READ COMMITTED", "INSERT INTO orders VALUES ('left #')"],
        &["BEGIN", "SELECT nothing FROM nowhere"],
    ]
);
on!(
    mysql,
    Server::MySql,
    sqlx::MySql,
    "SET innodb_lock_wait_timeout = 7; SET SESSION TRANSACTION ISOLATION LEVEL SERIALIZABLE",
    "SELECT CAST(CONCAT_WS(' ', @@in_transaction, @@autocommit, @@tx_isolation, @@innodb_lock_wait_timeout, \
     IS_USED_LOCK(CONCAT('helpdesk.', DATABASE())) IS NULL) AS CHAR)",
    [
        &["START TRANSACTION"],
        &["SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION", "INSERT INTO orders VALUES ('left #')"],
    ]
);
