//! Several processes on one file, and processes that are killed: nothing acknowledged is lost, nothing half applied,
//! no number drawn twice.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};

use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sql::sqlite::SqliteStore;
use support::*;
use uuid::Uuid;

/// Tells a child what to do.
const FOLDER: &str = "HELPDESK_TEST_FOLDER";
/// How many children are killed; more of them by `scripts/kills`.
const KILLS: &str = "HELPDESK_TEST_KILLS";
const ROUNDS: u64 = 50;
const PROCESSES: usize = 8;
const EACH: usize = 25;

fn child(name: &str, folder: &Path) -> Child {
    Process::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a child acknowledged: id, version and number, or a reply to it.
fn acknowledged(line: &str) -> Option<(TicketId, Version, String)> {
    let mut words = line.strip_prefix("done ")?.split(' ');
    let id = TicketId(Uuid::parse_str(words.next()?).ok()?);
    Some((id, Version(words.next()?.parse().ok()?), words.next()?.to_owned()))
}

fn say(ticket: &Ticket) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\ndone {} {} {}", ticket.id, ticket.version, ticket.number).unwrap();
    out.flush().unwrap();
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_opens_and_creates() {
    let folder = std::env::var(FOLDER).unwrap();
    let store = SqliteStore::open(options(Path::new(&folder))).await.unwrap();
    for index in 0..EACH {
        say(&open(&store, plain("From one of several"), at(i64::try_from(index).unwrap())).await);
    }
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child of another test"]
async fn child_writes_until_it_is_killed() {
    let folder = std::env::var(FOLDER).unwrap();
    let store = std::sync::Arc::new(SqliteStore::open(options(Path::new(&folder))).await.unwrap());
    let mut clients = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let store = std::sync::Arc::clone(&store);
        clients.spawn(async move {
            loop {
                let mut ticket = open(store.as_ref(), plain("Until the end"), at(0)).await;
                say(&ticket);
                for index in 1..4 {
                    ticket = act(store.as_ref(), &ticket, &reply("still there"), at(index)).await;
                    say(&ticket);
                }
            }
        });
    }
    clients.join_next().await;
}

#[tokio::test]
async fn eight_first_starts_at_once_draw_every_number_once() {
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..PROCESSES).map(|_| child("child_opens_and_creates", folder.path())).collect();
    let mut numbers = BTreeSet::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        numbers.extend(String::from_utf8_lossy(&output.stdout).lines().filter_map(acknowledged).map(|done| done.2));
    }
    let expected: BTreeSet<_> = (1..=PROCESSES * EACH).map(|seq| format!("2026-{seq:06}")).collect();
    assert_eq!(numbers, expected);
    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    assert_eq!(store.scan(&acme(), None, 1000).await.unwrap().len(), PROCESSES * EACH);
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let rounds = std::env::var(KILLS).map_or(ROUNDS, |kills| kills.parse().unwrap());
    let mut all = Vec::new();
    for round in 0..rounds {
        let mut child = child("child_writes_until_it_is_killed", folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // After how many acknowledgements it dies; from 0 to 60, another number each round.
        let fatal = usize::try_from(round * 37 % 61).unwrap();
        let mut done: Vec<_> =
            lines.by_ref().map_while(Result::ok).filter_map(|l| acknowledged(&l)).take(fatal).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        // What was on its way in the pipe was acknowledged too.
        done.extend(lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)));
        let store = SqliteStore::open(options(folder.path())).await.unwrap();
        for (id, version, number) in &done {
            let ticket = load(&store, *id).await.expect("it was acknowledged");
            assert!(ticket.version >= *version, "{id} is at {}, {version} was acknowledged", ticket.version);
            assert_eq!(ticket.number.as_str(), number);
            let history = store.history(&acme(), *id, 0, 1000).await.unwrap();
            let told = Ticket::fold(*id, history.iter().map(|entry| &entry.record));
            assert_eq!(told.facts_only(), ticket.facts_only());
            let talk = store.conversation(&acme(), *id, 1..=u32::MAX).await.unwrap();
            assert_eq!(talk.len(), usize::try_from(ticket.messages).unwrap());
        }
        all.extend(done);
        if round % 10 == 9 {
            assert_eq!(store.check().await.unwrap(), []);
        }
        store.close().await.unwrap();
    }
    let least = usize::try_from(rounds).unwrap() * 20;
    assert!(all.len() > least, "too little was written to prove anything: {}", all.len());
}
