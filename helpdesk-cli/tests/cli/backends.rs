//! The same command on another backend: a sled folder does what a SQLite file does.

use super::desk::{Desk, Ran};

const SLED: [&str; 2] = ["--url", "sled:desk.sled"];

fn on_sled(desk: &Desk, args: &[&str]) -> Ran {
    desk.run(&[args, &SLED].concat())
}

fn json(desk: &Desk, args: &[&str]) -> serde_json::Value {
    on_sled(desk, &[args, &["--json"]].concat()).ok().json()
}

#[test]
fn a_desk_is_made_worked_on_checked_and_copied() {
    let desk = Desk::empty();
    on_sled(&desk, &["ticket", "list"]).fails(8, "helpdesk init");
    json(&desk, &["init"]);
    json(&desk, &["ticket", "create", "--subject=Till", "--body=down", "--requester=max@example.com", "--tag=vip"]);
    json(&desk, &["ticket", "claim", "1", "--as", "agent:anna"]);
    json(&desk, &["ticket", "reply", "1", "On it"]);
    assert_eq!(json(&desk, &["ticket", "list", "--tag", "vip"])["total"], 1);
    assert_eq!(json(&desk, &["board"])["item"]["by_category"]["active"], 1);
    let status = json(&desk, &["db", "status"]);
    assert_eq!(
        (&status["item"]["backend"], &status["item"]["capabilities"]["shared"]),
        (&"sled".into(), &false.into())
    );
    assert!(status["item"]["bytes"].as_u64().unwrap() > 0);
    assert_eq!(json(&desk, &["db", "check"])["item"]["clean"], true);
    assert_eq!(json(&desk, &["db", "migrate"])["item"]["found"], 1);
    json(&desk, &["db", "backup", "copy.sled"]);
    on_sled(&desk, &["db", "backup", "copy.sled"]).fails(1, "already");
    let copy = desk.run(&["ticket", "show", "1", "--json", "--url", "sled:copy.sled"]).ok().json();
    assert_eq!(copy["item"]["assignee"], "anna");
}

#[test]
fn an_export_of_one_backend_is_the_export_of_the_other() {
    let desk = Desk::empty();
    desk.run(&["demo"]).ok();
    let all = desk.run(&["export", "jsonl"]).ok().out;
    desk.write("all.jsonl", &all);
    on_sled(&desk, &["import", "jsonl", "all.jsonl"]).ok();
    assert_eq!(on_sled(&desk, &["export", "jsonl"]).ok().out, all);
    assert_eq!(json(&desk, &["db", "check"])["item"]["clean"], true);
    let boards = [&[][..], &SLED].map(|url| desk.json(&[&["board"][..], url].concat())["item"].clone());
    for count in ["by_category", "unread", "overdue", "unassigned", "mine"] {
        assert_eq!(boards[0][count], boards[1][count], "{count}");
    }
}

#[test]
fn a_damaged_store_is_told_with_what_can_be_done() {
    let desk = Desk::empty();
    on_sled(&desk, &["demo"]).ok();
    let file = desk.path("desk.sled/db");
    let mut bytes = std::fs::read(&file).unwrap();
    let half = bytes.len() / 2;
    bytes[half..half + 5000].fill(0x5a);
    std::fs::write(&file, bytes).unwrap();
    for args in [&["ticket", "list"][..], &["db", "check"]] {
        let told = on_sled(&desk, args);
        assert_eq!(told.code, 9, "{told:?}");
        assert!(told.err.contains("restore a backup") && told.err.contains("store_corrupt"), "{told:?}");
    }
    let german = on_sled(&desk, &["db", "check", "--lang", "de"]).fails(9, "store_corrupt");
    assert!(german.err.contains("Sicherung einspielen"), "{german:?}");
    let advice = on_sled(&desk, &["db", "doctor", "--json"]).fails(9, "damaged").json();
    assert_eq!(advice["items"][0]["code"], "store_corrupt");
    assert!(advice["items"][0]["advice"].as_str().unwrap().contains("restore a backup"), "{advice}");
}

#[test]
fn a_store_is_copied_into_another_and_again_changes_nothing() {
    let desk = Desk::empty();
    desk.run(&["demo"]).ok();
    desk.run(&["ticket", "lock", "1", "--as", "agent:anna"]).ok();
    let copy = ["db", "copy", "sqlite:helpdesk.db", "sled:desk.sled"];
    let tried = desk.json(&[&copy[..], &["--dry-run"]].concat());
    assert!(!desk.path("desk.sled").exists());
    let first = desk.json(&copy);
    assert_eq!(first["item"]["tickets"]["new"], tried["item"]["tickets"]);
    let again = desk.json(&copy);
    assert_eq!(again["item"]["tickets"]["new"], 0);
    assert_eq!(again["item"]["tickets"]["known"], first["item"]["tickets"]["new"]);
    assert_eq!(on_sled(&desk, &["export", "jsonl"]).ok().out, desk.run(&["export", "jsonl"]).ok().out);
    assert_eq!(json(&desk, &["ticket", "show", "1"])["item"]["locked_by"], "anna");
    assert_eq!(json(&desk, &["db", "check"])["item"]["clean"], true);
    // And back, into a third.
    desk.json(&["db", "copy", "sled:desk.sled", "sqlite:third.db"]);
    let third = desk.run(&["export", "jsonl", "--url", "sqlite:third.db"]).ok().out;
    assert_eq!(third, desk.run(&["export", "jsonl"]).ok().out);

    on_sled(&desk, &["ticket", "note", "2", "only here"]).ok();
    let differs = desk.run(&copy).fails(6, "partly_done");
    assert!(differs.err.contains("differs in the target"), "{differs:?}");
    desk.run(&["db", "copy", "sqlite:helpdesk.db", "sqlite:helpdesk.db"]).fails(10, "invalid_value");
    desk.run(&["db", "copy", "sqlite:none.db", "sqlite:new.db"]).fails(8, "none.db");
    assert!(!desk.path("new.db").exists());
    desk.run(&[&copy[..], &["--as", "agent:anna"]].concat()).fails(4, "permission_denied");
}
