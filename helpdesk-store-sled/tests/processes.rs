//! Several processes on one folder, and processes that are killed: nothing acknowledged is lost, nothing half applied.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;

use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sled::SledStore;
use support::*;
use uuid::Uuid;

/// Tells a child what to do.
const FOLDER: &str = "HELPDESK_TEST_FOLDER";
/// How many children are killed; more of them by `scripts/kills`.
const KILLS: &str = "HELPDESK_TEST_KILLS";
const ROUNDS: u64 = 50;

fn child(name: &str, folder: &Path) -> Child {
    Process::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a child acknowledged: id, version and number.
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child of another test"]
async fn child_writes_until_it_is_killed() {
    let folder = std::env::var(FOLDER).unwrap();
    let store = Arc::new(SledStore::open(&options(Path::new(&folder))).unwrap());
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..4_usize {
        let store = Arc::clone(&store);
        clients.spawn(async move {
            // One of them writes what stands under several keys.
            let body = "Until the end. ".repeat(if client == 0 { 1500 } else { 1 });
            loop {
                let mut ticket = open(store.as_ref(), plain("Until the end"), at(0)).await;
                say(&ticket);
                for index in 1..4 {
                    ticket = act(store.as_ref(), &ticket, &reply(&body), at(index)).await;
                    say(&ticket);
                }
            }
        });
    }
    clients.join_next().await;
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
            lines.by_ref().map_while(Result::ok).filter_map(|line| acknowledged(&line)).take(fatal).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        // What was on its way in the pipe was acknowledged too.
        done.extend(lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)));
        let store = SledStore::open(&options(folder.path())).unwrap();
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
        if round % 10 == 9 || round + 1 == rounds {
            assert_eq!(store.check().await.unwrap(), []);
        }
        store.close().await.unwrap();
    }
    let least = usize::try_from(rounds).unwrap() * 20;
    assert!(all.len() > least, "too little was written to prove anything: {}", all.len());
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_opens_what_is_open() {
    let folder = std::env::var(FOLDER).unwrap();
    let error = SledStore::open(&options(Path::new(&folder))).unwrap_err();
    assert_eq!((error.kind, error.retry), (FaultKind::Unavailable, Retry::Later));
    assert!(error.to_string().contains("another process"), "{error}");
}

#[tokio::test]
async fn a_second_process_is_refused_and_damages_nothing() {
    let desk = Desk::new();
    let ticket = open(&desk.store, plain("mine"), at(0)).await;
    for _ in 0..3 {
        let output = child("child_opens_what_is_open", desk.folder.path()).wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        act(&desk.store, &load(&desk.store, ticket.id).await.unwrap(), &reply("still mine"), at(1)).await;
    }
    desk.store.close().await.unwrap();
    let store = SledStore::open(&options(desk.folder.path())).unwrap();
    assert_eq!(load(&store, ticket.id).await.unwrap().messages, 4);
    assert_eq!(store.check().await.unwrap(), []);
}
