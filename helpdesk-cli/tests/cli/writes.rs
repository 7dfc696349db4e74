//! The safety of writes: trying only, once only, not over others' changes, locks, and texts that are not lost.

use super::desk::Desk;

#[test]
fn a_dry_run_shows_everything_and_changes_nothing() {
    let desk = Desk::new();
    desk.ticket("x");
    desk.ticket("y");
    let before = desk.run(&["export", "jsonl"]).ok().out;
    for args in [
        "ticket create --subject s --body b --requester new@example.com",
        "ticket reply 1 x --status pending",
        "ticket note 1 x",
        "ticket assign 1 ben",
        "ticket claim 1",
        "ticket status 1 resolved",
        "ticket priority 1 low",
        "ticket category 1 c",
        "ticket tag 1 t",
        "ticket watch 1 --who agent:eva",
        "ticket merge 1 2",
        "ticket split 1 1 --subject s",
        "ticket link 1 blocks 2",
        "ticket spam 1",
        "ticket delete 1",
        "queue next --claim",
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let tried = desk.json(&[&args[..], &["--dry-run"]].concat());
        assert_eq!(tried["dry_run"], true, "{args:?}");
        assert!(!tried["events"].as_array().unwrap().is_empty(), "{args:?}: {tried}");
    }
    for args in [
        "ticket create --subject s --body b --as requester:stranger@example.com",
        "ticket reply 1 x --as requester:max@example.com",
        "agent add a",
        "team add t",
        "org add o",
        "category add c",
        "contact edit max@example.com --name M",
        "db migrate",
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        desk.run(&[&args[..], &["--dry-run"]].concat()).ok();
    }
    assert_eq!(desk.run(&["export", "jsonl"]).ok().out, before);
    desk.run(&["ticket", "status", "1", "closed", "--dry-run"]).fails(10, "illegal_transition");
}

#[test]
fn the_same_key_gives_the_first_answer() {
    let desk = Desk::new();
    let create = |subject: &str| {
        let args = ["ticket", "create", "--subject", subject, "--body", "b", "--requester", "a@b.de"];
        desk.run(&[&args[..], &["--idempotency-key", "k1", "--json"]].concat())
    };
    let first = create("s").ok().json();
    let again = create("s").ok().json();
    assert_eq!(first["item"]["id"], again["item"]["id"]);
    assert_eq!((&first["replayed"], &again["replayed"]), (&false.into(), &true.into()));
    create("other").fails(5, "key_reused");
    assert_eq!(desk.json(&["ticket", "list"])["total"], 1);
    desk.run(&["ticket", "note", "1", "x", "--idempotency-key", ""]).fails(10, "invalid_value");
    let asked = |key: &str| {
        let args = ["ticket", "create", "--subject", "s", "--body", "b", "--as", "requester:r@b.de"];
        desk.json(&[&args[..], &["--idempotency-key", key]].concat())["item"]["number"].clone()
    };
    assert_eq!(asked("k2"), asked("k2"));
}

#[test]
fn nobody_writes_over_what_they_have_not_seen() {
    let desk = Desk::new();
    desk.ticket("x");
    desk.run(&["ticket", "reply", "1", "first"]).ok();
    let conflict = desk.run(&["ticket", "reply", "1", "second", "--if-version", "1", "--json"]).fails(5, "").error();
    assert_eq!(conflict["code"], "conflict");
    assert_eq!((&conflict["details"]["expected"], &conflict["details"]["found"]), (&1.into(), &2.into()));
    assert!(!conflict["details"]["between"].as_array().unwrap().is_empty());
    desk.run(&["ticket", "reply", "1", "second", "--if-version", "2"]).ok();
    desk.run(&["ticket", "tag", "1", "t"]).ok();
    desk.run(&["ticket", "reply", "1", "third", "--if-version", "3"]).ok();
    desk.run(&["ticket", "reply", "1", "x", "--if-version", "two"]).fails(10, "invalid_value");
}

#[test]
fn two_agents_and_one_lock() {
    let mut desk = Desk::new();
    desk.ticket("x");
    let (anna, ben) = (["--as", "agent:anna"], ["--as", "agent:ben"]);
    let run = |desk: &Desk, args: &str, who: &[&str]| {
        let args: Vec<&str> = args.split(' ').collect();
        desk.run(&[&args[..], who].concat())
    };
    let locked = desk.json(&[&["ticket", "lock", "1"][..], &anna].concat());
    assert_eq!((&locked["item"]["locked_by"], &locked["lock"]["token"]), (&"anna".into(), &1.into()));
    run(&desk, "ticket reply 1 x", &ben).fails(5, "locked");
    run(&desk, "ticket lock 1", &ben).fails(5, "locked");
    run(&desk, "ticket unlock 1", &ben).fails(5, "locked");
    run(&desk, "ticket note 1 x", &ben).ok();
    run(&desk, "ticket reply 1 mine --lock-token 1", &anna).ok();
    run(&desk, "ticket lock 1 --steal urgent", &ben).fails(4, "permission_denied");
    let stolen = desk.json(&["ticket", "lock", "1", "--steal", "urgent"]);
    assert_eq!(stolen["lock"]["token"], 2);
    run(&desk, "ticket reply 1 late", &anna).fails(5, "locked");
    desk.run(&["ticket", "unlock", "1"]).ok();
    run(&desk, "ticket reply 1 late --lock-token 1", &anna).fails(5, "lock_lost");
    run(&desk, "ticket lock 1", &ben).ok();
    desk.at("2026-11-02T09:04:00Z");
    run(&desk, "ticket reply 1 expired", &anna).ok();
    let history = desk.run(&["ticket", "history", "1"]).ok();
    assert!(history.out.contains("lock_stolen") && history.out.contains("urgent"));
}

