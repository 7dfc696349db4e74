//! The small catalogues, contacts, and looking after the store.

use serde_json::{Value, json};

use super::desk::Desk;

#[test]
fn agents_teams_organisations_and_categories() {
    let desk = Desk::new();
    desk.run(&["team", "add", "first", "--name", "First line"]).ok();
    desk.run(&["team", "add", "first"]).fails(10, "invalid_value");
    desk.run(&["team", "edit", "first", "--name", "Front"]).ok();
    assert_eq!(desk.json(&["team", "list"])["items"], json!([{ "id": "first", "name": "Front", "version": 2 }]));
    desk.run(&["team", "edit", "none", "--name", "x"]).fails(3, "not_found");
    let anna = desk.json(&["agent", "add", "anna", "--name", "Anna", "--team", "first", "--role", "supervisor"]);
    assert_eq!(anna["item"]["teams"], json!(["first"]));
    let edited = desk.json(&["agent", "edit", "anna", "--email", "Anna@Example.com"])["item"].clone();
    assert_eq!((&edited["email"], &edited["name"]), (&"anna@example.com".into(), &"Anna".into()));
    desk.run(&["agent", "add", "x", "--role", "king"]).fails(10, "invalid_value");
    desk.run(&["category", "add", "returns", "--en", "Returns", "--de", "Rücksendung", "--colour", "#336699"]).ok();
    assert_eq!(desk.json(&["category", "list"])["items"][0]["color"], "#336699");
    desk.run(&["category", "add", "x", "--colour", "red"]).fails(10, "invalid_value");
    desk.run(&["org", "add", "acme", "--name", "Acme"]).ok();
    assert_eq!(desk.json(&["org", "list"])["total"], 1);
    desk.run(&["org", "remove", "acme", "--yes"]).ok();
    assert_eq!(desk.json(&["org", "list"])["total"], 0);
}

#[test]
fn every_write_takes_its_conditions() {
    let desk = Desk::new();
    let add = ["team", "add", "first", "--name", "First", "--idempotency-key", "1"];
    assert_eq!(desk.json(&add)["item"]["version"], 1);
    assert_eq!(desk.json(&add)["replayed"], true);
    desk.run(&["team", "edit", "first", "--name", "x", "--if-version", "7"]).fails(5, "conflict");
    desk.run(&["team", "edit", "first", "--name", "x", "--idempotency-key", "1"]).fails(5, "key_reused");
    assert_eq!(desk.json(&["team", "edit", "first", "--name", "Front", "--if-version", "1"])["item"]["version"], 2);
    let remove = ["team", "remove", "first", "--yes", "--idempotency-key", "2"];
    assert_eq!(desk.json(&remove)["item"]["name"], "Front");
    assert_eq!(desk.json(&remove)["replayed"], true);

    desk.ticket("First");
    desk.ticket("Second");
    desk.run(&["contact", "edit", "max@example.com", "--name", "x", "--if-version", "9"]).fails(5, "conflict");
    let erase = ["contact", "erase", "max@example.com", "--yes", "--idempotency-key", "3"];
    assert_eq!(desk.json(&erase)["item"]["tickets"], 2);
    assert_eq!(desk.json(&erase)["replayed"], true);

    let claim = ["queue", "next", "--claim", "--idempotency-key", "4"];
    let taken = desk.json(&claim)["item"]["number"].clone();
    assert_eq!(desk.json(&claim)["item"]["number"], taken, "not the next one too");
    desk.run(&["queue", "next", "--claim", "--if-version", "99"]).fails(5, "conflict");
}

