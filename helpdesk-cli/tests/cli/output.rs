//! The forms of output: JSON by the contract, tabs, CSV, tables, colours, configuration.

use super::desk::{Desk, Ran};

#[test]
fn a_ticket_has_every_field_of_the_contract() {
    let desk = Desk::new();
    desk.ticket("x");
    let item = desk.json(&["ticket", "show", "1"])["item"].clone();
    for field in [
        "id",
        "number",
        "version",
        "subject",
        "kind",
        "status",
        "category_of_status",
        "priority",
        "category",
        "tags",
        "requester",
        "organization",
        "assignee",
        "team",
        "channel",
        "created_at",
        "updated_at",
        "resolved_at",
        "closed_at",
        "first_responded_at",
        "unread",
        "locked_by",
        "next_timer_at",
        "sla",
        "fields",
        "messages",
        "links",
    ] {
        assert!(item.get(field).is_some(), "{field}");
    }
    for field in ["id", "name", "email"] {
        assert!(item["requester"].get(field).is_some(), "requester.{field}");
    }
    for field in ["metric", "state", "due", "target_seconds", "used_seconds", "breached"] {
        assert!(item["sla"][0].get(field).is_some(), "sla.{field}");
    }
    for field in ["id", "seq", "at", "author", "visibility", "channel", "body", "attachments"] {
        assert!(item["messages"][0].get(field).is_some(), "messages.{field}");
    }
    assert_eq!(item["created_at"], "2026-11-02T09:00:00Z");
}

