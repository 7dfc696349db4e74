//! Webhooks on real files and real connections: signed, tried again with the same id, given up, told again by hand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::Timelike;
use serde_json::{Value, json};

use super::desk::{Desk, NOW};
use super::interrupts::{end, interrupt, started};
use super::receiver::{Answer, Receiver, kinds};

/// An endpoint on this machine; its secret.
fn endpoint(desk: &Desk, receiver: &Receiver) -> String {
    let added = desk.json(&["webhook", "add", "shop", &receiver.url, "--allow-private"]);
    added["item"]["new_secret"].as_str().unwrap().to_owned()
}

fn relay(desk: &Desk) -> Value {
    desk.json(&["outbox", "relay"])["item"].clone()
}

#[test]
fn a_post_is_signed_and_its_secret_is_shown_once() {
    let (desk, receiver) = (Desk::new(), Receiver::listening());
    desk.ticket("before anybody was to be told");
    let secret = endpoint(&desk, &receiver);
    desk.ticket("Printer jams");
    desk.run(&["ticket", "claim", "2"]).ok();
    let tried = desk.json(&["outbox", "relay", "--dry-run"]);
    assert_eq!((&tried["dry_run"], &tried["item"]["events"][0]["kind"]), (&true.into(), &"opened".into()));
    assert!(receiver.got().is_empty());
    let done = relay(&desk);
    let got = receiver.got();
    assert_eq!(done["delivered"].as_u64().unwrap(), got.len() as u64);
    for post in &got {
        assert_eq!(post.verify(&secret, NOW), Ok(()));
        assert!(post.verify("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", NOW).is_err());
    }
    let seen: Vec<u64> = got.iter().map(|post| post.payload().seq).collect();
    assert!(seen.is_sorted() && seen[0] == 1, "{seen:?}");
    assert_eq!(relay(&desk)["delivered"], 0);

    let key = secret.trim_start_matches("whsec_");
    for args in [["webhook", "list"], ["export", "jsonl"], ["events", "tail"]] {
        for form in ["--json", "--jsonl", "--csv", "-v"] {
            let ran = desk.run(&[&args[..], &[form]].concat());
            assert!(!ran.out.contains(key) && !ran.err.contains(key), "{args:?}");
        }
    }
    desk.run(&["db", "check"]).ok();
}

#[test]
fn what_failed_is_tried_again_with_the_same_id() {
    let (mut desk, receiver) = (Desk::new(), Receiver::listening());
    let secret = endpoint(&desk, &receiver);
    desk.ticket("Printer jams");
    receiver.answer(&[Answer::Status(500)]);
    let first = relay(&desk);
    assert_eq!((&first["retried"], &first["delivered"]), (&1.into(), &0.into()));
    let failed = receiver.next().id();
    desk.at("2026-11-02T09:00:30Z");
    assert_eq!(relay(&desk)["delivered"], 0, "not before its time");
    desk.at("2026-11-02T09:01:00Z");
    assert!(relay(&desk)["delivered"].as_u64().unwrap() > 0);
    let again = receiver.next();
    assert_eq!(again.id(), failed);
    assert_eq!(again.verify(&secret, "2026-11-02T09:01:00Z"), Ok(()));
}

#[test]
fn an_endpoint_that_is_gone_is_switched_off() {
    let (desk, receiver) = (Desk::new(), Receiver::listening());
    endpoint(&desk, &receiver);
    desk.ticket("Printer jams");
    receiver.answer(&[Answer::Status(410)]);
    assert_eq!(relay(&desk)["dead"], 0);
    assert_eq!(receiver.got().len(), 1);
    assert_eq!(desk.json(&["webhook", "list"])["items"][0]["active"], false);
    desk.json(&["webhook", "edit", "shop", "--enable"]);
    desk.ticket("Another");
    relay(&desk);
    assert!(!receiver.got().is_empty());
}

#[test]
fn a_relay_that_is_killed_loses_nothing() {
    let (mut desk, receiver) = (Desk::new(), Receiver::listening());
    endpoint(&desk, &receiver);
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for subject in ["a", "b", "c"] {
        let number = desk.ticket(subject);
        desk.run(&["ticket", "claim", &number]).ok();
        let ticket = desk.json(&["ticket", "show", &number])["item"]["id"].as_str().unwrap().to_owned();
        let tail = desk.json(&["events", "tail", "--limit", "1000"]);
        let of_it = tail["items"].as_array().unwrap().iter().filter(|event| event["ticket"] == ticket.as_str());
        let ids = of_it.map(|event| event["id"].as_str().unwrap().to_owned()).collect();
        expected.insert(ticket, ids);
    }
    receiver.answer(&[Answer::Status(200), Answer::Status(200), Answer::Never, Answer::Never, Answer::Never]);
    let mut child = started(&desk, &["--now", NOW, "outbox", "relay"]);
    let mut got: Vec<_> = (0..4).map(|_| receiver.next()).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    got.extend(receiver.got());
    let before: BTreeSet<String> = got.iter().map(super::receiver::Got::id).collect();
    receiver.answer(&[]);
    desk.at("2026-11-02T09:06:00Z");
    relay(&desk);
    let after = receiver.got();
    let again: Vec<String> = after.iter().map(super::receiver::Got::id).collect();
    assert!(again.iter().any(|id| before.contains(id)), "what was not noted is told again, with its id");
    let mut arrived: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for post in got.iter().chain(&after) {
        let of_ticket = arrived.entry(post.payload().ticket.unwrap().to_string()).or_default();
        if !of_ticket.contains(&post.id()) {
            of_ticket.push(post.id());
        }
    }
    assert_eq!(arrived, expected, "all of them, in the order of their tickets");
    assert_eq!(relay(&desk)["delivered"], 0);
    desk.run(&["db", "check"]).ok();
}

