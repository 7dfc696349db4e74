//! What must not hurt: each bad value gives a typed error, never a panic, and stores nothing.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use super::desk::{Desk, Ran};

#[test]
fn bad_numbers_sizes_times_and_cursors() {
    let desk = Desk::new();
    desk.ticket("x");
    let before = desk.run(&["export", "jsonl"]).ok().out;
    for number in ["abc", "", "#", "%_\\", "+1x", &"9".repeat(500), "１２３x", "1e400", "0x10", "../../x"] {
        let ran = desk.run(&["ticket", "show", "--", number]);
        assert!(matches!(ran.code, 3 | 10), "{number:?}: {ran:?}");
    }
    desk.run(&["ticket", "show", "２０２６-１"]).ok();
    for size in ["0", "-1", "501", "9223372036854775808", "99999999999999999999999", "ten", "", "1e3"] {
        desk.run(&["ticket", "list", "--limit", size]).fails(10, "code:");
        desk.run(&["board", "--limit", size]).fails(10, "code:");
    }
    for cursor in ["", "x", "AAAA", "../../etc", &"A".repeat(100_000), "-", "\u{202e}"] {
        desk.run(&["ticket", "list", "--cursor", cursor]).fails(10, "bad_cursor");
    }
    for time in ["", "yesterday", "2026-11-02", "0000-00-00T00:00:00Z", "99999-01-01T00:00:00Z", "2026-02-30T00:00:00Z"]
    {
        desk.run(&["ticket", "list", "--created-after", time]).fails(10, "invalid_value");
    }
    for time in ["+262142-12-31T23:59:59Z", "-262143-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "0000-01-01T00:00:00Z"] {
        let mut command = desk.command();
        let ran = Ran::of(command.args(["--now", time, "board"]));
        assert!(matches!(ran.code, 0 | 10), "{time}: {ran:?}");
        let mut command = desk.command();
        let ran = Ran::of(command.args(["--now", time, "ticket", "status", "2026-1", "resolved", "--dry-run"]));
        assert!(matches!(ran.code, 0 | 10), "{time}: {ran:?}");
    }
    for version in ["-1", "18446744073709551616", "1.5", ""] {
        desk.run(&["ticket", "note", "1", "x", "--if-version", version]).fails(10, "invalid_value");
        desk.run(&["ticket", "split", "1", version, "--subject", "s"]).fails(10, "invalid_value");
    }
    assert_eq!(desk.run(&["export", "jsonl"]).ok().out, before, "nothing was stored");
}

