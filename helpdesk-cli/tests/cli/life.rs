//! The whole life of a ticket, from request to reopening, with `--now` and `--json`.

use super::desk::Desk;

#[test]
fn a_ticket_lives_on_the_command_line() {
    let mut desk = Desk::new();
    let asked = desk.json(&[
        "ticket",
        "create",
        "--subject",
        "Parcel lost",
        "--body",
        "Where is it?",
        "--requester",
        "max@example.com",
        "--name",
        "Max",
        "--priority",
        "high",
        "--tag",
        "vip",
        "--channel",
        "mail",
    ]);
    let ticket = &asked["item"];
    assert_eq!(asked["schema"], "helpdesk/ticket/1");
    assert_eq!(ticket["number"], "2026-000001");
    assert_eq!(ticket["requester"]["email"], "max@example.com");
    assert_eq!((&ticket["status"], &ticket["category_of_status"]), (&"new".into(), &"new".into()));
    assert_eq!(ticket["unread"], true);
    assert_eq!(ticket["sla"][0]["metric"], "first_response");

    let anna = ["--as", "agent:anna"];
    let act = |desk: &Desk, args: &[&str]| desk.json(&[args, &anna].concat())["item"].clone();
    assert_eq!(act(&desk, &["queue", "next", "--claim"])["assignee"], "anna");
    assert_eq!(act(&desk, &["ticket", "note", "1", "carrier says Tuesday"])["message_count"], 2);
    desk.at("2026-11-02T10:00:00Z");
    let waiting = act(&desk, &["ticket", "reply", "#2026-1", "It comes on Tuesday.", "--status", "pending"]);
    assert_eq!(waiting["category_of_status"], "waiting_on_requester");
    assert_eq!(waiting["first_responded_at"], "2026-11-02T10:00:00Z");
    assert_eq!(waiting["sla"][0]["state"], "met");

    desk.at("2026-11-03T10:00:00Z");
    let max = ["--as", "requester:max@example.com"];
    let back = desk.json(&[&["ticket", "reply", "1", "It did not."][..], &max].concat());
    assert_eq!((&back["schema"], &back["came_to"]), (&"helpdesk/request/1".into(), &"added".into()));
    assert_eq!(act(&desk, &["ticket", "show", "1"])["status"], "open");
    let held = act(&desk, &["ticket", "status", "1", "on_hold", "--until", "2026-11-05T08:00:00Z"]);
    assert_eq!(held["next_timer_at"], "2026-11-05T08:00:00Z");
    desk.at("2026-11-05T08:00:00Z");
    assert_eq!(desk.json(&["sla", "sweep"])["item"]["fired"], 1);
    assert_eq!(act(&desk, &["ticket", "show", "1"])["status"], "open");

    act(&desk, &["ticket", "reply", "1", "Found it.", "--status", "resolved"]);
    let reopened = desk.json(&[&["ticket", "reply", "1", "Wrong one!"][..], &max].concat());
    assert_eq!(reopened["came_to"], "reopened");
    act(&desk, &["ticket", "status", "1", "resolved"]);
    let confirmed = desk.json(&[&["ticket", "confirm", "1"][..], &max].concat());
    assert_eq!(confirmed["item"]["status"], "closed");
    let follow_up = desk.json(&[&["ticket", "reply", "1", "One more thing"][..], &max].concat());
    assert_eq!((&follow_up["came_to"], &follow_up["item"]["number"]), (&"new_ticket".into(), &"2026-000002".into()));

    let history = desk.json(&["ticket", "history", "1"]);
    assert_eq!(history["schema"], "helpdesk/ticket.history/1");
    let kinds: Vec<&str> = history["items"].as_array().unwrap().iter().map(|e| e["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds[0], "opened");
    for kind in ["message_added", "assigned", "status_changed", "link_added"] {
        assert!(kinds.contains(&kind), "{kind} in {kinds:?}");
    }
    assert_eq!(history["total"], kinds.len());
    let show = desk.json(&["ticket", "show", "1"]);
    assert_eq!(show["item"]["links"][0]["number"], "2026-000002");
    assert_eq!(show["item"]["messages"][0]["body"], "Where is it?");
    let check = desk.json(&["db", "check"]);
    assert_eq!((&check["item"]["clean"], &check["item"]["tickets"]), (&true.into(), &2.into()));
}

#[test]
fn resolved_tickets_close_by_themselves_and_reopen_with_the_right() {
    let mut desk = Desk::new();
    desk.ticket("Login fails");
    desk.json(&["ticket", "status", "1", "resolved"]);
    desk.at("2026-11-09T09:00:00Z");
    assert_eq!(desk.json(&["sla", "sweep"])["item"]["fired"], 1);
    assert_eq!(desk.json(&["sla", "sweep"])["item"]["fired"], 0);
    desk.run(&["ticket", "status", "1", "open", "--as", "agent:anna"]).fails(4, "permission_denied");
    assert_eq!(desk.json(&["ticket", "status", "1", "open"])["item"]["reopened"], 1);
}

#[test]
fn everything_else_that_is_done_to_tickets() {
    let desk = Desk::new();
    for subject in ["a", "b", "c"] {
        desk.ticket(subject);
    }
    let item = |args: &[&str]| desk.json(&[&["ticket"][..], args].concat())["item"].clone();
    assert_eq!(item(&["assign", "1", "ben"])["assignee"], "ben");
    assert_eq!(item(&["assign", "1", "--team", "first"])["team"], "first");
    assert_eq!(item(&["assign", "1", "--none"])["assignee"], serde_json::Value::Null);
    let both = item(&["assign", "1", "ben", "--team", "second"]);
    assert_eq!((&both["assignee"], &both["team"]), (&"ben".into(), &"second".into()));
    assert_eq!(item(&["priority", "1", "critical"])["priority"], "critical");
    assert_eq!(item(&["priority", "1", "--impact", "low", "--urgency", "low"])["priority"], "critical", "a word wins");
    assert_eq!(item(&["priority", "1", "--clear"])["priority"], "low");
    assert_eq!(item(&["category", "1", "returns"])["category"], "returns");
    assert_eq!(item(&["category", "1", "--none"])["category"], serde_json::Value::Null);
    assert_eq!(item(&["tag", "1", "x", "--add", "y"])["tags"], serde_json::json!(["x", "y"]));
    assert_eq!(item(&["tag", "1", "--remove", "x"])["tags"], serde_json::json!(["y"]));
    assert_eq!(item(&["watch", "1", "--who", "agent:eva"])["watchers"], serde_json::json!(["agent:eva"]));
    assert_eq!(item(&["watch", "1", "--who", "agent:eva", "--not"])["watchers"], serde_json::json!([]));
    assert_eq!(item(&["spam", "2"])["status"], "spam");
    assert_eq!(item(&["spam", "2", "--not"])["category_of_status"], "active");
    item(&["link", "1", "blocks", "2"]);
    assert_eq!(item(&["show", "2"])["links"][0]["kind"], "blocked_by");
    item(&["link", "1", "blocks", "2", "--remove"]);
    assert_eq!(item(&["show", "2"])["links"], serde_json::json!([]));
    assert_eq!(item(&["split", "3", "1", "--subject", "another matter"])["number"], "2026-000004");
    let merged = item(&["merge", "4", "3"]);
    assert_eq!(merged["status"], "merged");
    assert_eq!(item(&["merge", "4", "--undo"])["status"], "new");
    item(&["delete", "4", "--yes"]);
    desk.run(&["ticket", "show", "4"]).fails(3, "not_found");
    desk.run(&["ticket", "field", "1", "severity=high"]).fails(10, "invalid_value");
    let read = item(&["show", "1", "--mark-read"]);
    assert_eq!(read["unread"], false);
    assert_eq!(item(&["show", "1", "--mark-unread"])["unread"], true);
    assert!(desk.run(&["ticket", "export", "1"]).ok().out.starts_with("{\"schema\":\"helpdesk/export.ticket/1\""));
    desk.run(&["db", "check"]).ok();
}

#[test]
fn the_demo_plays_a_week_that_ends_now_and_shows_the_board() {
    let mut desk = Desk::empty();
    desk.at("2026-11-06T17:00:00Z");
    let board = desk.json(&["demo"])["item"].clone();
    assert_eq!(board["first"][0]["priority"], "critical");
    assert!(board["overdue"].as_u64().unwrap() > 0 && board["unread"].as_u64().unwrap() > 0);
    let total = desk.json(&["ticket", "list", "--limit", "1"])["total"].as_u64().unwrap();
    assert!(total >= 60, "{total}");
    let newest = desk.json(&["ticket", "list", "--sort", "updated", "--limit", "1"])["items"][0]["updated_at"].clone();
    assert!(newest.as_str().unwrap() <= "2026-11-06T17:00:00Z", "{newest}");
    desk.json(&["demo"]);
    assert_eq!(desk.json(&["ticket", "list", "--limit", "1"])["total"], total, "a week is played once");
    assert_eq!(desk.json(&["db", "check"])["item"]["clean"], true);
}