#[test]
fn dead_letters_are_listed_told_again_and_dropped() {
    let (desk, receiver) = (Desk::new(), Receiver::listening());
    endpoint(&desk, &receiver);
    receiver.answer(&[Answer::Status(400), Answer::Status(422)]);
    for subject in ["a", "b"] {
        desk.json(&["ticket", "create", "--subject", subject]);
    }
    assert_eq!(relay(&desk)["dead"], 2);
    let first = desk.json(&["outbox", "list", "--limit", "1"]);
    assert_eq!((&first["total"], &first["truncated"]), (&2.into(), &true.into()));
    let next = first["next"].as_str().unwrap();
    assert_eq!(desk.json(&["outbox", "list", "--cursor", next])["items"].as_array().unwrap().len(), 1);
    let letter = &first["items"][0];
    assert_eq!((&letter["tries"], &letter["last_tried"], &letter["kind"]), (&1.into(), &NOW.into(), &"opened".into()));
    assert!(letter["reason"].as_str().unwrap().starts_with("shop: status 4"), "{letter}");
    let event = letter["event"].as_str().unwrap();

    let would = desk.json(&["outbox", "retry", "--all", "--dry-run"]);
    assert_eq!(would["item"]["events"].as_array().unwrap().len(), 2);
    receiver.got();
    receiver.answer(&[Answer::Status(404)]);
    let failed = desk.run(&["outbox", "retry", event, "--json"]).fails(6, "partly_done");
    assert_eq!(failed.json()["item"]["failed"][0]["reason"], "shop: status 404");
    assert_eq!(desk.json(&["outbox", "list"])["items"][0]["tries"], 2);
    assert_eq!(desk.json(&["outbox", "retry", event])["item"]["delivered"], 1);
    desk.run(&["outbox", "retry", event]).fails(3, "not_found");
    assert_eq!(receiver.got().len(), 2);

    let left = desk.json(&["outbox", "list"])["items"][0]["event"].as_str().unwrap().to_owned();
    desk.run(&["outbox", "drop", &left, "receiver is gone"]).fails(1, "not_confirmed");
    assert_eq!(desk.json(&["outbox", "drop", &left, "x", "--dry-run"])["dry_run"], true);
    let dropped = desk.json(&["outbox", "drop", &left, "receiver is gone", "--yes"]);
    assert_eq!((&dropped["item"]["why"], &dropped["item"]["dropped_by"]), (&"receiver is gone".into(), &"root".into()));
    assert_eq!(desk.json(&["outbox", "list"])["total"], 0);
    assert_eq!(desk.json(&["outbox", "list", "--dropped"])["items"], json!([dropped["item"]]));
}

#[test]
fn private_addresses_are_refused_unless_they_are_allowed() {
    let (desk, receiver) = (Desk::new(), Receiver::listening());
    desk.json(&["webhook", "add", "shop", &receiver.url]);
    desk.json(&["ticket", "create", "--subject", "x"]);
    assert_eq!(relay(&desk)["dead"], 2);
    let letters = desk.json(&["outbox", "list"]);
    assert_eq!(letters["items"][0]["reason"], "shop: the address is not public");
    desk.run(&["webhook", "test", "shop", "--json"]).fails(6, "partly_done");
    assert!(receiver.got().is_empty());
    desk.json(&["webhook", "edit", "shop", "--allow-private"]);
    assert_eq!(desk.json(&["outbox", "retry", "--all"])["item"]["delivered"], 2);
    assert_eq!(kinds(&receiver.got()), ["opened", "clock_started"]);
}

