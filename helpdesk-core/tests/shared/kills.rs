//! Children that write until they are killed, and what must be there afterwards: everything acknowledged, nothing half
//! applied.
#![allow(dead_code, clippy::allow_attributes, reason = "each test binary uses a part of it")]

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command as Process, Stdio};
use std::sync::Arc;

use helpdesk_core::store::{Store, TicketStore};
use helpdesk_core::ticket::{Ticket, TicketId, Version};
use uuid::Uuid;

use crate::support::{acme, act, at, load, open, plain, reply};

/// Tells a child where to write.
pub(crate) const FOLDER: &str = "HELPDESK_TEST_FOLDER";
/// How many children are killed; more of them by `scripts/kills`.
const KILLS: &str = "HELPDESK_TEST_KILLS";
const ROUNDS: u64 = 50;

/// Runs a test of this file as a process of its own.
pub(crate) fn child(name: &str, folder: &Path) -> Child {
    Process::new(std::env::current_exe().unwrap())
        .args(["--exact", name, "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// What a child acknowledged: id, version and number.
pub(crate) fn acknowledged(line: &str) -> Option<(TicketId, Version, String)> {
    let mut words = line.strip_prefix("done ")?.split(' ');
    let id = TicketId(Uuid::parse_str(words.next()?).ok()?);
    Some((id, Version(words.next()?.parse().ok()?), words.next()?.to_owned()))
}

pub(crate) fn say(ticket: &Ticket) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\ndone {} {} {}", ticket.id, ticket.version, ticket.number).unwrap();
    out.flush().unwrap();
}

/// Four clients that open tickets and answer them, each with a body of its own, until the process ends.
pub(crate) async fn write_for_ever<S: TicketStore + 'static>(store: S, bodies: [String; 4]) {
    let store = Arc::new(store);
    let mut clients = tokio::task::JoinSet::new();
    for body in bodies {
        let store = Arc::clone(&store);
        clients.spawn(async move {
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

/// Kills the child `name` again and again, and looks each time for what it acknowledged.
pub(crate) async fn survives<S: Store>(name: &str, reopened: impl AsyncFn(&Path) -> S) {
    let folder = tempfile::tempdir().unwrap();
    let rounds = std::env::var(KILLS).map_or(ROUNDS, |kills| kills.parse().unwrap());
    let mut all = Vec::new();
    for round in 0..rounds {
        let mut child = child(name, folder.path());
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // After how many acknowledgements it dies; from 0 to 60, another number each round.
        let fatal = usize::try_from(round * 37 % 61).unwrap();
        let mut done: Vec<_> =
            lines.by_ref().map_while(Result::ok).filter_map(|line| acknowledged(&line)).take(fatal).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        // What was on its way in the pipe was acknowledged too.
        done.extend(lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)));
        let store = reopened(folder.path()).await;
        all.extend(done);
        let looked_for = if round % 10 == 9 || round + 1 == rounds {
            assert_eq!(store.check().await.unwrap(), []);
            0
        } else {
            // Those of the last rounds; all of them now and then.
            all.len().saturating_sub(200)
        };
        for (id, version, number) in &all[looked_for..] {
            let ticket = load(&store, *id).await.expect("it was acknowledged");
            assert!(ticket.version >= *version, "{id} is at {}, {version} was acknowledged", ticket.version);
            assert_eq!(ticket.number.as_str(), number);
            let history = store.history(&acme(), *id, 0, 1000).await.unwrap();
            let told = Ticket::fold(*id, history.iter().map(|entry| &entry.record));
            assert_eq!(told.facts_only(), ticket.facts_only());
            let talk = store.conversation(&acme(), *id, 1..=u32::MAX).await.unwrap();
            assert_eq!(talk.len(), usize::try_from(ticket.messages).unwrap());
        }
        store.close().await.unwrap();
    }
    let least = usize::try_from(rounds).unwrap() * 20;
    assert!(all.len() > least, "too little was written to prove anything: {}", all.len());
}
