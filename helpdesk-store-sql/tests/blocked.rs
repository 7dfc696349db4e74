//! Hosts that hold what the desk wants to write, and pools that are small: nobody waits behind whoever is in the way, and
//! what cannot be done ends as a fault that says so, never as a wait for oneself.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{AgentDesk, Error, ErrorKind, ImportRequest, Imported, ListRequest, OpenTicket};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::store::Maintenance;
use helpdesk_core::ticket::TicketId;
use helpdesk_store_sql::{Join, SqlOptions, SqlPool, SqlStore};
use servers::load::{Load, is_clean};
use servers::{Database, Server};
use sqlx::Executor;

/// How long a small pool waits for a connection.
const BRIEF: Duration = Duration::from_secs(3);

fn ben(desk: &Helpdesk) -> AgentDesk<'static> {
    desk.tenant("acme").unwrap().agent("ben").unwrap()
}

async fn open(desk: &Helpdesk, subject: &str) -> Result<TicketId, Error> {
    ben(desk).open(OpenTicket::new(subject)).await.map(|opened| opened.ticket.id)
}

fn is_in_the_way(error: &Error) {
    assert!(error.kind() == ErrorKind::Unavailable && error.is_retryable(), "{error:?}");
}

fn shop(id: &str) -> ImportRequest {
    ImportRequest { external_id: id.into(), subject: "From the shop".into(), ..ImportRequest::default() }
}

fn imported(imported: Imported) -> TicketId {
    match imported {
        Imported::Created(outcome) => outcome.ticket.id,
        Imported::Known(id) => id,
    }
}

