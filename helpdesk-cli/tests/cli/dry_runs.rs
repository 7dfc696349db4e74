//! `--dry-run` of what makes, fills, sweeps and copies stores: everything is said, nothing is done.

use super::desk::Desk;

#[test]
fn a_store_that_is_not_there_is_not_made() {
    let desk = Desk::empty();
    let tried = desk.json(&["init", "--dry-run"]);
    assert_eq!((&tried["item"]["created"], &tried["dry_run"]), (&true.into(), &true.into()));
    desk.run(&["init", "--dry-run", "--time-zone", "Nowhere/None"]).fails(10, "invalid_value");
    let played = desk.json(&["demo", "--dry-run"]);
    let counts = played["item"]["by_category"].as_object().unwrap();
    assert!(counts.values().map(|count| count.as_u64().unwrap()).sum::<u64>() >= 60, "{counts:?}");
    assert!(!desk.path("helpdesk.db").exists());
    desk.json(&["init"]);
    assert_eq!(desk.json(&["init", "--dry-run"])["item"]["created"], false);
    desk.run(&["demo", "--dry-run"]).ok();
    assert_eq!(desk.json(&["ticket", "list"])["total"], 0);
}

#[test]
fn what_is_due_is_said_and_stays_due() {
    let mut desk = Desk::new();
    desk.ticket("Login fails");
    desk.json(&["ticket", "status", "1", "resolved"]);
    assert_eq!(desk.json(&["sla", "sweep", "--dry-run"])["item"]["due"], serde_json::json!([]));
    desk.at("2026-11-09T09:00:00Z");
    for _ in 0..2 {
        let tried = desk.json(&["sla", "sweep", "--dry-run"]);
        let due = tried["item"]["due"].as_array().unwrap();
        assert_eq!((due.len(), &due[0]["timer"]), (1, &"auto_close".into()), "{due:?}");
    }
    assert_eq!(desk.json(&["ticket", "show", "1"])["item"]["status"], "resolved");
    assert_eq!(desk.json(&["sla", "sweep"])["item"]["fired"], 1);
}

#[test]
fn a_copy_that_could_not_be_made_is_refused_before() {
    let desk = Desk::new();
    assert_eq!(desk.json(&["db", "backup", "copy.db", "--dry-run"])["dry_run"], true);
    assert!(!desk.path("copy.db").exists());
    desk.json(&["db", "backup", "copy.db"]);
    desk.run(&["db", "backup", "copy.db", "--dry-run"]).fails(1, "io");
}
