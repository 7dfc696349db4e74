//! How often a command waits for the server, counted between the two: once for what it decides on, and once for what it
//! writes.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

#[path = "servers/counting.rs"]
mod counting;
mod servers;

use std::time::Duration;

use counting::Counting;
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{ListRequest, OpenTicket};
use helpdesk_core::party::AgentId;
use helpdesk_core::party::Role;
use helpdesk_core::query::{GroupBy, TicketFilter};
use helpdesk_store_sql::SqlOptions;
use servers::{Database, Server};

/// What a command may take, once connections are open and statements known.
const MOST: usize = 2;
/// A block of numbers is reserved now and then, and a connection is given back when nothing comes for a while: the least
/// of so many tries counts.
const TRIES: usize = 24;

async fn commands_take_two_round_trips(server: Server) {
    if server.is_lacking() {
        return;
    }
    let database = Database::create(server).await;
    let counting = Counting::to(&database.url).await;
    let store = SqlOptions::new(server.pool(&counting.url, 4, Duration::from_secs(30)).await).build();
    store.migrate().await.unwrap();
    let desk = Helpdesk::builder(store).build();
    let acme = desk.tenant("acme").unwrap();
    let anna = acme.agent("anna").unwrap();
    let ben = AgentId::new("ben").unwrap();
    let ticket = anna.open(OpenTicket::new("Printer").from_email("max@example.com").unwrap()).await.unwrap().ticket.id;

    let mut told = Vec::new();
    macro_rules! count {
        ($name:literal, $most:expr, $command:expr) => {
            let mut least = usize::MAX;
            for _ in 0..TRIES {
                let before = counting.turns();
                let _ = $command.await.unwrap();
                least = least.min(counting.turns() - before);
            }
            told.push(($name, $most, least));
        };
    }
    count!("open", MOST, anna.open(OpenTicket::new("Monitor")));
    count!("reply", MOST, anna.reply(ticket, "Is it plugged in?"));
    count!("note", MOST, anna.note(ticket, "He has not looked."));
    let mut agents = [Some(ben), None].into_iter().cycle();
    count!("assign", MOST, anna.assign(ticket, agents.next().unwrap()));
    let mut status = ["pending", "open"].into_iter().cycle();
    count!("set status", MOST, anna.set_status(ticket, status.next().unwrap()).unwrap());
    count!("lock", MOST, anna.lock(ticket, None));
    let boss = anna.clone().with_role(Role::Supervisor);
    count!("steal lock", MOST, boss.steal_lock(ticket, "He went home."));
    count!("mark read", MOST, anna.mark_read(ticket));
    count!("show", MOST, anna.show(ticket));
    count!("list", MOST, anna.list(&ListRequest::default()));
    count!("count", MOST, anna.count(&TicketFilter::all(), GroupBy::Status));

    println!("round trips on {}:", server.name());
    for (name, _, taken) in &told {
        println!("  {name:<12}{taken}");
    }
    for (name, most, taken) in told {
        assert!(taken > 0, "{name} was not counted");
        assert!(taken <= most, "{name} takes {taken}");
    }
    desk.store().close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres_commands_take_two_round_trips() {
    commands_take_two_round_trips(Server::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_mariadb_commands_take_two_round_trips() {
    commands_take_two_round_trips(Server::MySql).await;
}
