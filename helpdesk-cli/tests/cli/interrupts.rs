//! Ctrl-C: whatever the command waits for, it ends with 130 and says how to go on.

use std::io::{ErrorKind, Write};
use std::process::{Child, Command, Output, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use super::desk::Desk;

/// More than any buffer on the way holds: when all of it is written, some of it was read.
const MORE_THAN_BUFFERS: usize = 200_000;

pub(crate) fn started(desk: &Desk, args: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_helpdesk"))
        .args(args)
        .current_dir(desk.path(""))
        .env("HOME", desk.path(""))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

pub(crate) fn interrupt(child: &Child) {
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
}

/// Waits for the end, which must come by itself.
pub(crate) fn end(child: Child) -> Output {
    let id = child.id().to_string();
    let (sender, ended) = mpsc::channel();
    std::thread::spawn(move || sender.send(child.wait_with_output()));
    let Ok(output) = ended.recv_timeout(Duration::from_secs(30)) else {
        drop(Command::new("kill").args(["-KILL", &id]).status());
        panic!("it does not end");
    };
    output.unwrap()
}

#[track_caller]
fn is_interrupted(output: &Output, hint: &str) {
    let err = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(130), "{err}");
    assert!(err.contains(hint) && err.contains("interrupted") && !err.contains("panicked"), "{err}");
}

fn line(n: usize) -> String {
    format!("{{\"external_id\":\"{n}\",\"subject\":\"s\"}}\n")
}

#[test]
fn an_import_that_waits_for_a_silent_pipe_ends_at_once() {
    let desk = Desk::new();
    let mut child = started(&desk, &["--json", "import", "jsonl", "-"]);
    let mut input = child.stdin.take().unwrap();
    let lines: String = (0..MORE_THAN_BUFFERS / line(0).len()).map(line).collect();
    input.write_all(lines.as_bytes()).unwrap();
    interrupt(&child);
    // Nothing more comes, and the pipe stays open.
    let output = end(child);
    drop(input);
    is_interrupted(&output, "--resume");
    desk.run(&["db", "check"]).ok();
    let done: u64 = desk.read("import.resume").trim().parse().unwrap();
    let total = desk.json(&["ticket", "list", "--limit", "1"])["total"].as_u64().unwrap();
    assert_eq!(total, done, "everything up to the line is there, and nothing else");
}

#[test]
fn an_import_into_which_lines_go_on_ends_after_what_it_has_begun() {
    let desk = Desk::new();
    let mut child = started(&desk, &["--json", "import", "jsonl", "-"]);
    let mut input = child.stdin.take().unwrap();
    for n in 0..5000 {
        input.write_all(line(n).as_bytes()).unwrap();
    }
    interrupt(&child);
    let fed = (5000..2_000_000).find_map(|n| input.write_all(line(n).as_bytes()).err());
    assert_eq!(fed.unwrap().kind(), ErrorKind::BrokenPipe);
    let output = end(child);
    is_interrupted(&output, "--resume");
    let done: u64 = desk.read("import.resume").trim().parse().unwrap();
    let total = desk.json(&["ticket", "list", "--limit", "1"])["total"].as_u64().unwrap();
    assert_eq!(total, done);
}

#[test]
fn who_presses_it_twice_does_not_wait_for_the_batch() {
    let desk = Desk::new();
    let child = started(&desk, &["demo"]);
    while desk.path("helpdesk.db-wal").metadata().map_or(0, |wal| wal.len()) < 500_000 {
        std::thread::yield_now();
    }
    // Whichever of the two ends it, it ends, with the same code, and the store is whole.
    interrupt(&child);
    interrupt(&child);
    assert_eq!(end(child).status.code(), Some(130));
    desk.run(&["db", "check"]).ok();
}

#[test]
fn a_text_that_does_not_come_is_not_waited_for() {
    let desk = Desk::new();
    desk.ticket("x");
    let before = desk.run(&["export", "jsonl"]).ok().out;
    for args in [
        ["ticket", "reply", "1", "-", "--json"],
        ["ticket", "note", "1", "-", "--json"],
        ["ticket", "create", "--subject=s", "--body=-", "--json"],
        ["sla", "policy", "set", "-", "--json"],
    ] {
        let mut child = started(&desk, &args);
        let mut input = child.stdin.take().unwrap();
        input.write_all(&vec![b'x'; MORE_THAN_BUFFERS]).unwrap();
        interrupt(&child);
        let output = end(child);
        drop(input);
        is_interrupted(&output, "look before doing it again");
    }
    assert_eq!(desk.run(&["export", "jsonl"]).ok().out, before);
}

#[test]
fn a_demo_stops_and_says_how_to_begin_again() {
    let desk = Desk::empty();
    let child = started(&desk, &["demo", "--color", "never"]);
    while !desk.path("helpdesk.db").exists() {
        std::thread::yield_now();
    }
    interrupt(&child);
    is_interrupted(&end(child), "--tenant");
    desk.run(&["db", "check"]).ok();
    let whole = desk.run(&["demo", "--tenant", "other"]).ok();
    assert!(whole.err.contains("tickets in"), "{whole:?}");
}
