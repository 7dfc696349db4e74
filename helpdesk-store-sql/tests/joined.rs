//! The desk on the host's own transaction, on servers: an order and its ticket stand or fall together, a refused act
//! leaves the transaction usable, and a transaction that keeps to an old state says so.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::future::{Future, poll_fn};
use std::task::Poll;

use helpdesk_core::desk::{AgentDesk, Code, Desk, ErrorKind, JoinedDesk, ListRequest, OpenTicket};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::store::{ClaimToken, Outbox, Shard};
use helpdesk_core::{Helpdesk, Settings};
use helpdesk_store_sql::{Join, SqlOptions, SqlPool, SqlStore};
use servers::{Database, Server};
use sqlx::{AssertSqlSafe, Executor, Row};

/// Polls a future at most so many times and drops it; whether it came to its end.
async fn drop_after<F: Future>(polls: usize, future: F) -> bool {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(false);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(_) => Poll::Ready(true),
            Poll::Pending if left == 0 => Poll::Ready(false),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

fn anna<'d>(desk: &JoinedDesk<'d>) -> AgentDesk<'d> {
    desk.tenant("acme").unwrap().agent("anna").unwrap()
}

fn ben(desk: &Desk<'static>) -> AgentDesk<'static> {
    desk.tenant("acme").unwrap().agent("ben").unwrap()
}

async fn all(desk: &Helpdesk) -> Vec<String> {
    let request = ListRequest::of(TicketFilter::all());
    let page = ben(desk).list(&request).await.unwrap();
    let mut subjects: Vec<_> = page.rows.into_iter().map(|item| item.ticket.content.subject).collect();
    subjects.sort();
    subjects
}

async fn is_clean(desk: &Helpdesk) {
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

macro_rules! on {
    ($room:ident, $server:expr, $pool:ident, $database:ty, $isolation:expr) => {
        mod $room {
            use super::*;

            type Transaction = sqlx::Transaction<'static, $database>;

            /// A host with a table of orders, and a desk in its database.
            struct Host {
                pool: sqlx::Pool<$database>,
                desk: Helpdesk,
                store: std::sync::Arc<SqlStore>,
                _database: Database,
            }

            impl Host {
                async fn new() -> Option<Self> {
                    if $server.is_lacking() {
                        return None;
                    }
                    let database = Database::create($server).await;
                    let SqlPool::$pool(pool) = database.pool(8).await else { unreachable!() };
                    let store = std::sync::Arc::new(SqlOptions::new(pool.clone()).build());
                    store.migrate().await.unwrap();
                    pool.execute("CREATE TABLE orders (name VARCHAR(64) PRIMARY KEY)").await.unwrap();
                    let desk = Helpdesk::over(store.clone()).build();
                    ben(&desk).open(OpenTicket::new("First")).await.unwrap();
                    Some(Self { pool, desk, store, _database: database })
                }

                async fn begin(&self, isolation: &'static str) -> Transaction {
                    let begin: fn(&'static str) -> String = $isolation;
                    self.pool.begin_with(AssertSqlSafe(begin(isolation))).await.unwrap()
                }

                async fn orders(&self) -> i64 {
                    let row = self.pool.fetch_one("SELECT count(*) FROM orders").await.unwrap();
                    row.get(0)
                }
            }

            async fn order(transaction: &mut Transaction, name: &'static str) {
                let insert = format!("INSERT INTO orders VALUES ('{name}')");
                transaction.execute(AssertSqlSafe(insert)).await.unwrap();
            }

            #[tokio::test]
            async fn an_order_its_ticket_and_what_is_told_of_it_stand_or_fall_together() {
                let Some(host) = Host::new().await else { return };
                let admin = host.desk.tenant("acme").unwrap().admin("root").unwrap();
                let (settings, seen) = admin.settings().await.unwrap();
                admin.set_settings(&Settings { outbox: true, ..settings }, seen).await.unwrap();
                for keep in [false, true] {
                    let mut transaction = host.begin("READ COMMITTED").await;
                    order(&mut transaction, "4711").await;
                    let ticket = {
                        let joined = host.desk.on(&mut transaction);
                        let opened = anna(&joined).open(OpenTicket::new("Order 4711")).await.unwrap();
                        let replied = anna(&joined).reply(opened.ticket.id, "On its way.").await.unwrap();
                        assert_eq!(anna(&joined).show(opened.ticket.id).await.unwrap().ticket, replied.ticket);
                        replied.ticket
                    };
                    assert_eq!(all(&host.desk).await, ["First"], "nothing is seen before the host commits");
                    let claim = || {
                        let token = ClaimToken(uuid::Uuid::new_v4());
                        let now = host.desk.now();
                        host.store.claim(Shard::ALL, token, now, now + chrono::TimeDelta::minutes(1), 100)
                    };
                    assert!(claim().await.unwrap().iter().all(|delivery| delivery.ticket != ticket.id));
                    if keep {
                        transaction.commit().await.unwrap();
                    } else {
                        transaction.rollback().await.unwrap();
                    }
                    let told =
                        claim().await.unwrap().into_iter().filter(|delivery| delivery.ticket == ticket.id).count();
                    assert_eq!((host.orders().await, told > 0), (i64::from(keep), keep));
                    let expected: &[&str] = if keep { &["First", "Order 4711"] } else { &["First"] };
                    assert_eq!(all(&host.desk).await, expected);
                }
                is_clean(&host.desk).await;
            }

            #[tokio::test]
            async fn a_refused_act_leaves_the_transaction_usable() {
                let Some(host) = Host::new().await else { return };
                let mut transaction = host.begin("READ COMMITTED").await;
                order(&mut transaction, "1").await;
                {
                    let joined = host.desk.on(&mut transaction);
                    let opened = anna(&joined).open(OpenTicket::new("Joined")).idempotent("k").unwrap().await.unwrap();
                    let id = opened.ticket.id;
                    anna(&joined).reply(id, "Once.").await.unwrap();
                    let late = anna(&joined).reply(id, "Late.").expecting(opened.ticket.version).await.unwrap_err();
                    assert_eq!(late.kind(), ErrorKind::Conflict);
                    let other = anna(&joined).open(OpenTicket::new("Other")).idempotent("k").unwrap().await;
                    assert_eq!(other.unwrap_err().code(), Code::KeyReused);
                    let again = anna(&joined).open(OpenTicket::new("Joined")).idempotent("k").unwrap().await.unwrap();
                    assert!(again.replayed && again.ticket.id == id);
                }
                order(&mut transaction, "2").await;
                transaction.commit().await.unwrap();
                assert_eq!((host.orders().await, all(&host.desk).await.len()), (2, 2));
                is_clean(&host.desk).await;
            }

            #[tokio::test]
            async fn read_committed_decides_anew_and_stricter_ones_end_at_once() {
                let Some(host) = Host::new().await else { return };
                for isolation in ["READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"] {
                    let ticket = ben(&host.desk).open(OpenTicket::new(isolation)).await.unwrap().ticket;
                    let mut transaction = host.begin(isolation).await;
                    let late = {
                        let joined = host.desk.on(&mut transaction);
                        let seen = anna(&joined).show(ticket.id).await.unwrap();
                        // In a serializable one MariaDB's read holds the row, and others wait for it.
                        let mut reply = tokio::spawn(ben(&host.desk).reply(ticket.id, "In between.").into_future());
                        let faster = tokio::time::timeout(std::time::Duration::from_secs(1), &mut reply).await.is_ok();
                        let answer = anna(&joined).reply(ticket.id, "From within.").await;
                        match (isolation, faster) {
                            ("READ COMMITTED", _) | (_, false) => {
                                let after = answer.unwrap().ticket.version.0;
                                assert_eq!(after, seen.ticket.version.0 + 1 + u64::from(faster), "{isolation}");
                            }
                            _ => {
                                let error = answer.unwrap_err();
                                assert_eq!(error.code(), Code::TransactionConflict, "{isolation}: {error:?}");
                                assert_eq!(error.kind(), ErrorKind::Conflict);
                                assert!(!error.is_retryable(), "{isolation}");
                            }
                        }
                        (!faster).then_some(reply)
                    };
                    transaction.rollback().await.unwrap();
                    if let Some(reply) = late {
                        reply.await.unwrap().unwrap();
                    }
                }
                is_clean(&host.desk).await;
            }

            #[tokio::test]
            async fn two_open_transactions_of_one_task_do_not_wait_for_each_others_numbers() {
                let Some(host) = Host::new().await else { return };
                let mut transactions = Vec::new();
                for name in ["a", "b", "c"] {
                    let mut transaction = host.begin("READ COMMITTED").await;
                    let opened = {
                        let joined = host.desk.on(&mut transaction);
                        anna(&joined).open(OpenTicket::new(name)).await.unwrap().ticket.number
                    };
                    transactions.push((transaction, opened));
                }
                let mut numbers: Vec<_> = transactions.iter().map(|(_, number)| number.clone()).collect();
                numbers.dedup();
                assert_eq!(numbers.len(), 3);
                for (transaction, _) in transactions.into_iter().rev() {
                    transaction.commit().await.unwrap();
                }
                assert_eq!(all(&host.desk).await.len(), 4);
                is_clean(&host.desk).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_call_that_is_dropped_left_the_whole_act_or_nothing() {
                let Some(host) = Host::new().await else { return };
                let ticket = ben(&host.desk).open(OpenTicket::new("Dropped")).await.unwrap().ticket.id;
                let (mut whole, mut nothing, mut kept) = (0, 0, 0);
                for polls in 0..40 {
                    let before = ben(&host.desk).show(ticket).await.unwrap().ticket.version.0;
                    let mut transaction = host.begin("READ COMMITTED").await;
                    {
                        let joined = host.desk.on(&mut transaction);
                        let agent = anna(&joined);
                        drop_after(polls, agent.lock(ticket, None)).await;
                        drop_after(polls, agent.reply(ticket, "Perhaps.").into_future()).await;
                        drop_after(polls, agent.open(OpenTicket::new("Perhaps")).into_future()).await;
                    }
                    // MariaDB's driver fails the host's next statement if a call was dropped just as its act was kept.
                    let insert = format!("INSERT INTO orders VALUES ('{polls}')");
                    let ordered = transaction.execute(AssertSqlSafe(insert)).await.is_ok();
                    let committed = ordered && transaction.commit().await.is_ok();
                    kept += i64::from(committed);
                    let after = ben(&host.desk).show(ticket).await.unwrap().ticket.version.0;
                    assert!(committed || after == before, "what the host did not commit is not there");
                    whole += u64::from(after > before);
                    nothing += u64::from(after == before);
                    is_clean(&host.desk).await;
                }
                assert!(whole > 0 && nothing > 0, "both must be met: {whole} whole, {nothing} not at all");
                assert_eq!(host.orders().await, kept, "what the host committed is there");
                assert!(kept >= 20, "the host can go on after most dropped calls: {kept} of 40");
            }
        }
    };
}

on!(postgres, Server::Postgres, Postgres, sqlx::Postgres, |isolation| format!("BEGIN ISOLATION LEVEL {isolation}"));
on!(mysql, Server::MySql, MySql, sqlx::MySql, |isolation| format!(
    "SET TRANSACTION ISOLATION LEVEL {isolation}; START TRANSACTION"
));
