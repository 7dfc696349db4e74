//! Every row of the table of exit codes that can be reached from outside, and the errors beside it.

use super::desk::{Desk, Ran};

#[test]
fn each_row_of_the_table() {
    let desk = Desk::new();
    desk.ticket("x");
    desk.run(&["ticket", "show", "1"]).ok();
    desk.run(&["export", "jsonl", "--bogus"]).fails(2, "usage");
    desk.run(&["ticket", "show", "9"]).fails(3, "not_found");
    desk.run(&["ticket", "delete", "1", "--yes", "--as", "agent:anna"]).fails(4, "permission_denied");
    desk.run(&["ticket", "note", "1", "n", "--if-version", "7"]).fails(5, "conflict");
    desk.write("bad.jsonl", "nonsense\n");
    desk.run(&["import", "jsonl", "bad.jsonl"]).fails(6, "partly_done");
    desk.run(&["ticket", "list", "--url", "sqlite:no/such/folder.db"]).fails(8, "needs_migration");
    desk.run(&["ticket", "status", "1", "closed"]).fails(10, "illegal_transition");
    desk.run(&["ticket", "priority", "1", "urgent"]).fails(10, "invalid_value");
    desk.run(&["ticket", "create", "--subject", " "]).fails(10, "invalid_value");
    desk.run(&["import", "jsonl", "missing.jsonl"]).fails(1, "io");
}

#[test]
fn a_number_that_could_mean_two_tickets_names_both() {
    let desk = Desk::new();
    desk.write("old.jsonl", "{\"external_id\":\"a\",\"subject\":\"from elsewhere\",\"number\":\"1\"}\n");
    desk.run(&["import", "jsonl", "old.jsonl"]).ok();
    desk.ticket("x");
    let error = desk.run(&["ticket", "show", "1", "--json"]).fails(10, "ambiguous").error();
    assert_eq!(error["details"]["candidates"], serde_json::json!(["1", "2026-000001"]));
    desk.run(&["ticket", "show", "2026-1"]).ok();
}

