//! Read marks on servers while somebody else closes the ticket: what is kept of a ticket beside its marks goes with it,
//! whichever of the two comes first.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{Desk, ListRequest, OpenTicket};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::ticket::TicketId;
use helpdesk_store_sql::{Join, SqlOptions, SqlPool};
use servers::{Database, Server};

/// How long the second of the two is given to get as far as it comes before the first one commits.
const HEAD_START: Duration = Duration::from_millis(100);

macro_rules! agent {
    ($desk:expr, $name:literal) => {
        $desk.tenant("acme").unwrap().agent($name).unwrap()
    };
}

async fn ticket(desk: &Desk<'static>) -> TicketId {
    let open = OpenTicket::new("Till down").from_email("max@example.com").unwrap().saying("Help");
    let anna = agent!(desk, "anna");
    let ticket = anna.open(open).await.unwrap().ticket.id;
    anna.set_status(ticket, "resolved").unwrap().await.unwrap();
    ticket
}

async fn is_clean(desk: &Desk<'static>) {
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

macro_rules! on {
    ($room:ident, $server:expr, $pool:ident, $engine:ty, $repeatable:literal) => {
        mod $room {
            use super::*;

            /// A host's pool, and a desk in it.
            async fn host() -> Option<(sqlx::Pool<$engine>, Helpdesk, Database)> {
                if $server.is_lacking() {
                    return None;
                }
                let database = Database::create($server).await;
                let SqlPool::$pool(pool) = database.pool(8).await else { unreachable!() };
                let store = Arc::new(SqlOptions::new(pool.clone()).build());
                store.migrate().await.unwrap();
                Some((pool, Helpdesk::over(store).build(), database))
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_mark_goes_with_its_ticket_whoever_closes_it_meanwhile() {
                let Some((pool, desk, _database)) = host().await else { return };
                for closing_first in [true, false] {
                    let ticket = ticket(&desk).await;
                    let mut transaction = pool.begin().await.unwrap();
                    let other = {
                        let joined = desk.on(&mut transaction);
                        let (anna, ben) = (agent!(joined, "anna"), agent!(desk, "ben"));
                        if closing_first {
                            anna.set_status(ticket, "closed").unwrap().await.unwrap();
                            tokio::spawn(async move { ben.mark_read(ticket).await.map(drop) })
                        } else {
                            anna.mark_read(ticket).await.unwrap();
                            tokio::spawn(async move { ben.set_status(ticket, "closed").unwrap().await.map(drop) })
                        }
                    };
                    tokio::time::sleep(HEAD_START).await;
                    transaction.commit().await.unwrap();
                    other.await.unwrap().unwrap();
                    is_clean(&desk).await;
                }
            }

            /// Both on transactions of the host: neither has a committer that decides anew.
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn the_same_between_two_of_the_hosts_transactions() {
                let Some((pool, desk, _database)) = host().await else { return };
                let ticket = ticket(&desk).await;
                let mut transaction = pool.begin().await.unwrap();
                agent!(desk.on(&mut transaction), "anna").mark_read(ticket).await.unwrap();
                let other = {
                    let (desk, mut second) = (desk.clone(), pool.begin().await.unwrap());
                    tokio::spawn(async move {
                        let joined = desk.on(&mut second);
                        agent!(joined, "ben").set_status(ticket, "closed").unwrap().await.unwrap();
                        drop(joined);
                        second.commit().await.unwrap();
                    })
                };
                tokio::time::sleep(HEAD_START).await;
                transaction.commit().await.unwrap();
                other.await.unwrap();
                is_clean(&desk).await;
            }

            /// It cannot see the mark; what is counted must not rest on it.
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_transaction_that_keeps_to_an_old_state_closes_what_was_read_since_and_counts_stay_right() {
                let Some((pool, desk, _database)) = host().await else { return };
                let (_other, ticket, ben) = (ticket(&desk).await, ticket(&desk).await, agent!(desk, "ben"));
                let mut transaction = pool.begin_with($repeatable).await.unwrap();
                let joined = desk.on(&mut transaction);
                let anna = agent!(joined, "anna");
                anna.show(ticket).await.unwrap();
                assert_eq!(ben.total(&TicketFilter::unread()).await.unwrap(), 2);
                ben.mark_read(ticket).await.unwrap();
                anna.set_status(ticket, "closed").unwrap().await.unwrap();
                drop((anna, joined));
                transaction.commit().await.unwrap();
                let unread = ben.list(&ListRequest::of(TicketFilter::unread())).await.unwrap().rows.len();
                assert_eq!((ben.total(&TicketFilter::unread()).await.unwrap(), unread), (1, 1));
            }
        }
    };
}

on!(postgres, Server::Postgres, Postgres, sqlx::Postgres, "BEGIN ISOLATION LEVEL REPEATABLE READ");
on!(mysql, Server::MySql, MySql, sqlx::MySql, "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION");
