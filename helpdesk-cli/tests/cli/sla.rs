//! `sla`: policies and calendars as files, explanations, and what edited levels do to open tickets.

use serde_json::Value;

use crate::desk::{Desk, Ran};

const OFFICE: &str = r#"
zone = "Europe/Berlin"
[weekly]
mon = ["09:00-17:00"]
tue = ["09:00-17:00"]
wed = ["09:00-17:00"]
"#;

const GOLD: &str = r#"
name = "gold"
calendar = "office"
when = { priorities = ["high"] }

[first_response]
target = "2h"
levels = [{ at = "-30m", notify = ["assignee"], tags = ["hurry"] }]

[resolution]
target = "2d"
"#;

/// A desk with the calendar and the policy, on Monday at ten in Berlin.
fn desk() -> Desk {
    let desk = Desk::new();
    desk.write("office.toml", OFFICE);
    desk.write("gold.toml", GOLD);
    desk.json(&["sla", "calendar", "set", "office", &file(&desk, "office.toml")]);
    desk.json(&["sla", "policy", "set", &file(&desk, "gold.toml"), "--before", "usual"]);
    desk
}

fn file(desk: &Desk, name: &str) -> String {
    desk.path(name).to_str().unwrap().to_owned()
}

fn at(desk: &Desk, now: &str, args: &[&str]) -> Ran {
    let mut command = desk.command();
    Ran::of(command.args(["--now", now]).args(args))
}

fn clock<'a>(explained: &'a Value, id: &str) -> &'a Value {
    let clocks = explained["item"]["clocks"].as_array().unwrap();
    clocks.iter().find(|clock| clock["clock"] == id).unwrap_or_else(|| panic!("{id}: {explained}"))
}