#[test]
fn what_is_refused_comes_with_what_can_be_done() {
    let desk = Desk::new();
    desk.ticket("x");
    let hint = |args: &[&str], code: i32| {
        let error = desk.run(&[args, &["--json"]].concat()).fails(code, "").error();
        error["hint"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(
        hint(&["ticket", "status", "1", "closed"], 10),
        "from new it can go to open, in_progress, pending, on_hold, resolved, spam, cancelled"
    );
    assert!(hint(&["ticket", "reply", "1", "x", "--status", "nosuch"], 10).contains("in_progress, pending, on_hold"));
    desk.run(&["ticket", "status", "1", "cancelled"]).ok();
    let reopen = hint(&["ticket", "status", "1", "open", "--as", "agent:anna"], 4);
    assert_eq!(reopen, "ask somebody with the permission");
    assert!(hint(&["ticket", "note", "1", "@anna please look"], 1).contains("standard input"));
    assert_eq!(hint(&["ticket", "note", "1", "--recover", "none.txt"], 1), "");
}

#[test]
fn a_missing_store_is_made_by_init_and_import_only() {
    let desk = Desk::empty();
    for args in [&["ticket", "list"][..], &["db", "status"], &["board"], &["ticket", "create", "--subject", "x"]] {
        let failed = desk.run(args).fails(8, "needs_migration");
        assert!(failed.err.contains("helpdesk init"), "{failed:?}");
        assert!(!desk.path("helpdesk.db").exists());
    }
    desk.write("none.jsonl", "");
    desk.run(&["import", "jsonl", "none.jsonl", "--dry-run"]).ok();
    assert!(!desk.path("helpdesk.db").exists(), "a dry run makes nothing");
    desk.run(&["import", "jsonl", "none.jsonl"]).ok();
    assert_eq!(desk.json(&["init"])["item"]["created"], false, "it is set up");
    let other = ["init", "--tenant", "other"];
    assert_eq!(desk.json(&other)["item"]["created"], true);
    assert_eq!(desk.json(&other)["item"]["created"], false);
}

#[test]
fn what_is_no_store_is_left_alone() {
    let desk = Desk::empty();
    desk.write("noise.db", "this is not a database, and long enough to be read as one".repeat(100));
    let before = desk.read("noise.db");
    desk.run(&["ticket", "list", "--url", "sqlite:noise.db"]).fails(9, "corrupt");
    desk.run(&["init", "--url", "sqlite:noise.db"]).fails(9, "corrupt");
    assert_eq!(desk.read("noise.db"), before);
}

#[test]
fn damage_is_found_and_said() {
    let desk = Desk::new();
    desk.ticket("x");
    let file = std::fs::read(desk.path("helpdesk.db")).unwrap();
    let damage = |from: &[u8], to: &[u8]| {
        assert_eq!(from.len(), to.len());
        let at = file.windows(from.len()).position(|window| window == from).unwrap();
        let mut damaged = file.clone();
        damaged[at..at + to.len()].copy_from_slice(to);
        desk.write("helpdesk.db", damaged);
    };
    assert!(desk.run(&["db", "check", "--lang", "de"]).ok().out.contains("1 Tickets, "));
    damage(br#""submitter":"agent:root""#, br#""submitter":"agent:boot""#);
    let found = desk.run(&["db", "check", "--json"]).fails(9, "damaged");
    assert_eq!(found.json()["item"]["clean"], false);
    let findings = found.json()["item"]["findings"].clone();
    assert_eq!(
        (&findings[0]["code"], &findings[0]["problem"]),
        (&"not_folding".into(), &"its history does not fold to it".into())
    );
    let german = desk.run(&["db", "check", "--lang", "de"]).fails(9, "damaged");
    assert!(german.out.contains("sein Verlauf ergibt es nicht"), "{german:?}");
    let advice = desk.run(&["db", "doctor"]).fails(9, "damaged");
    assert!(advice.out.contains("helpdesk ticket history"), "{advice:?}");
    let advice = desk.run(&["db", "doctor", "--lang", "de", "--json"]).fails(9, "damaged").json();
    let found = advice["items"].as_array().unwrap().iter().find(|item| item["code"] == "not_folding").unwrap();
    assert_eq!(found["state"], "sein Verlauf ergibt es nicht");
    assert!(found["advice"].as_str().unwrap().contains("vergleichen"), "{found}");
    damage(br#""submitter":"agent:root""#, br#""submitter":"agentXroot""#);
    desk.run(&["ticket", "show", "1"]).fails(9, "corrupt");
}

#[test]
fn errors_are_said_in_words_or_in_json() {
    let desk = Desk::new();
    let words = desk.run(&["ticket", "show", "9"]);
    let lines: Vec<&str> = words.err.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(lines, ["error", "hint", "code"], "{words:?}");
    let error = desk.run(&["ticket", "show", "9", "--json"]).fails(3, "").error();
    assert_eq!((&error["code"], &error["retryable"]), (&"not_found".into(), &false.into()));
    for part in ["message", "hint", "details"] {
        assert!(error.get(part).is_some(), "{part} in {error}");
    }
    let grammar = desk.run(&["ticket", "shov", "--json"]).fails(2, "").error();
    assert_eq!(grammar["code"], "usage");
}

#[test]
fn errors_are_said_in_german_too() {
    let desk = Desk::new();
    desk.ticket("x");
    let german = |code: i32, args: &[&str], words: &[&str]| {
        let ran = desk.run(&[args, &["--lang", "de"]].concat()).fails(code, "code:");
        let english = desk.run(args).fails(code, "code:");
        let code_of = |ran: &Ran| ran.err.lines().last().unwrap().to_owned();
        assert_eq!(code_of(&ran), code_of(&english));
        for word in words {
            assert!(ran.err.contains(word), "{word} in {ran:?}");
            assert!(!english.err.contains(word), "{word} in {english:?}");
        }
    };
    german(3, &["ticket", "show", "9"], &["nicht gefunden: Ticket", "siehe"]);
    german(5, &["ticket", "note", "1", "n", "--if-version", "7"], &["erwartet war Version 7, gefunden wurde 1"]);
    german(10, &["ticket", "priority", "1", "urgent"], &["priority: erwartet wird low, medium, high oder critical"]);
    german(10, &["ticket", "create", "--subject", " "], &["subject: ist leer"]);
    german(10, &["ticket", "status", "1", "closed"], &["von new nach closed"]);
    german(8, &["board", "--url", "sqlite:none.db"], &["die Datei gibt es nicht"]);
    german(1, &["import", "jsonl", "missing.jsonl"], &["missing.jsonl: das gibt es nicht"]);
    german(1, &["ticket", "delete", "1"], &["das Löschen von #2026-000001 braucht eine Bestätigung", "ohne Frage"]);
    german(2, &["ticket", "list", "--bogus"], &["das Argument '--bogus' ist nicht bekannt"]);
    german(2, &["ticket", "shov"], &["den Befehl 'shov' gibt es nicht"]);
    let error = desk.run(&["ticket", "show", "9", "--json", "--lang", "de"]).fails(3, "").error();
    assert_eq!((&error["code"], &error["message"]), (&"not_found".into(), &"nicht gefunden: Ticket".into()));
}

#[test]
fn unknown_backends_are_named_as_what_this_build_lacks() {
    let desk = Desk::empty();
    for url in ["oracle://u:geheim@h/d", "mysql:x", "postgres://u:1/geheim@h/d", "bogus:", "nonsense", "sqlite:"] {
        let failed = desk.run(&["ticket", "list", "--url", url]).fails(10, "sqlite:PATH");
        assert!(failed.err.contains("url: must be"), "{failed:?}");
        assert!(!failed.err.contains("geheim"), "{failed:?}");
    }
}

#[test]
fn what_is_no_requester_is_refused_and_not_made_one() {
    let desk = Desk::new();
    for who in ["not an address", "max@", "<max"] {
        let args = ["ticket", "create", "--subject", "s", "--requester", who, "--json"];
        let error = desk.run(&args).fails(10, "invalid_value").error();
        assert_eq!(error["details"]["field"], "requester", "{who}");
    }
    desk.run(&["ticket", "list", "--as", "requester:Max Muster"]).fails(10, "requester: must be an address");
    assert_eq!(desk.json(&["contact", "list"])["items"], serde_json::json!([]));
}

#[test]
fn an_operator_who_goes_away_is_no_failure() {
    let desk = Desk::new();
    for n in 0..30 {
        desk.ticket(&format!("{n} {}", "x".repeat(400)));
    }
    for args in ["ticket list --json", "ticket list", "export jsonl", "ticket list --csv", "--help"] {
        let script = format!("\"$0\" {args} | head -c 1; exit ${{PIPESTATUS[0]}}");
        let mut command = assert_cmd::Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_helpdesk")]);
        command.env_clear().env("PATH", "/usr/bin:/bin").env("HOME", desk.path("")).current_dir(desk.path(""));
        let ran = Ran::of(&mut command);
        assert_eq!((ran.code, ran.err.as_str()), (0, if args == "ticket list" { &ran.err } else { "" }), "{args}");
    }
}
