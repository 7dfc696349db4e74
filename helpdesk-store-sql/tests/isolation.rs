//! The kit's races, each call in a transaction of a host's, at every isolation: a host that rolls back and begins anew
//! when it is told to loses nothing to it.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;
#[path = "servers/through.rs"]
mod through;

use std::any::Any;
use std::ops::RangeInclusive;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use helpdesk_core::conformance::{Fresh, Rule, Subject, Task, Verdict, rules};
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{GroupBy, PageRequest, Tally, TicketQuery};
use helpdesk_core::store::*;
use helpdesk_core::ticket::{LockSlot, Message, Ticket, TicketId};
use helpdesk_store_sql::{Joinable, SqlPool, SqlStore};
use servers::{Database, Server};
use sqlx::{AssertSqlSafe, Pool, Transaction};
use through::{Told, through};

/// How often a host begins anew at most.
const TRIES: usize = 200;

/// What numbers out of blocks do not keep.
const ONLY_WITHOUT_GAPS: &str = "numbers_drawn_at_once_have_no_gap";

/// A host: its pool, how it begins, and the desk's store beside.
struct Host<D: sqlx::Database> {
    pool: Pool<D>,
    begin: String,
    store: SqlStore,
    anew: Arc<AtomicUsize>,
}

impl<D: sqlx::Database> Host<D> {
    async fn open(&self) -> Transaction<'static, D> {
        self.pool.begin_with(AssertSqlSafe(self.begin.clone())).await.unwrap()
    }

    /// Keeps what was done; `None` if the host has to begin anew.
    async fn end<T>(&self, transaction: Transaction<'static, D>, answer: Told<T>) -> Option<T> {
        let kept = match answer {
            Ok(answer) => transaction.commit().await.ok().map(|()| answer),
            Err(error) => {
                assert!(matches!(error.kind, FaultKind::Conflict | FaultKind::Unavailable), "{error}");
                drop(transaction.rollback().await);
                None
            }
        };
        if kept.is_none() {
            self.anew.fetch_add(1, Ordering::SeqCst);
            tokio::time::sleep(Duration::from_micros(u64::from(uuid::Uuid::new_v4().as_bytes()[0]) * 125)).await;
        }
        kept
    }

    fn like(&self) -> &SqlStore {
        &self.store
    }

    async fn close_all(&self) -> Told<()> {
        self.store.close().await
    }
}

macro_rules! ask_within {
    ($host:expr, $store:ident, $call:expr) => {{
        for _ in 0..TRIES {
            let mut transaction = $host.open().await;
            let answer = {
                let $store = transaction.store(&$host.store);
                $call
            };
            if let Some(answer) = $host.end(transaction, answer).await {
                return Ok(answer);
            }
        }
        panic!("it comes to no end")
    }};
}

macro_rules! on {
    ($room:ident, $server:expr, $pool:ident, $database:ty, $begin:expr) => {
        mod $room {
            use super::*;

            through!(Host<$database>, ask_within);

            struct Hosts {
                isolation: &'static str,
                anew: Arc<AtomicUsize>,
            }

            #[async_trait]
            impl Subject for Hosts {
                async fn fresh(&self) -> Fresh {
                    let database = Database::create($server).await;
                    let store = database.store().await;
                    let SqlPool::$pool(pool) = database.pool(12).await else { unreachable!() };
                    let begin: fn(&'static str) -> String = $begin;
                    let host =
                        Host::<$database> { pool, begin: begin(self.isolation), store, anew: Arc::clone(&self.anew) };
                    Fresh::new(Arc::new(host), database)
                }

                fn spawn(&self, task: Task) -> Task {
                    let task = tokio::spawn(task);
                    Box::pin(async move { task.await.unwrap() })
                }
            }

            async fn races_at(isolation: &'static str) {
                if $server.is_lacking() {
                    return;
                }
                let races: Vec<&Rule> = rules().iter().filter(|rule| rule.group == "races").collect();
                assert!(races.len() > 8);
                for rule in races {
                    let anew = Arc::new(AtomicUsize::new(0));
                    let trial = (rule.run)(Arc::new(Hosts { isolation, anew: Arc::clone(&anew) }));
                    let verdict = tokio::spawn(trial).await.expect(rule.name);
                    assert_eq!(verdict == Verdict::Kept, rule.name != ONLY_WITHOUT_GAPS, "{}", rule.name);
                    let anew = anew.load(Ordering::SeqCst);
                    println!("{} {isolation}: {}, begun anew {anew} times", $server.name(), rule.name);
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn the_races_hold_at_read_committed() {
                races_at("READ COMMITTED").await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn the_races_hold_at_repeatable_read() {
                races_at("REPEATABLE READ").await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn the_races_hold_at_serializable() {
                races_at("SERIALIZABLE").await;
            }
        }
    };
}

on!(postgres, Server::Postgres, Postgres, sqlx::Postgres, |isolation| format!("BEGIN ISOLATION LEVEL {isolation}"));
on!(mysql, Server::MySql, MySql, sqlx::MySql, |isolation| format!(
    "SET TRANSACTION ISOLATION LEVEL {isolation}; START TRANSACTION"
));
