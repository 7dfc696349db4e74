//! A host's transaction that has read before others wrote: at an isolation that keeps to the old view it is told to begin
//! anew, and never writes over what it does not see.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{Error, OpenTicket, TenantDesk};
use helpdesk_core::ticket::TicketId;
use helpdesk_store_sql::{Join, SqlOptions, SqlPool};
use servers::{Database, Server};

/// A request of somebody whom the desk may not know yet.
async fn request(acme: &TenantDesk<'_>, from: &str) -> Result<TicketId, Error> {
    let open = OpenTicket::new("Till down").from_email(from).unwrap();
    Ok(acme.agent("anna").unwrap().open(open).await?.ticket.id)
}

async fn requester(desk: &Helpdesk, ticket: TicketId) -> String {
    let shown = desk.tenant("acme").unwrap().agent("anna").unwrap().show(ticket).await.unwrap();
    shown.ticket.requester.unwrap().to_string()
}

macro_rules! on {
    ($room:ident, $server:expr, $pool:ident, $repeatable:literal, $committed:literal) => {
        mod $room {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn two_who_meet_a_newcomer_make_one_contact() {
                if $server.is_lacking() {
                    return;
                }
                let database = Database::create($server).await;
                let SqlPool::$pool(pool) = database.pool(8).await else { unreachable!() };
                let store = Arc::new(SqlOptions::new(pool.clone()).build());
                store.migrate().await.unwrap();
                let desk = Helpdesk::over(store).build();
                let acme = desk.tenant("acme").unwrap();
                let other = acme.agent("anna").unwrap().open(OpenTicket::new("Other")).await.unwrap().ticket.id;

                for (begin, keeps_to_its_view) in [($repeatable, true), ($committed, false)] {
                    let newcomer = if keeps_to_its_view { "max@example.com" } else { "eva@example.com" };
                    let mut transaction = pool.begin_with(begin).await.unwrap();
                    let joined = desk.on(&mut transaction);
                    let here = joined.tenant("acme").unwrap();
                    here.agent("anna").unwrap().show(other).await.unwrap();
                    let theirs = request(&acme, newcomer).await.unwrap();
                    let told = request(&here, newcomer).await;
                    drop((here, joined));
                    let ours = if keeps_to_its_view {
                        let error = told.unwrap_err();
                        assert_eq!(error.code().as_str(), "transaction_conflict", "{error:?}");
                        assert!(!error.is_retryable());
                        transaction.rollback().await.unwrap();
                        transaction = pool.begin_with(begin).await.unwrap();
                        request(&desk.on(&mut transaction).tenant("acme").unwrap(), newcomer).await.unwrap()
                    } else {
                        told.unwrap()
                    };
                    transaction.commit().await.unwrap();
                    assert_eq!(requester(&desk, theirs).await, requester(&desk, ours).await);
                }
            }
        }
    };
}

on!(
    postgres,
    Server::Postgres,
    Postgres,
    "BEGIN ISOLATION LEVEL REPEATABLE READ",
    "BEGIN ISOLATION LEVEL READ COMMITTED"
);
on!(
    mysql,
    Server::MySql,
    MySql,
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ; START TRANSACTION",
    "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; START TRANSACTION"
);
