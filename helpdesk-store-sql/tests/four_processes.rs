//! Four processes on one database at once: no number twice, one holder of a lock, each timer once, every event told once
//! and in order, one effect of a key, no act lost.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

#[path = "four_processes/parts.rs"]
mod parts;
mod servers;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use chrono::TimeDelta;
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::env::{Clock, ManualClock, Timestamp};
use helpdesk_core::query::TicketFilter;
use helpdesk_core::store::{ClaimToken, Outbox, Shard};
use helpdesk_core::ticket::{StatusChange, StatusKey, TicketId};
use helpdesk_core::{Helpdesk, Settings};
use servers::load::{all, is_clean};
use servers::{Database, Server};
use tokio::task::JoinSet;

const PROCESSES: usize = 4;
const CREATES: usize = 200;
const LOCKED: usize = 10;
/// How many of each process want each lock.
const CONTENDERS: usize = 3;
/// How often each of them takes it.
const TAKES: usize = 3;
const TIMERS: usize = 1000;
const RAISES: usize = 25;

/// What a child is told: server, URL, part, folder, and the tickets that it is about.
const TOLD: &str = "HELPDESK_TEST_PART";

fn start() -> Timestamp {
    "2026-11-02T09:00:00Z".parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child of another test"]
async fn child_takes_part() {
    parts::take().await;
}

/// Runs a part in four processes that begin at once; gives what they said.
fn part(database: &Database, name: &str, folder: &Path, tickets: &[TicketId]) -> Vec<String> {
    let ids: Vec<_> = tickets.iter().map(ToString::to_string).collect();
    let server = database.server.name();
    let told = format!("{server} {} {name} {} {}", database.url, folder.display(), ids.join(","));
    let mut children: Vec<(Child, _)> = (0..PROCESSES)
        .map(|_| {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "child_takes_part", "--ignored", "--nocapture", "--test-threads=1"])
                .env(TOLD, &told)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            (child, lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("said ").map(str::to_owned)))
        })
        .collect();
    for (_, lines) in &mut children {
        assert_eq!(lines.next().as_deref(), Some("ready"), "{name}");
    }
    for (child, _) in &mut children {
        writeln!(child.stdin.as_mut().unwrap(), "go").unwrap();
    }
    let readers: Vec<_> = children
        .into_iter()
        .map(|(mut child, lines)| {
            std::thread::spawn(move || {
                let said: Vec<_> = lines.collect();
                assert!(child.wait().unwrap().success(), "a child failed");
                said
            })
        })
        .collect();
    readers.into_iter().flat_map(|reader| reader.join().unwrap()).collect()
}

/// Tickets whose timers are due in a day.
async fn waiting_tickets(desk: &Helpdesk) {
    let until = Some(start() + TimeDelta::days(1));
    let mut tasks = JoinSet::new();
    for task in 0..20 {
        let agent = desk.tenant("acme").unwrap().agent("anna").unwrap();
        tasks.spawn(async move {
            for n in (0..TIMERS).filter(|n| n % 20 == task) {
                let ticket = agent.open(OpenTicket::new(format!("Waiting {n}"))).await.unwrap().ticket.id;
                let wait = StatusChange { to: StatusKey::new("on_hold").unwrap(), until, then: None };
                agent.change_status(ticket, wait).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
}

async fn take_part(server: Server) {
    if server.is_lacking() {
        return;
    }
    let (store, database) = servers::fresh(server).await;
    let clock = Arc::new(ManualClock::at(start()));
    let desk = Helpdesk::over(store.clone()).clock(clock.clone()).build();
    let acme = desk.tenant("acme").unwrap();
    let (anna, admin) = (acme.agent("anna").unwrap(), acme.admin("root").unwrap());
    let (settings, seen) = admin.settings().await.unwrap();
    admin.set_settings(&Settings { outbox: true, ..settings }, seen).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let part = |name: &str, tickets: &[TicketId]| part(&database, name, folder.path(), tickets);

    let numbers: BTreeSet<_> = part("creates", &[]).into_iter().collect();
    assert_eq!(numbers.len(), PROCESSES * CREATES, "every number once");

    let mut locked = Vec::new();
    for n in 0..LOCKED {
        locked.push(anna.open(OpenTicket::new(format!("Locked {n}"))).await.unwrap().ticket.id);
    }
    assert_eq!(part("locks", &locked).len(), PROCESSES * LOCKED * CONTENDERS * TAKES);
    for ticket in &locked {
        assert_eq!(anna.show(*ticket).await.unwrap().ticket.messages as usize, PROCESSES * CONTENDERS * TAKES);
    }

    waiting_tickets(&desk).await;
    let fired: usize = part("sweeps", &[]).iter().map(|fired| fired.parse::<usize>().unwrap()).sum();
    assert_eq!(fired, TIMERS, "each timer once");
    assert_eq!(anna.total(&TicketFilter::waiting()).await.unwrap(), 0);

    let opened = part("one-key", &[]);
    let ids: BTreeSet<_> = opened.iter().map(|said| said.split(' ').next().unwrap()).collect();
    let first = opened.iter().filter(|said| said.ends_with("false")).count();
    assert_eq!((opened.len(), ids.len(), first), (PROCESSES * 10, 1, 1));

    let raised = anna.open(OpenTicket::new("Raised")).await.unwrap().ticket.id;
    let mut versions: Vec<u64> = part("raises", &[raised]).iter().map(|version| version.parse().unwrap()).collect();
    versions.sort_unstable();
    assert_eq!(versions, (2..2 + (PROCESSES * RAISES) as u64).collect::<Vec<_>>());

    part("tells", &[]);
    let told = std::fs::read_to_string(folder.path().join("told")).unwrap();
    let (mut positions, mut places) = (BTreeSet::new(), BTreeMap::new());
    for line in told.lines() {
        let [position, ticket, seq, attempts] = line.split(' ').collect::<Vec<_>>()[..] else { panic!("{line}") };
        assert!(positions.insert(position.to_owned()), "held twice: {line}");
        let place = places.insert(ticket.to_owned(), seq.parse::<u64>().unwrap()).unwrap_or(0);
        assert!(place < seq.parse().unwrap(), "out of order: {line}");
        assert_eq!(attempts, "0", "{line}");
    }
    let (now, token) = (clock.now(), ClaimToken(uuid::Uuid::new_v4()));
    assert_eq!(store.claim(Shard::ALL, token, now, now, 9).await.unwrap(), [], "nothing is left untold");

    let tickets = PROCESSES * CREATES + LOCKED + TIMERS + 2;
    assert_eq!(all(&desk).await.len(), tickets);
    assert_eq!(anna.total(&TicketFilter::all()).await.unwrap(), tickets as u64);
    let report = desk.check(|_| {}).await.unwrap();
    assert_eq!(report.events, positions.len() as u64, "every event was told");
    is_clean(&desk).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_on_one_postgres() {
    take_part(Server::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_processes_on_one_mysql() {
    take_part(Server::MySql).await;
}