#[test]
fn a_policy_and_its_calendar_are_files_and_come_back_as_they_went_in() {
    let desk = desk();
    let list = desk.json(&["sla", "policy", "list"]);
    let names: Vec<&str> = list["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["gold", "usual"]);
    let shown = desk.run(&["sla", "policy", "show", "gold"]).ok().out;
    desk.write("again.toml", &shown);
    desk.json(&["sla", "policy", "set", &file(&desk, "again.toml")]);
    assert_eq!(desk.run(&["sla", "policy", "show", "gold"]).ok().out, shown);
    let json = desk.json(&["sla", "policy", "show", "gold"])["item"].to_string();
    desk.write("again.json", &json);
    let dry = desk.json(&["sla", "policy", "set", &file(&desk, "again.json"), "--dry-run"]);
    assert_eq!(dry["item"]["dry_run"], true);
    let version = dry["item"]["settings_version"].as_u64().unwrap() - 1;
    let stale = (version - 1).to_string();
    desk.run(&["sla", "policy", "remove", "gold", "--if-version", &stale, "--json"]).fails(5, "conflict");
    desk.run(&["sla", "calendar", "remove", "office", "--json"]).fails(10, "invalid_value");
    desk.json(&["sla", "policy", "remove", "gold", "--if-version", &version.to_string()]);
    desk.json(&["sla", "calendar", "remove", "office"]);
    assert_eq!(desk.json(&["sla", "calendar", "list"])["total"], 0);
}

#[test]
fn what_cannot_be_kept_names_the_field_and_changes_nothing() {
    let desk = desk();
    for (name, text, field) in [
        ("zone.toml", "zone = \"Mars/Olympus\"\nweekly = { mon = [\"09:00-17:00\"] }", "zone"),
        ("hours.toml", "zone = \"UTC\"\nweekly = { mon = [\"17:00-09:00\"] }", "weekly.mon[0]"),
        ("none.toml", "zone = \"UTC\"", "weekly"),
    ] {
        desk.write(name, text);
        let refused = desk.run(&["sla", "calendar", "set", "office", &file(&desk, name), "--json"]);
        let error = refused.fails(10, "invalid_value").error();
        assert!(error.to_string().contains(field), "{error}");
    }
    desk.write("bad.toml", GOLD.replace("2h", "-2h"));
    desk.run(&["sla", "policy", "set", &file(&desk, "bad.toml"), "--json"]).fails(10, "invalid_value");
    desk.run(&["sla", "policy", "set", &file(&desk, "nowhere.toml"), "--json"]);
    assert_eq!(desk.json(&["sla", "calendar", "show", "office"])["item"]["zone"], "Europe/Berlin");
}

#[test]
fn arithmetic_on_a_named_calendar() {
    let desk = desk();
    let add =
        |span: &str| desk.json(&["sla", "calendar", "add", "office", "2026-11-02T15:00:00Z", span])["item"].clone();
    assert_eq!(add("2h")["at"], "2026-11-03T09:00:00Z", "an hour on Monday, one on Tuesday");
    assert_eq!(add("2h")["local"], "2026-11-03 10:00:00 Europe/Berlin");
    assert_eq!(add("2d")["at"], "2026-11-04T15:00:00Z");
    let back = add("-4h");
    assert_eq!((back["at"].as_str(), back["span"].as_str()), (Some("2026-11-02T11:00:00Z"), Some("-4h")));
    let between = ["sla", "calendar", "elapsed", "office", "2026-11-02T15:00:00Z", "2026-11-09T09:00:00Z"];
    assert_eq!(desk.json(&between)["item"]["seconds"], (1 + 8 + 8 + 1) * 3600);
    let open = |when: &str| desk.json(&["sla", "calendar", "open", "office", when])["item"].clone();
    assert_eq!(
        (open("2026-11-02T15:59:59Z")["open"].clone(), open("2026-11-02T16:00:00Z")["open"].clone()),
        (true.into(), false.into())
    );
    assert_eq!(open("2026-11-04T16:00:00Z")["changes_at"], "2026-11-09T08:00:00Z");
    desk.run(&["sla", "calendar", "open", "nowhere", "--json"]).fails(3, "not_found");
}

#[test]
fn an_explanation_accounts_for_every_second_in_words_and_in_json() {
    let desk = desk();
    let create = ["ticket", "create", "--subject", "till is down", "--body", "x", "--requester", "max@example.com"];
    let create = [&create[..], &["--priority", "high", "--json"]].concat();
    let number = at(&desk, "2026-11-02T09:00:00Z", &create).ok().json()["item"]["number"].as_str().unwrap().to_owned();
    at(&desk, "2026-11-02T10:00:00Z", &["ticket", "status", &number, "on_hold"]).ok();
    at(&desk, "2026-11-02T12:30:00Z", &["ticket", "status", &number, "open"]).ok();
    at(&desk, "2026-11-02T12:30:00Z", &["sla", "sweep"]).ok();

    let explained = at(&desk, "2026-11-02T13:00:00Z", &["sla", "explain", &number, "--json"]).ok().json();
    assert_eq!(explained["item"]["policy"]["name"], "gold");
    assert_eq!(explained["item"]["policy"]["met"][0]["value"], "high");
    let answer = clock(&explained, "first_response/1");
    assert_eq!(
        (answer["state"].as_str(), answer["missed_at"].as_str()),
        (Some("breached"), Some("2026-11-02T11:00:00Z"))
    );
    assert_eq!((answer["used_seconds"].as_u64(), answer["left_seconds"].as_i64()), (Some(4 * 3600), Some(-2 * 3600)));
    let solution = clock(&explained, "resolution/1");
    assert_eq!((solution["open_seconds"].as_u64(), solution["paused_seconds"].as_u64()), (Some(4 * 3600), Some(9_000)));
    assert_eq!(solution["used_seconds"], 4 * 3600 - 9_000);
    // Two working days are sixteen hours; with two and a half of pause they end on the Wednesday after 10:00 and 2:30.
    assert_eq!(
        (solution["target_seconds"].as_u64(), solution["due"].as_str()),
        (Some(16 * 3600), Some("2026-11-04T11:30:00Z"))
    );
    for (lang, words) in
        [("en", "less 2h30m paused, is 1h30m used"), ("de", "abzüglich 2h30m Pause ergibt 1h30m verbraucht")]
    {
        let told = at(&desk, "2026-11-02T13:00:00Z", &["sla", "explain", &number, "--lang", lang]).ok().out;
        assert!(told.contains(words), "{told}");
    }
    at(&desk, "2026-11-02T13:00:00Z", &["sla", "explain", &number, "--as", "requester:max", "--json"])
        .fails(4, "permission_denied");

    let listed = |args: &[&str]| {
        at(&desk, "2026-11-02T13:00:00Z", &[&["ticket", "list", "--json"][..], args].concat()).ok().json()
    };
    assert_eq!(listed(&["--breached"])["total"], 1);
    assert_eq!(listed(&["--due", "<2h"])["total"], 1);
    assert_eq!(listed(&["--due", "2h", "--tag", "hurry"])["total"], 1, "the level has tagged it");
    at(&desk, "2026-11-02T13:00:00Z", &["ticket", "list", "--due", "soon", "--json"]).fails(10, "invalid_value");
}

#[test]
fn an_edited_policy_reaches_open_tickets_when_it_is_applied() {
    let desk = desk();
    for n in 0..5 {
        let subject = format!("--subject=t{n}");
        desk.json(&["ticket", "create", &subject, "--body=x", "--requester=max@example.com", "--priority=high"]);
    }
    desk.write("gold.toml", GOLD.replace("2h", "4h"));
    desk.json(&["sla", "policy", "set", &file(&desk, "gold.toml")]);
    let target = || {
        let ticket = desk.json(&["ticket", "show", "1"]);
        let clocks = ticket["item"]["sla"].as_array().unwrap().clone();
        clocks.iter().find(|clock| clock["metric"] == "first_response").unwrap()["target_seconds"].as_u64().unwrap()
    };
    assert_eq!(target(), 2 * 3600);
    let tried = desk.json(&["sla", "reapply", "--step", "2", "--dry-run"]);
    assert_eq!((tried["item"]["changed"].as_u64(), &tried["dry_run"]), (Some(5), &true.into()));
    assert_eq!(target(), 2 * 3600);
    let report = desk.json(&["sla", "reapply", "--step", "2"]);
    assert_eq!((report["item"]["seen"].as_u64(), report["item"]["changed"].as_u64()), (Some(5), Some(5)));
    assert_eq!(target(), 4 * 3600);
    assert_eq!(desk.json(&["sla", "reapply"])["item"]["changed"], 5, "what was done stays told");
    assert_eq!(desk.json(&["sla", "reapply", "--dry-run"])["item"]["changed"], 0, "nothing is left to do");
    desk.run(&["sla", "reapply", "--step", "0", "--json"]).fails(10, "invalid_value");
}