#[test]
fn an_endpoint_is_tried_and_told_again_by_hand() {
    let (mut desk, receiver) = (Desk::new(), Receiver::listening());
    desk.json(&["ticket", "create", "--subject", "before"]);
    desk.at("2026-11-02T10:00:00Z");
    desk.json(&["ticket", "create", "--subject", "after"]);
    let secret = endpoint(&desk, &receiver);
    let tested = desk.json(&["webhook", "test", "shop"]);
    let ping = receiver.next();
    assert_eq!((&tested["item"]["event"], tested["item"]["arrived"].clone()), (&ping.id().into(), true.into()));
    assert_eq!(ping.verify(&secret, "2026-11-02T10:00:00Z"), Ok(()));
    assert_eq!(kinds(&[ping]), ["ping"]);

    let would = desk.json(&["webhook", "replay", "shop", "--ticket", "1", "--dry-run"]);
    assert_eq!((would["item"]["events"].as_array().unwrap().len(), would["dry_run"].clone()), (2, true.into()));
    desk.run(&["webhook", "test", "shop", "--dry-run"]).ok();
    assert!(receiver.got().is_empty());
    assert_eq!(desk.json(&["webhook", "replay", "shop", "--ticket", "1"])["item"]["delivered"], 2);
    let since = ["webhook", "replay", "shop", "--since", "2026-11-02T09:30:00Z"];
    assert_eq!(desk.json(&since)["item"]["delivered"], 2);
    let got = receiver.got();
    assert_eq!(kinds(&got), ["opened", "clock_started", "opened", "clock_started"]);
    let hours: Vec<u32> = got.iter().map(|post| post.payload().at.hour()).collect();
    assert_eq!(hours, [9, 9, 10, 10]);
    receiver.answer(&[Answer::Status(503)]);
    desk.run(&["webhook", "replay", "shop", "--ticket", "1"]).fails(6, "partly_done");
    desk.run(&["webhook", "replay", "shop"]).fails(2, "usage");
    desk.run(&["webhook", "replay", "none", "--ticket", "1"]).fails(3, "not_found");
    desk.run(&["webhook", "replay", "shop", "--ticket", "99"]).fails(3, "not_found");
}

#[test]
fn endpoints_are_kept_like_any_catalogue() {
    let desk = Desk::new();
    let url = "https://hooks.example.com/in";
    let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let add = ["webhook", "add", "shop", url, "--event", "opened", "--event", "merged"];
    assert_eq!(desk.json(&[&add[..], &["--dry-run"]].concat())["dry_run"], true);
    assert_eq!(desk.json(&["webhook", "list"])["total"], 0);
    desk.write("secret", secret);
    let added = desk.json(&[&add[..], &["--secret", "@secret", "--idempotency-key", "1"]].concat());
    assert_eq!(added["item"].get("new_secret"), None, "it is known already");
    assert_eq!(desk.json(&[&add[..], &["--secret", secret, "--idempotency-key", "1"]].concat())["replayed"], true);
    assert_eq!((&added["item"]["kinds"], &added["item"]["active"]), (&json!(["merged", "opened"]), &true.into()));
    let edited =
        desk.json(&["webhook", "edit", "shop", "--all-events", "--new-secret", "--disable", "--if-version", "1"]);
    assert_eq!((&edited["item"]["kinds"], &edited["item"]["active"]), (&json!([]), &false.into()));
    assert!(edited["item"]["new_secret"].is_string() && edited["item"]["previous_secret"].is_string());
    let kept = desk.json(&["webhook", "edit", "shop", "--forget-previous", "--to", "https://a.example"]);
    assert_eq!((&kept["item"]["previous_secret"], &kept["item"]["url"]), (&Value::Null, &"https://a.example".into()));
    desk.run(&["webhook", "edit", "shop", "--enable", "--if-version", "1"]).fails(5, "conflict");
    for bad in [["shop2", "http://hooks.example.com/"], ["shop2", "ftp://x"], ["Shop 2", url], ["shop", url]] {
        desk.run(&["webhook", "add", bad[0], bad[1]]).fails(10, "invalid_value");
    }
    desk.run(&["webhook", "add", "x", url, "--secret", "hello"]).fails(10, "invalid_value");
    desk.run(&["webhook", "add", "x", url, "--idempotency-key", "2"]).fails(2, "usage");
    desk.run(&["webhook", "add", "plain", "http://hooks.example.com/", "--allow-http"]).ok();
    desk.run(&["webhook", "list", "--as", "agent:anna"]).fails(4, "permission_denied");
    desk.run(&["webhook", "remove", "plain"]).fails(1, "not_confirmed");
    desk.run(&["webhook", "remove", "plain", "--yes"]).ok();
    desk.run(&["webhook", "remove", "plain", "--yes"]).fails(3, "not_found");
    let german = desk.run(&["webhook", "test", "none", "--lang", "de"]).fails(3, "not_found");
    assert!(german.err.contains("Endpunkt"), "{german:?}");
    let german = desk.run(&["webhook", "add", "x", "http://a.example", "--lang", "de"]).fails(10, "invalid_value");
    assert!(german.err.contains("auf diesem Rechner"), "{german:?}");
}

#[test]
fn a_relay_that_follows_tells_what_comes_until_it_is_interrupted() {
    let (desk, receiver) = (Desk::new(), Receiver::listening());
    endpoint(&desk, &receiver);
    let child = started(&desk, &["outbox", "relay", "--follow", "--jsonl"]);
    for subject in ["a", "b"] {
        desk.command().args(["ticket", "create", "--subject", subject]).output().unwrap();
        std::iter::repeat_with(|| receiver.next().payload()).find(|payload| payload.kind == "opened").unwrap();
    }
    interrupt(&child);
    let output = end(child);
    assert_eq!(output.status.code(), Some(130));
    let told: u64 = String::from_utf8(output.stdout)
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["delivered"].as_u64().unwrap())
        .sum();
    assert!(told >= 1, "what was told last may not have been said");
}
