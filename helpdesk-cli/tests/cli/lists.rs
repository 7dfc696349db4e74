//! Lists: every condition, pages, totals, and how a cut list says so.

use super::desk::Desk;

fn numbers(desk: &Desk, args: &[&str]) -> Vec<u64> {
    let list = desk.json(&[&["ticket", "list"][..], args].concat());
    assert_eq!(list["schema"], "helpdesk/ticket.list/1");
    let items = list["items"].as_array().unwrap();
    assert_eq!(list["total"], items.len(), "{args:?}");
    let number = |item: &serde_json::Value| item["number"].as_str().unwrap()[5..].parse().unwrap();
    items.iter().map(number).collect()
}

#[test]
fn every_condition_finds_what_it_says() {
    let mut desk = Desk::new();
    desk.run(&["org", "add", "acme"]).ok();
    desk.ticket("Rechnung fehlt");
    desk.run(&["contact", "edit", "max@example.com", "--org", "acme"]).ok();
    desk.at("2026-11-02T10:00:00Z");
    desk.ticket("Drucker druckt nicht");
    desk.json(&[
        "ticket",
        "create",
        "--subject",
        "Till down",
        "--body",
        "x",
        "--requester",
        "eva@example.com",
        "--priority",
        "critical",
        "--category",
        "pos",
        "--team",
        "shop",
        "--tag",
        "vip",
        "--kind",
        "incident",
        "--channel",
        "phone",
    ]);
    desk.json(&["ticket", "create", "--subject", "WIN", "--body", "x", "--requester", "spam@example.com"]);
    desk.run(&["ticket", "spam", "4"]).ok();
    desk.run(&["ticket", "assign", "1", "anna"]).ok();
    desk.run(&["ticket", "status", "1", "pending"]).ok();
    desk.run(&["ticket", "claim", "2", "--as", "agent:ben"]).ok();
    desk.run(&["ticket", "lock", "2", "--as", "agent:ben"]).ok();
    desk.run(&["ticket", "watch", "3", "--as", "agent:ben"]).ok();
    let of = |args: &[&str]| numbers(&desk, args);
    assert_eq!(of(&[]), [3, 1, 2], "critical first, then the oldest; no spam");
    assert_eq!(of(&["--status", "all"]), [3, 1, 2]);
    assert_eq!(of(&["--status", "any"]).len(), 4);
    assert_eq!(of(&["--status", "spam"]), [4]);
    assert_eq!(of(&["--status", "open"]), [3, 2]);
    assert_eq!(of(&["--status", "waiting"]), [1]);
    assert_eq!(of(&["--status", "pending"]), [1]);
    assert_eq!(of(&["--status", "waiting_on_requester,new"]), [3, 1]);
    assert_eq!(of(&["--status", "pending", "--status", "new"]), [3, 1]);
    assert_eq!(of(&["--status", "unsolved"]).len(), 3);
    assert!(of(&["--status", "closed"]).is_empty());
    assert_eq!(of(&["--assignee", "anna"]), [1]);
    assert_eq!(of(&["--mine", "--as", "agent:ben"]), [2]);
    assert_eq!(of(&["--unassigned"]), [3]);
    assert_eq!(of(&["--team", "shop"]), [3]);
    assert_eq!(of(&["--category", "pos"]), [3]);
    assert_eq!(of(&["--tag", "VIP"]), [3]);
    assert_eq!(of(&["--priority", "critical"]), [3]);
    assert_eq!(of(&["--kind", "incident"]), [3]);
    assert_eq!(of(&["--channel", "phone"]), [3]);
    assert_eq!(of(&["--requester", "max@example.com"]), [1, 2]);
    assert_eq!(of(&["--org", "acme"]), [2]);
    assert_eq!(of(&["--watching", "--as", "agent:ben"]), [3]);
    assert_eq!(of(&["--locked"]), [2]);
    assert_eq!(of(&["--created-after", "2026-11-02T10:00:00Z"]), [3, 2]);
    assert_eq!(of(&["--created-before", "2026-11-02T10:00:00Z"]), [1]);
    assert_eq!(of(&["--updated-after", "2026-11-02T10:00:00Z"]).len(), 3);
    assert!(of(&["--updated-before", "2026-11-02T10:00:00Z"]).is_empty());
    assert_eq!(of(&["--words", "rechnungen"]), [1]);
    assert_eq!(of(&["--sort", "created"]), [3, 2, 1]);
    desk.run(&["ticket", "show", "1", "--mark-read", "--as", "agent:ben"]).ok();
    assert_eq!(numbers(&desk, &["--unread", "--as", "agent:ben"]), [3, 2]);
    desk.at("2026-11-02T12:00:00Z");
    assert_eq!(numbers(&desk, &["--overdue"]), [3]);
    assert_eq!(numbers(&desk, &["--sort", "due", "--status", "open"]), [3, 2]);
    let board = desk.json(&["board", "--as", "agent:ben"])["item"].clone();
    assert_eq!((&board["overdue"], &board["mine"], &board["unassigned"]), (&1.into(), &1.into(), &1.into()));
    assert_eq!((&board["by_category"]["spam"], &board["by_category"]["resolved"]), (&1.into(), &0.into()));
    assert_eq!(board["first"][0]["number"], "2026-000003");
    assert_eq!(desk.json(&["queue", "list"])["items"].as_array().unwrap().len(), 1);
    assert_eq!(desk.json(&["queue", "next"])["item"]["number"], "2026-000003");
    desk.run(&["queue", "next", "--team", "other"]).fails(3, "not_found");
}

#[test]
fn pages_go_on_and_a_cut_list_says_so() {
    let desk = Desk::new();
    for n in 0..5 {
        desk.ticket(&format!("n{n}"));
    }
    let first = desk.run(&["ticket", "list", "--limit", "2", "--json"]).ok();
    assert!(first.err.contains("2 of 5"), "{first:?}");
    let page = first.json();
    assert_eq!((&page["truncated"], &page["total"]), (&true.into(), &5.into()));
    let next = page["next"].as_str().unwrap();
    let second = desk.json(&["ticket", "list", "--limit", "2", "--cursor", next, "--no-total"]);
    assert_eq!(second["items"][0]["number"], "2026-000003");
    assert!(second.get("total").is_none());
    desk.run(&["ticket", "list", "--cursor", next, "--status", "open"]).fails(10, "bad_cursor");
    desk.run(&["ticket", "list", "--cursor", next, "--tenant", "other"]).fails(10, "bad_cursor");
    let whole = desk.json(&["ticket", "list"]);
    assert_eq!((&whole["truncated"], &whole["next"]), (&false.into(), &serde_json::Value::Null));
}
