//! The events of a tenant, as they were and as they come; whether they go to the outbox.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use super::desk::Desk;
use super::interrupts::{end, interrupt, started};

#[test]
fn the_newest_events_are_told_the_oldest_of_them_first() {
    let desk = Desk::new();
    desk.ticket("First");
    desk.ticket("Second");
    desk.run(&["ticket", "tag", "1", "--add", "vip"]).ok();
    let all = desk.json(&["events", "tail", "--limit", "1000"]);
    assert_eq!(all["schema"], "helpdesk/event.list/1");
    let items = all["items"].as_array().unwrap();
    assert_eq!(all["total"].as_u64().unwrap(), items.len() as u64);
    for field in ["id", "tenant", "ticket", "number", "seq", "version", "at", "actor", "kind", "data"] {
        assert!(items.iter().all(|item| item.get(field).is_some()), "{field}");
    }
    let last = desk.json(&["events", "tail", "--limit", "2"]);
    assert_eq!(last["items"].as_array().unwrap()[..], items[items.len() - 2..]);
    let tabs = desk.run(&["events", "tail", "--limit", "1"]).ok().out;
    assert!(tabs.contains("2026-000001\t") || tabs.contains("2026-000002\t"), "{tabs}");
    for bad in ["-1", "10001", "x"] {
        desk.run(&["events", "tail", "--limit", bad]).fails(10, "invalid_value");
    }
    desk.run(&["events", "tail", "--as", "requester:max@example.com"]).fails(4, "permission_denied");
    assert_eq!(desk.json(&["events", "tail", "--tenant", "other"])["total"], 0);
}

#[test]
fn following_tells_each_event_once_until_it_is_interrupted() {
    let desk = Desk::new();
    desk.command().args(["ticket", "create", "--subject", "before"]).output().unwrap();
    let mut child = started(&desk, &["events", "tail", "--follow", "--limit", "1", "--jsonl"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut next = || -> Value { serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap() };
    assert_eq!(next()["number"], "2026-000001".replace("2026", &year(&desk)));
    let mut seen = Vec::new();
    for subject in ["a", "b"] {
        desk.command().args(["ticket", "create", "--subject", subject]).output().unwrap();
        let opened = std::iter::repeat_with(&mut next).find(|event| event["kind"] == "opened").unwrap();
        seen.push(opened["id"].clone());
    }
    assert_ne!(seen[0], seen[1]);
    interrupt(&child);
    assert_eq!(end(child).status.code(), Some(130));
}

/// The year in the numbers of a desk that runs by the real clock.
fn year(desk: &Desk) -> String {
    let listed = desk.json(&["ticket", "list"]);
    listed["items"][0]["number"].as_str().unwrap()[..4].to_owned()
}

#[test]
fn events_wait_only_where_they_are_wanted() {
    let desk = Desk::new();
    let waiting = || {
        let waiting = desk.json(&["outbox", "relay", "--dry-run"]);
        let events = waiting["item"]["events"].as_array().unwrap();
        events.iter().filter(|event| event["kind"] == "opened").count()
    };
    desk.json(&["ticket", "create", "--subject", "off"]);
    assert_eq!(waiting(), 0);
    assert_eq!(desk.json(&["outbox", "on", "--dry-run"])["dry_run"], true);
    desk.json(&["ticket", "create", "--subject", "still off"]);
    assert_eq!(waiting(), 0);
    assert_eq!(desk.json(&["outbox", "on"])["item"]["outbox"], true);
    desk.json(&["ticket", "create", "--subject", "on"]);
    assert_eq!(desk.json(&["outbox", "off"])["item"]["outbox"], false);
    desk.json(&["ticket", "create", "--subject", "off again"]);
    assert_eq!(waiting(), 1);
    for bad in ["0", "-1", "100001"] {
        desk.run(&["outbox", "relay", "--limit", bad]).fails(10, "invalid_value");
    }
    desk.run(&["outbox", "relay", "--as", "agent:anna"]).fails(4, "permission_denied");
    desk.run(&["outbox", "list", "--as", "agent:anna"]).fails(4, "permission_denied");
    desk.run(&["outbox", "retry"]).fails(2, "usage");
    desk.run(&["outbox", "retry", "no-uuid"]).fails(10, "invalid_value");
}