#[test]
fn a_lock_can_be_tried() {
    let desk = Desk::new();
    desk.ticket("x");
    let export = || desk.run(&["export", "jsonl"]).ok().out;
    let before = export();
    let tried = desk.json(&["ticket", "lock", "1", "--dry-run", "--as", "agent:anna"]);
    assert_eq!((&tried["dry_run"], &tried["lock"]["token"]), (&true.into(), &1.into()));
    assert_eq!(tried["item"]["locked_by"], serde_json::Value::Null);
    desk.run(&["ticket", "lock", "1", "--as", "agent:anna"]).ok();
    desk.run(&["ticket", "lock", "1", "--dry-run", "--as", "agent:ben"]).fails(5, "locked");
    desk.run(&["ticket", "unlock", "1", "--dry-run", "--as", "agent:ben"]).fails(5, "locked");
    desk.run(&["ticket", "lock", "1", "--steal", "why", "--dry-run", "--as", "agent:ben"])
        .fails(4, "permission_denied");
    desk.run(&["ticket", "lock", "1", "--steal", "", "--dry-run"]).fails(10, "invalid_value");
    assert_eq!(desk.json(&["ticket", "lock", "1", "--steal", "why", "--dry-run"])["lock"]["token"], 2);
    for unlock in [&["--dry-run", "--as", "agent:anna"][..], &["--steal", "why", "--dry-run"]] {
        let tried = desk.json(&[&["ticket", "unlock", "1"][..], unlock].concat());
        assert_eq!(tried["item"]["locked_by"], "anna", "{unlock:?}");
    }
    assert_eq!(export(), before);
}

#[test]
fn texts_come_from_arguments_streams_and_files_and_are_not_lost() {
    let desk = Desk::new();
    desk.ticket("x");
    desk.write("body.txt", "from a file\n");
    desk.run(&["ticket", "note", "1", "@body.txt"]).ok();
    let mut piped = desk.command();
    piped.args(["ticket", "note", "1", "-"]).write_stdin("from a stream");
    super::desk::Ran::of(&mut piped).ok();
    let bodies = desk.run(&["ticket", "show", "1"]).ok().out;
    assert!(bodies.contains("from a file") && bodies.contains("from a stream"));
    desk.run(&["ticket", "note", "1", "@missing.txt"]).fails(1, "io");

    let failed = desk.run(&["ticket", "reply", "9", "precious words"]).fails(3, "--recover");
    let (_, file) = failed.err.split_once("--recover ").unwrap();
    let file = file.lines().next().unwrap();
    assert_eq!(std::fs::read_to_string(file).unwrap(), "precious words");
    desk.run(&["ticket", "reply", "9", "--recover", file]).fails(3, "--recover");
    desk.run(&["ticket", "reply", "1", "--recover", file]).ok();
    assert!(!std::path::Path::new(file).exists(), "what was sent is not kept");
    assert!(desk.run(&["ticket", "show", "1"]).ok().out.contains("precious words"));
    desk.run(&["ticket", "reply", "1"]).fails(2, "usage");
}

#[test]
fn a_text_is_brought_back_whole_and_nobodys_own_file_is_removed() {
    let desk = Desk::new();
    desk.ticket("x");
    desk.write("mine.txt", "my own words");
    desk.run(&["ticket", "reply", "1", "others", "--recover", "mine.txt"]).fails(2, "usage");
    desk.run(&["ticket", "create", "--subject", "s", "--body", "b", "--recover", "mine.txt"]).fails(2, "usage");
    desk.run(&["ticket", "reply", "1", "--recover", "mine.txt"]).ok();
    assert!(desk.run(&["ticket", "show", "1"]).ok().out.contains("my own words"));
    assert_eq!(desk.read("mine.txt"), "my own words");
}

#[test]
fn what_destroys_asks_and_without_anybody_to_ask_refuses() {
    let desk = Desk::new();
    desk.ticket("x");
    desk.run(&["team", "add", "t"]).ok();
    for args in [&["ticket", "delete", "1"][..], &["team", "remove", "t"], &["ticket", "delete", "1", "--no-input"]] {
        let refused = desk.run(args).fails(1, "--yes");
        assert!(refused.err.contains("not_confirmed"), "{refused:?}");
    }
    desk.run(&["ticket", "show", "1"]).ok();
    desk.run(&["team", "remove", "t", "--yes"]).ok();
    desk.run(&["ticket", "delete", "1", "--yes"]).ok();
    desk.run(&["ticket", "show", "1"]).fails(3, "not_found");
}