#[test]
fn bad_texts_names_and_addresses() {
    let desk = Desk::new();
    let subject = "x".repeat(5000);
    for args in [
        &["--subject", ""][..],
        &["--subject", "a\nb"],
        &["--subject", "a\rb"],
        &["--subject", &subject],
        &["--subject", "\u{200b}"],
        &["--subject", "s", "--requester", "not an address@"],
        &["--subject", "s", "--requester", "a@b\r\nBcc: x@y"],
        &["--subject", "s", "--requester", ""],
        &["--subject", "s", "--requester", "a@b", "--name", "two\nlines"],
        &["--subject", "s", "--tag", "a,b"],
        &["--subject", "s", "--kind", "Not A Slug"],
        &["--subject", "s", "--channel", ""],
        &["--subject", "s", "--category", "\u{7}"],
        &["--subject", "s", "--team", " "],
        &["--subject", "s", "--field", "nokey"],
        &["--subject", "s", "--field", "=v"],
        &["--subject", "s", "--body", " \n"],
    ] {
        let ran = desk.run(&[&["ticket", "create", "--json"][..], args].concat());
        assert_eq!(ran.code, 10, "{args:?}: {ran:?}");
        let error = ran.error();
        assert!(error["details"]["field"].is_string(), "{error}");
    }
    let tags: Vec<String> = (0..60).map(|n| format!("--tag=t{n}")).collect();
    let tags: Vec<&str> = tags.iter().map(String::as_str).collect();
    desk.run(&[&["ticket", "create", "--subject", "s"][..], &tags].concat()).fails(10, "limit_exceeded");
    desk.write("huge.txt", "x".repeat(10 * 1024 * 1024));
    desk.run(&["ticket", "create", "--subject", "s", "--body", "@huge.txt"]).fails(10, "limit_exceeded");
    desk.run(&["ticket", "list", "--words", &"w ".repeat(10_000)]).fails(10, "limit_exceeded");
    desk.run(&["ticket", "list", "--words", "%_\" * --"]).fails(10, "invalid_value");
    for words in ["\" OR NEAR * :x", "'; DROP TABLE ticket; --", "a% b_"] {
        assert_eq!(desk.json(&["ticket", "list", "--words", words])["total"], 0);
    }
    desk.run(&["ticket", "list", "--status", "sleeping"]).fails(10, "invalid_value");
    desk.run(&["ticket", "list", "--tenant", ""]).fails(10, "invalid_value");
    desk.run(&["ticket", "list", "--as", "agent:"]).fails(10, "invalid_value");
    assert_eq!(desk.json(&["ticket", "list"])["total"], 0, "nothing was stored");
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    let desk = Desk::new();
    desk.json(&[
        "ticket",
        "create",
        "--subject",
        "a\u{1b}]0;evil\u{7}b",
        "--body",
        "x\u{1b}[2Jy\u{9b}1m\u{0}".trim_end_matches('\u{0}'),
    ]);
    let mut command = desk.command();
    let ran = Ran::of(command.env("HELPDESK_FORCE_TTY", "80").args(["--color", "never", "ticket", "show", "1"])).ok();
    assert!(!ran.out.contains(['\u{1b}', '\u{7}', '\u{9b}']), "{ran:?}");
    let refused = desk.run(&["ticket", "list", "--color=always", "--url", "x\u{1b}[2J:y"]).fails(10, "invalid_value");
    assert!(!refused.err.contains("\u{1b}[2J"), "{refused:?}");
}

/// What comes back from an export was not cleaned on the way in.
#[test]
fn control_characters_of_a_doctored_export_do_not_reach_the_terminal() {
    let (from, to) = (Desk::new(), Desk::empty());
    from.ticket("harmless");
    let doctored = from.run(&["export", "jsonl"]).ok().out.replace("harmless", "a\\u001b]0;evil\\u0007b");
    to.write("doctored.jsonl", doctored);
    to.run(&["import", "jsonl", to.path("doctored.jsonl").to_str().unwrap()]).ok();
    for args in [&["ticket", "show", "1"][..], &["ticket", "list"], &["sla", "explain", "1"]] {
        let mut command = to.command();
        let ran = Ran::of(command.env("HELPDESK_FORCE_TTY", "80").args(["--color", "never"]).args(args)).ok();
        assert!(!ran.out.is_empty() && !ran.out.contains(['\u{1b}', '\u{7}']), "{ran:?}");
    }
}

#[test]
fn arguments_and_streams_that_are_not_utf8() {
    let desk = Desk::new();
    desk.ticket("x");
    let bad = OsStr::from_bytes(b"a\xff\xfe");
    for args in
        [vec![OsStr::new("ticket"), OsStr::new("show"), bad], vec![OsStr::new("--tenant"), bad, OsStr::new("board")]]
    {
        Ran::of(desk.command().args(args)).fails(2, "usage");
    }
    let mut piped = desk.command();
    piped.args(["ticket", "note", "1", "-"]).write_stdin(b"caf\xe9".to_vec());
    Ran::of(&mut piped).ok();
    assert!(desk.run(&["ticket", "show", "1"]).ok().out.contains("caf\u{fffd}"));
    Ran::of(desk.command().env("HELPDESK_TENANT", bad).arg("board")).fails(10, "bad_settings");
}

#[test]
fn a_present_at_the_ends_of_time_is_refused() {
    let mut desk = super::desk::Desk::new();
    for now in ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "soon"] {
        desk.at(now);
        desk.run(&["ticket", "create", "--subject", "x"]).fails(10, "invalid_value");
    }
}