macro_rules! on {
    ($room:ident, $server:expr, $pool:ident, $database:ty, $begin:expr) => {
        mod $room {
            use super::*;

            /// A desk on a pool of its own, and a host that has another one.
            struct Given {
                host: sqlx::Pool<$database>,
                store: Arc<SqlStore>,
                desk: Helpdesk,
                database: Database,
            }

            impl Given {
                async fn new(size: u32, wait: Duration) -> Option<Self> {
                    if $server.is_lacking() {
                        return None;
                    }
                    let database = Database::create($server).await;
                    let SqlPool::$pool(host) = database.pool(4).await else { unreachable!() };
                    let store = SqlOptions::new($server.pool(&database.url, size, wait).await).build();
                    let store = Arc::new(store);
                    store.migrate().await.unwrap();
                    let desk = Helpdesk::over(store.clone()).build();
                    Some(Self { host, store, desk, database })
                }

                async fn begin(&self) -> sqlx::Transaction<'static, $database> {
                    self.host.begin_with($begin).await.unwrap()
                }

                /// A transaction of the host's that wrote to a ticket.
                async fn holding(&self, ticket: TicketId) -> sqlx::Transaction<'static, $database> {
                    let mut transaction = self.begin().await;
                    {
                        let joined = self.desk.on(&mut transaction);
                        let anna = joined.tenant("acme").unwrap().agent("anna").unwrap();
                        anna.note(ticket, "From within.").await.unwrap();
                    }
                    transaction
                }
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_ticket_that_a_host_holds_holds_up_no_other() {
                let Some(given) = Given::new(8, Duration::from_secs(30)).await else { return };
                let (held, other) =
                    (open(&given.desk, "Held").await.unwrap(), open(&given.desk, "Other").await.unwrap());
                for keep in [true, false] {
                    let host = given.holding(held).await;
                    let blocked = tokio::spawn(ben(&given.desk).reply(held, "From outside.").into_future());
                    for n in 0..5 {
                        ben(&given.desk).note(other, format!("Note {n}")).await.unwrap();
                        open(&given.desk, "Meanwhile").await.unwrap();
                    }
                    assert!(!blocked.is_finished(), "it waits for the host, alone");
                    if keep {
                        host.commit().await.unwrap();
                        assert_eq!(blocked.await.unwrap().unwrap().ticket.messages, 2);
                    } else {
                        is_in_the_way(&blocked.await.unwrap().unwrap_err());
                        host.rollback().await.unwrap();
                        assert_eq!(ben(&given.desk).reply(held, "Now.").await.unwrap().ticket.messages, 3);
                    }
                }
                is_clean(&given.desk).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_reference_that_a_host_has_not_committed_is_not_waited_for_without_end() {
                let Some(given) = Given::new(8, Duration::from_secs(30)).await else { return };
                open(&given.desk, "First").await.unwrap();
                let admin = given.desk.tenant("acme").unwrap().admin("root").unwrap();
                for (id, keep) in [("1", true), ("2", false)] {
                    let mut host = given.begin().await;
                    let theirs = {
                        let joined = given.desk.on(&mut host);
                        let admin = joined.tenant("acme").unwrap().admin("root").unwrap();
                        imported(admin.import("shop", shop(id)).await.unwrap())
                    };
                    let ours = admin.clone();
                    let blocked = tokio::spawn(async move { ours.import("shop", shop(id)).await });
                    for _ in 0..10 {
                        open(&given.desk, "Meanwhile").await.unwrap();
                    }
                    if keep {
                        host.commit().await.unwrap();
                        // It may have been told before that it has to come again.
                        let ours = match blocked.await.unwrap() {
                            Err(error) => {
                                is_in_the_way(&error);
                                admin.import("shop", shop(id)).await
                            }
                            done => done,
                        };
                        assert_eq!(imported(ours.unwrap()), theirs);
                    } else {
                        is_in_the_way(&blocked.await.unwrap().unwrap_err());
                        host.rollback().await.unwrap();
                        assert_ne!(imported(admin.import("shop", shop(id)).await.unwrap()), theirs);
                    }
                }
                assert_eq!(ben(&given.desk).total(&TicketFilter::all()).await.unwrap(), 23);
                is_clean(&given.desk).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn numbers_that_a_host_holds_hold_up_only_who_needs_one() {
                let Some(given) = Given::new(8, Duration::from_secs(30)).await else { return };
                let first = open(&given.desk, "First").await.unwrap();
                let mut host = given.begin().await;
                host.execute("UPDATE helpdesk_number SET next = next + 1").await.unwrap();
                let opening = tokio::spawn({
                    let desk = given.desk.clone();
                    async move { open(&desk, "Needs a number").await }
                });
                for n in 0..10 {
                    ben(&given.desk).note(first, format!("Note {n}")).await.unwrap();
                }
                is_in_the_way(&opening.await.unwrap().unwrap_err());
                host.commit().await.unwrap();
                let opened = ben(&given.desk).open(OpenTicket::new("Now")).await.unwrap().ticket;
                assert!(opened.number.as_str().ends_with("000003"), "{} after the host's", opened.number);
                is_clean(&given.desk).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn closing_waits_for_whoever_waits_for_a_host() {
                let Some(given) = Given::new(8, Duration::from_secs(30)).await else { return };
                let mut held = Vec::new();
                // More than go on connections of their own at once.
                for n in 0..7 {
                    held.push(open(&given.desk, &format!("Held {n}")).await.unwrap());
                }
                let mut host = given.begin().await;
                host.execute("SELECT id FROM helpdesk_ticket FOR UPDATE").await.unwrap();
                let replies = held.iter().map(|ticket| ben(&given.desk).reply(*ticket, "At the end.").into_future());
                let blocked: Vec<_> = replies.map(tokio::spawn).collect();
                // By then they were handed over; whoever was not is refused.
                tokio::time::sleep(BRIEF / 6).await;
                let (closed, ()) = tokio::join!(given.store.close(), async { host.rollback().await.unwrap() });
                closed.unwrap();
                let beside = Helpdesk::over(Arc::new(given.database.store().await)).build();
                let mut done = 0;
                for (ticket, blocked) in held.iter().zip(blocked) {
                    let there = ben(&beside).show(*ticket).await.unwrap().ticket.messages;
                    assert_eq!(there, u32::from(blocked.await.unwrap().is_ok()), "nothing is done after it closed");
                    done += there;
                }
                assert!(done > 0, "nobody waited");
                is_clean(&beside).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_pool_of_one_is_shared_with_the_host_and_waits_for_nobody_in_itself() {
                let Some(given) = Given::new(1, BRIEF).await else { return };
                let SqlPool::$pool(pool) = $server.pool(&given.database.url, 1, BRIEF).await else { unreachable!() };
                let store = Arc::new(SqlStore::from_pool(pool.clone()));
                let desk = Helpdesk::over(store.clone()).build();
                let first = open(&desk, "First").await.unwrap();
                let mut host = pool.begin().await.unwrap();
                {
                    let joined = desk.on(&mut host);
                    let anna = joined.tenant("acme").unwrap().agent("anna").unwrap();
                    anna.open(OpenTicket::new("From within")).await.unwrap();
                    anna.reply(first, "From within.").await.unwrap();
                }
                is_in_the_way(&ben(&desk).show(first).await.unwrap_err());
                is_in_the_way(&open(&desk, "From outside").await.unwrap_err());
                host.commit().await.unwrap();
                assert_eq!(ben(&desk).show(first).await.unwrap().ticket.messages, 1);

                // A ticket that is held from elsewhere needs the pool's only connection to wait on.
                let elsewhere = given.holding(first).await;
                let blocked = tokio::spawn(ben(&desk).reply(first, "From outside.").into_future());
                tokio::time::sleep(BRIEF / 4).await;
                elsewhere.commit().await.unwrap();
                assert_eq!(blocked.await.unwrap().unwrap().ticket.messages, 3);

                let mut load = Load::on(&desk, Duration::from_mins(1));
                load.acknowledged(60).await;
                assert_eq!(load.refused(), 0);
                let last = load.end().await.len();
                let before = ben(&desk).open(OpenTicket::new("Last")).await.unwrap().ticket.number;
                store.close().await.unwrap();
                // The numbers that were left over came back, since closing had a connection.
                let next = ben(&given.desk).open(OpenTicket::new("Next")).await.unwrap().ticket.number;
                let sequence = |number: &str| number.rsplit_once('-').unwrap().1.parse::<u64>().unwrap();
                assert_eq!(sequence(next.as_str()), sequence(before.as_str()) + 1, "after {last} tickets");
                is_clean(&given.desk).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_pool_of_two_reads_and_lists_while_it_commits() {
                let Some(given) = Given::new(2, Duration::from_secs(30)).await else { return };
                let mut load = Load::on(&given.desk, Duration::from_mins(1));
                let request = ListRequest::of(TicketFilter::all());
                for _ in 0..20 {
                    load.acknowledged(5).await;
                    let listed = ben(&given.desk).list(&request).await.unwrap();
                    let total = ben(&given.desk).total(&TicketFilter::all()).await.unwrap();
                    assert!(total >= listed.rows.len() as u64);
                }
                assert_eq!(load.refused(), 0);
                load.end().await;
                is_clean(&given.desk).await;
            }
        }
    };
}

on!(postgres, Server::Postgres, Postgres, sqlx::Postgres, "BEGIN");
on!(mysql, Server::MySql, MySql, sqlx::MySql, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION");