#[test]
fn fields_can_be_chosen_and_flags_stand_anywhere() {
    let desk = Desk::new();
    desk.ticket("x");
    let list = desk.run(&["--json=number,status", "ticket", "list"]).ok();
    assert!(list.out.contains(r#""items":[{"number":"2026-000001","status":"new"}]"#), "{list:?}");
    let after = desk.run(&["ticket", "list", "--json=status"]).ok();
    assert!(after.out.contains(r#""items":[{"status":"new"}]"#), "{after:?}");
    for unknown in ["--json=nonsense", "--json=stat", "--json=number,,x"] {
        desk.run(&["ticket", "list", unknown]).fails(10, "invalid_value");
    }
    // Without `=` what follows is not its value.
    desk.run(&["ticket", "show", "--json", "1"]).ok();
}

#[test]
fn every_command_speaks_json() {
    let desk = Desk::new();
    desk.ticket("x");
    desk.write("in.jsonl", "");
    for args in [
        "init",
        "board",
        "ticket list",
        "ticket show 1",
        "ticket note 1 n",
        "ticket claim 1",
        "ticket lock 1",
        "ticket unlock 1",
        "ticket history 1",
        "queue list",
        "agent list",
        "agent add a",
        "team list",
        "team add t",
        "org list",
        "category list",
        "category add c",
        "contact list",
        "contact show max@example.com",
        "contact export max@example.com",
        "import jsonl in.jsonl",
        "db status",
        "db check",
        "db doctor",
        "db migrate",
        "db backup copy.db",
        "config show --origin",
        "completion bash",
        "man",
        "man pages",
        "sla sweep",
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let schema = desk.json(&args)["schema"].as_str().unwrap().to_owned();
        assert!(schema.starts_with("helpdesk/"), "{args:?}: {schema}");
    }
}

#[test]
fn pipes_get_full_values_in_rows_that_do_not_split() {
    let desk = Desk::new();
    desk.json(&[
        "ticket",
        "create",
        "--subject",
        "tab\there",
        "--body",
        "a\nb\tc\\d",
        "--requester",
        "max@example.com",
    ]);
    let list = desk.run(&["ticket", "list"]).ok();
    let cells: Vec<&str> = list.out.trim_end_matches('\n').split('\t').collect();
    assert_eq!(cells.len(), 9, "{list:?}");
    assert_eq!((cells[0], cells[8]), ("2026-000001", "2026-11-02T09:00:00Z"));
    assert_eq!(cells[7], "running 28800", "{list:?}");
    let show = desk.run(&["ticket", "show", "1"]).ok();
    assert!(show.out.contains("a\\nb\\tc\\\\d\n"), "{show:?}");
    assert!(!show.out.contains('\u{1b}'));
    let lines = desk.run(&["ticket", "list", "--jsonl"]).ok();
    assert_eq!(lines.json()["number"], "2026-000001");
}

#[test]
fn spreadsheets_run_nothing() {
    let desk = Desk::new();
    for subject in ["=cmd()", "+1", "-1", "@x", "＝1", "fine"] {
        desk.json(&["ticket", "create", &format!("--subject={subject}")]);
    }
    let board = desk.run(&["board", "--csv"]).ok();
    assert!(board.out.starts_with("key,count\n") && !board.out.contains("\n\n"), "one table: {board:?}");
    assert!(board.err.contains("ticket list --csv"));
    for args in [&["ticket", "list", "--csv"][..], &["export", "csv"]] {
        let out = desk.run(args).ok().out;
        for line in out.lines() {
            for cell in line.split(',') {
                assert!(!cell.trim_matches('"').starts_with(['=', '+', '-', '@', '＝']), "{line}");
            }
        }
    }
    assert!(desk.run(&["export", "csv", "--raw"]).ok().out.contains(",=cmd()"));
}

#[test]
fn terminals_get_tables_words_and_what_to_do_next() {
    let desk = Desk::new();
    let run = |args: &[&str], width: &str, extra: &[(&str, &str)]| {
        let mut command = desk.command();
        command.env("HELPDESK_FORCE_TTY", width).envs(extra.iter().copied()).args(["--now", "2026-11-02T10:00:00Z"]);
        Ran::of(command.args(args)).ok()
    };
    let created = run(&["ticket", "create", "--subject", &"long ".repeat(40), "--priority", "critical"], "80", &[]);
    assert!(created.err.contains("next: helpdesk ticket claim 2026-000001"), "{created:?}");
    let wide = run(&["ticket", "list", "--color", "never"], "80", &[]);
    assert!(wide.out.contains("#2026-000001") && wide.out.contains("Critical") && wide.out.contains('…'), "{wide:?}");
    assert!(wide.out.lines().all(|line| line.chars().count() <= 80), "{wide:?}");
    assert!(!wide.out.contains('\u{1b}'));
    assert!(run(&["ticket", "list"], "80", &[]).out.contains('\u{1b}'));
    assert!(!run(&["ticket", "list"], "80", &[("NO_COLOR", "1")]).out.contains('\u{1b}'));
    assert!(run(&["ticket", "list", "--color=always"], "80", &[("NO_COLOR", "1")]).out.contains('\u{1b}'));
    let german = run(&["board", "--lang", "de"], "100", &[("NO_COLOR", "1")]);
    assert!(german.out.contains("Kritisch") && german.out.contains("Überfällig"), "{german:?}");
    assert!(run(&["ticket", "list", "--status", "spam"], "80", &[]).err.contains("nothing to show"));
    run(&["ticket", "show", "1"], "80", &[]);
}

#[test]
fn configuration_comes_from_flag_environment_and_files_in_that_order() {
    let desk = Desk::empty();
    let show = |extra: &[(&str, &str)], args: &[&str]| {
        let mut command = desk.command();
        command.envs(extra.iter().copied()).args(["config", "show", "--origin", "--json"]).args(args);
        let list = Ran::of(&mut command).ok().json();
        assert_eq!(list["total"], list["items"].as_array().unwrap().len());
        let find = |key: &str| list["items"].as_array().unwrap().iter().find(|item| item["key"] == key).cloned();
        let url = find("url").unwrap();
        (url["value"].as_str().unwrap().to_owned(), url["origin"].as_str().unwrap().to_owned())
    };
    assert_eq!(show(&[], &[]), ("sqlite:helpdesk.db".into(), "default".into()));
    std::fs::create_dir_all(desk.path("xdg/helpdesk")).unwrap();
    desk.write("xdg/helpdesk/config.toml", "url = \"sqlite:user.db\"\n");
    let xdg = desk.path("xdg").display().to_string();
    assert_eq!(show(&[("XDG_CONFIG_HOME", &xdg)], &[]).0, "sqlite:user.db");
    desk.write("helpdesk.toml", "url = \"sqlite:local.db\"\n");
    let local = show(&[("XDG_CONFIG_HOME", &xdg)], &[]);
    assert_eq!(local, ("sqlite:local.db".into(), "helpdesk.toml".into()));
    desk.write("secret", "postgres://desk:s3cret@db/desk\n");
    let secret = show(&[("HELPDESK_URL_FILE", "secret")], &[]);
    assert_eq!(secret, ("postgres://desk:***@db/desk".into(), "HELPDESK_URL_FILE".into()));
    assert_eq!(show(&[("HELPDESK_URL", "memory:")], &[]), ("memory:".into(), "HELPDESK_URL".into()));
    let flag = show(&[("HELPDESK_URL", "sqlite:x")], &["--url", "memory:"]);
    assert_eq!(flag, ("memory:".into(), "--url".into()));
    let query = show(&[("HELPDESK_URL", "mysql://db/desk?password=s3cret&ssl=on")], &[]);
    assert_eq!(query.0, "mysql://db/desk?password=***&ssl=on");
    // What is not asked is not read, and what is empty says nothing.
    let unread = show(&[("HELPDESK_URL_FILE", "missing")], &["--url", "memory:"]);
    assert_eq!(unread, ("memory:".into(), "--url".into()));
    assert_eq!(show(&[("HELPDESK_URL", ""), ("HELPDESK_LANG", "")], &[]).1, "helpdesk.toml");
    let mut foreign = desk.command();
    Ran::of(foreign.env("HELPDESK_LANG", "fr").args(["config", "show"])).fails(10, "invalid_value");
    desk.write("helpdesk.toml", "urll = \"x\"\n");
    desk.run(&["config", "show"]).fails(10, "bad_settings");
}