#[test]
fn erasing_a_contact_leaves_nothing_personal_in_any_byte_of_an_export() {
    let desk = Desk::new();
    desk.ticket("Minecanary");
    desk.run(&["contact", "edit", "max@example.com", "--name", "Maxcanary", "--email", "new@example.com"]).ok();
    desk.json(&["ticket", "create", "--subject", "Othercanary", "--requester", "old@example.com"]);
    desk.json(&["contact", "merge", "old@example.com", "new@example.com"]);
    desk.run(&["contact", "erase", "new@example.com"]).fails(1, "not_confirmed");
    assert_eq!(desk.json(&["contact", "erase", "new@example.com", "--dry-run"])["item"]["tickets"], 2);
    assert!(desk.run(&["export", "jsonl"]).ok().out.contains("canary"));
    assert_eq!(desk.json(&["contact", "erase", "new@example.com", "--yes"])["item"]["tickets"], 2);
    let export = desk.run(&["export", "jsonl"]).ok().out;
    for personal in ["canary", "max@", "new@", "old@"] {
        assert!(!export.contains(personal), "{personal} in {export}");
    }
    desk.run(&["contact", "show", "max@example.com"]).fails(3, "not_found");
    desk.run(&["db", "check"]).ok();
}

#[test]
fn contacts_are_listed_changed_merged_and_exported() {
    let desk = Desk::new();
    desk.ticket("Mine");
    desk.run(&["ticket", "note", "1", "inside"]).ok();
    desk.json(&["ticket", "create", "--subject", "s", "--requester", "eva@example.com"]);
    let first = desk.json(&["contact", "list", "--limit", "1"]);
    assert_eq!(first["total"], 2);
    assert!(desk.json(&["contact", "list", "--no-total"]).get("total").is_none_or(serde_json::Value::is_null));
    assert_eq!(first["truncated"], true);
    let next = first["next"].as_str().unwrap();
    assert_eq!(desk.json(&["contact", "list", "--limit", "1", "--cursor", next])["truncated"], false);
    let edited = desk.json(&["contact", "edit", "max@example.com", "--name", "Max", "--email", "m@example.com"]);
    assert_eq!(edited["item"]["email"], "m@example.com");
    desk.run(&["contact", "edit", "m@example.com", "--email", "eva@example.com"]).fails(10, "invalid_value");
    let export = desk.run(&["contact", "export", "m@example.com", "--json"]).ok();
    assert_eq!(export.json()["item"]["requests"][0]["subject"], "Mine");
    assert!(!export.out.contains("inside"));
    desk.json(&["contact", "merge", "eva@example.com", "m@example.com"]);
    assert_eq!(desk.json(&["contact", "show", "eva@example.com"])["item"]["email"], "m@example.com");
    desk.run(&["contact", "show", "nobody@example.com"]).fails(3, "not_found");
}

#[test]
fn stores_are_looked_after() {
    let desk = Desk::new();
    desk.ticket("x");
    let status = desk.json(&["db", "status"])["item"].clone();
    assert_eq!((&status["backend"], &status["tenants"][0]["tickets"]), (&"sqlite".into(), &1.into()));
    let schema = desk.json(&["db", "migrate"])["item"].clone();
    assert_eq!(schema["found"], schema["supported"]);
    desk.run(&["db", "backup", "copy.db"]).ok();
    assert_ne!(desk.run(&["db", "backup", "copy.db"]).code, 0, "a backup is not written over");
    assert_eq!(desk.json(&["ticket", "list", "--url", "sqlite:copy.db"])["total"], 1);
    assert_eq!(desk.json(&["db", "doctor"])["items"].as_array().unwrap().len(), 3);
    desk.run(&["db", "backup", "x", "--url", "memory:"]).fails(1, "unsupported");
    let missing: Value = desk.run(&["db", "check", "--url", "sqlite:none.db", "--json"]).fails(8, "").error();
    let hint = missing["hint"].as_str().unwrap();
    assert!(hint.contains("none.db") && hint.contains("helpdesk init") && hint.contains("--url"), "{hint}");
}

#[test]
fn manuals_and_completions_are_made_from_the_grammar() {
    let desk = Desk::empty();
    for shell in ["bash", "zsh", "fish"] {
        assert!(desk.run(&["completion", shell]).ok().out.contains("helpdesk"));
    }
    assert!(desk.run(&["man"]).ok().out.contains(".TH helpdesk"));
    desk.run(&["man", "pages"]).ok();
    assert!(desk.read("pages/helpdesk-ticket-create.1").contains("subject"));
    assert!(!desk.path("helpdesk.db").exists());
}
