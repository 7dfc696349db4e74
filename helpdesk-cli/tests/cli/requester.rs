//! A requester sees their own, and nothing from inside.

use super::desk::Desk;

const CANARY: &str = "canary-4711";

#[test]
fn nothing_from_inside_reaches_a_requester() {
    let desk = Desk::new();
    desk.ticket("Mine");
    desk.run(&["ticket", "note", "1", CANARY]).ok();
    desk.run(&["ticket", "tag", "1", CANARY]).ok();
    desk.run(&["ticket", "assign", "1", CANARY, "--team", CANARY]).ok();
    desk.run(&["ticket", "lock", "1", "--purpose", CANARY, "--as", "agent:canary-4711"]).ok();
    desk.run(&["ticket", "category", "1", CANARY]).ok();
    desk.json(&["ticket", "create", "--subject", CANARY, "--requester", "eva@example.com"]);
    let max = ["--as", "requester:max@example.com"];
    for args in ["ticket show 1", "ticket list", "ticket reply 1 hello", "ticket show 2", "ticket reply 2 hello"] {
        let args: Vec<&str> = args.split(' ').collect();
        for form in [&["--json"][..], &["--csv"], &["--jsonl"], &[]] {
            let ran = desk.run(&[&args, &max[..], form].concat());
            assert!(!ran.out.contains(CANARY) && !ran.err.contains(CANARY), "{args:?} {form:?}: {ran:?}");
        }
    }
    let item = desk.json(&[&["ticket", "show", "1"][..], &max].concat())["item"].clone();
    for field in [
        "version",
        "sla",
        "locked_by",
        "next_timer_at",
        "unread",
        "assignee",
        "team",
        "tags",
        "category",
        "priority",
        "updated_at",
        "watchers",
        "links",
    ] {
        assert!(item.get(field).is_none(), "{field}");
    }
    let list = desk.json(&[&["ticket", "list"][..], &max].concat());
    assert_eq!((&list["schema"], &list["total"]), (&"helpdesk/request.list/1".into(), &1.into()));
}

#[test]
fn what_a_requester_may_not_do_is_forbidden_and_what_they_may_not_see_is_not_there() {
    let desk = Desk::new();
    desk.ticket("Mine");
    desk.json(&["ticket", "create", "--subject", "Foreign", "--requester", "eva@example.com"]);
    let as_max = |args: &str| {
        let args: Vec<&str> = args.split(' ').collect();
        desk.run(&[&args[..], &["--as", "requester:max@example.com"]].concat())
    };
    for verb in [
        "note 1 x",
        "claim 1",
        "assign 1 ben",
        "status 1 open",
        "priority 1 low",
        "category 1 x",
        "tag 1 x",
        "watch 1",
        "merge 1 2",
        "split 1 1 --subject x",
        "link 1 blocks 2",
        "lock 1",
        "unlock 1",
        "history 1",
        "spam 1",
        "delete 1 --yes",
        "export 1",
        "reply 1 x --status resolved",
    ] {
        as_max(&format!("ticket {verb}")).fails(4, "permission_denied");
        let foreign = verb.replacen('1', "2", 1);
        as_max(&format!("ticket {foreign}")).fails(3, "not_found");
    }
    for noun in
        ["board", "queue list", "agent list", "agent add x", "contact list", "export jsonl", "db check", "sla sweep"]
    {
        as_max(noun).fails(4, "permission_denied");
    }
    as_max("ticket create --subject s --body b --priority high").fails(4, "permission_denied");
    as_max("ticket create --subject s --body b --requester eva@example.com").fails(4, "permission_denied");
    let named = as_max("ticket create --subject s --body b --requester eva@example.com --json").error();
    assert_eq!(named["details"]["action"], "ticket.edit", "opening is not what is refused");
    for condition in ["--mine", "--status closed", "--sort due"] {
        let refused = as_max(&format!("ticket list {condition}")).fails(4, "permission_denied");
        assert!(refused.err.contains("leave them out"), "{refused:?}");
    }
    as_max("ticket create --subject own --body b").ok();
    let stranger = ["--as", "requester:nobody@example.com"];
    desk.run(&[&["ticket", "show", "1"][..], &stranger].concat()).fails(3, "not_found");
    assert_eq!(desk.json(&[&["ticket", "list"][..], &stranger].concat())["total"], 0);
}

#[test]
fn agents_have_the_rights_of_their_record() {
    let desk = Desk::new();
    desk.ticket("x");
    desk.run(&["agent", "add", "ben", "--as", "agent:anna"]).fails(4, "permission_denied");
    desk.run(&["export", "jsonl", "--as", "agent:anna"]).fails(4, "permission_denied");
    desk.run(&["agent", "add", "anna", "--role", "admin"]).ok();
    desk.run(&["agent", "add", "ben", "--as", "agent:anna"]).ok();
    desk.run(&["agent", "edit", "ben", "--disable"]).ok();
    desk.run(&["ticket", "show", "1", "--as", "agent:ben"]).fails(3, "not_found");
    desk.run(&["ticket", "claim", "1", "--as", "system"]).fails(10, "agent_only");
    desk.run(&["ticket", "list", "--as", "anna"]).fails(10, "invalid_value");
}
