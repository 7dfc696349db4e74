//! Imports and exports: streaming, rejects, again and again, and there and back byte for byte.

use super::desk::{Desk, Ran};

fn request(n: usize) -> String {
    format!(
        r#"{{"external_id":"{n}","created_at":"2026-10-{:02}T08:00:00Z","requester":{{"name":"N{m}","email":"n{m}@example.com"}},"subject":"Subject {n}","body":"Body {n}","channel":"mail","priority":"high","category":"c","tags":["a","b"],"messages":[{{"author":"agent:anna","at":"2026-10-31T08:00:00Z","body":"reply","visibility":"public"}},{{"author":"requester","created_at":"2026-10-31T09:00:00Z","body":"thanks"}}]}}"#,
        n % 28 + 1,
        m = n % 7,
    )
}

#[test]
fn bad_lines_are_kept_with_their_reasons_and_the_rest_goes_in_once() {
    let desk = Desk::empty();
    let mut file: Vec<u8> = Vec::new();
    for n in 0..200 {
        file.extend(request(n).bytes());
        file.push(b'\n');
    }
    file.extend(b"nonsense\n\n");
    file.extend(b"{\"external_id\":\"u\",\"subject\":\"\xff\"}\n");
    file.extend(b"{\"external_id\":\"e\",\"subject\":\"\"}\n");
    file.extend(b"{\"external_id\":\"f\",\"subject\":\"s\",\"unknown\":1}\n");
    file.extend(
        format!("{{\"external_id\":\"d\",\"subject\":{}1{}}}\n", "[".repeat(10_000), "]".repeat(10_000)).bytes(),
    );
    file.extend(b"{\"external_id\":\"1\",\"subject\":\"twice\"}");
    desk.write("in.jsonl", &file);
    let first = desk.run(&["import", "jsonl", "in.jsonl", "--json"]).fails(6, "partly_done");
    let done = first.json()["item"].clone();
    assert_eq!(
        (&done["read"], &done["created"], &done["known"], &done["rejected"]),
        (&206.into(), &200.into(), &1.into(), &5.into())
    );
    let rejects = desk.read("in.jsonl.rejects.jsonl");
    let lines: std::collections::BTreeSet<u64> = rejects
        .lines()
        .map(|line| {
            let reject: serde_json::Value = serde_json::from_str(line).unwrap();
            assert!(!reject["reason"].as_str().unwrap().is_empty() && reject["text"].is_string());
            reject["line"].as_u64().unwrap()
        })
        .collect();
    assert_eq!(lines, [201, 203, 204, 205, 206].into());
    let before = desk.run(&["export", "jsonl"]).ok().out;
    let again = desk.run(&["import", "jsonl", "in.jsonl", "--json"]).fails(6, "").json()["item"].clone();
    assert_eq!((&again["created"], &again["known"]), (&0.into(), &201.into()));
    assert_eq!(desk.run(&["export", "jsonl"]).ok().out, before, "the same again changes nothing");

    let found =
        desk.json(&["ticket", "list", "--requester", "n1@example.com", "--words", "subject", "--sort", "created"]);
    let ticket = desk.json(&["ticket", "show", found["items"][0]["number"].as_str().unwrap()])["item"].clone();
    assert_eq!(ticket["requester"]["name"], "N1");
    assert!(ticket["created_at"].as_str().unwrap().starts_with("2026-10-"));
    let author = |at: usize| ticket["messages"][at]["author"].as_str().unwrap().to_owned();
    assert!(author(0).starts_with("requester:") && author(1) == "agent:anna" && author(2) == author(0));
    assert_eq!(ticket["messages"][1]["at"], "2026-10-31T08:00:00Z");
    desk.run(&["db", "check"]).ok();
}

#[test]
fn a_line_longer_than_allowed_is_rejected_without_being_held() {
    let desk = Desk::empty();
    let mut file = b"{\"external_id\":\"long\",\"subject\":\"s\",\"body\":\"".to_vec();
    file.resize(40 * 1024 * 1024, b'x');
    file.extend(b"\"}\n");
    file.extend(request(1).bytes());
    desk.write("in.jsonl", &file);
    let done = desk.run(&["import", "jsonl", "in.jsonl", "--json"]).fails(6, "partly_done").json();
    assert_eq!((&done["item"]["created"], &done["item"]["rejected"]), (&1.into(), &1.into()));
    assert!(desk.read("in.jsonl.rejects.jsonl").len() < 5000);
}

#[test]
fn an_interrupted_import_goes_on() {
    let desk = Desk::empty();
    desk.write("in.jsonl", (0..10).map(|n| request(n) + "\n").collect::<String>());
    desk.write("in.jsonl.resume", "4\n");
    let rest = desk.json(&["import", "jsonl", "in.jsonl", "--resume"]);
    assert_eq!(rest["item"]["created"], 6);
    assert!(!desk.path("in.jsonl.resume").exists());
    let all = desk.json(&["import", "jsonl", "in.jsonl"]);
    assert_eq!((&all["item"]["created"], &all["item"]["known"]), (&4.into(), &6.into()));
}

#[test]
fn an_export_comes_back_byte_for_byte() {
    let mut desk = Desk::new();
    desk.run(&["agent", "add", "anna", "--role", "supervisor"]).ok();
    desk.run(&["team", "add", "first"]).ok();
    desk.run(&["category", "add", "returns"]).ok();
    for n in 0..3 {
        desk.ticket(&format!("Ünïcode {n} \u{1F4E6}"));
    }
    desk.run(&["contact", "edit", "max@example.com", "--name", "Max", "--email", "m@example.com"]).ok();
    desk.run(&["ticket", "reply", "1", "answer", "--status", "pending", "--as", "agent:anna"]).ok();
    desk.at("2026-11-03T09:00:00Z");
    desk.run(&["ticket", "status", "2", "pending", "--until", "2026-12-01T09:00:00Z", "--then", "resolved"]).ok();
    desk.run(&["ticket", "lock", "1", "--as", "agent:ben"]).ok();
    desk.run(&["ticket", "lock", "1", "--steal", "urgent"]).ok();
    desk.run(&["ticket", "merge", "3", "2"]).ok();
    desk.json(&["ticket", "create", "--subject", "to go", "--requester", "gone@example.com"]);
    desk.run(&["ticket", "delete", "4", "--yes"]).ok();
    let there = desk.run(&["export", "jsonl"]).ok().out;
    assert_eq!(desk.run(&["export", "jsonl"]).ok().out, there, "the same bytes each time");
    assert!(there.lines().all(|line| line.starts_with("{\"schema\":\"helpdesk/export.")));
    desk.write("all.jsonl", &there);
    let other = ["--url", "sqlite:other.db"];
    desk.json(&[&["import", "jsonl", "all.jsonl"][..], &other].concat());
    let back = desk.run(&[&["export", "jsonl"][..], &other].concat()).ok().out;
    assert_eq!(back, there);
    let again = desk.json(&[&["import", "jsonl", "all.jsonl"][..], &other].concat())["item"].clone();
    assert_eq!((&again["created"], &again["rejected"]), (&0.into(), &0.into()));
    desk.run(&[&["db", "check"][..], &other].concat()).ok();
    let next = desk.json(&[&["ticket", "create", "--subject", "next"][..], &other].concat());
    assert_eq!(next["item"]["number"], "2026-000005", "numbers go on, also after a deleted one");
    assert_eq!(desk.json(&[&["contact", "show", "max@example.com"][..], &other].concat())["item"]["name"], "Max");
    assert_eq!(
        desk.json(&[&["ticket", "show", "2"][..], &other].concat())["item"]["next_timer_at"],
        "2026-12-01T09:00:00Z"
    );
}

#[test]
fn a_tampered_export_is_refused_line_by_line() {
    let desk = Desk::new();
    desk.ticket("x");
    let there = desk.run(&["export", "jsonl"]).ok().out;
    let tampered = there.replace("\"status\":\"new\",\"status_category\"", "\"status\":\"open\",\"status_category\"");
    assert_ne!(tampered, there);
    desk.write("bad.jsonl", tampered);
    let other = ["--url", "sqlite:other.db", "--json"];
    let done = desk.run(&[&["import", "jsonl", "bad.jsonl"][..], &other].concat()).fails(6, "").json();
    assert_eq!(done["item"]["rejected"], 1);
}

#[test]
fn csv_goes_out_and_in() {
    let desk = Desk::new();
    desk.json(&[
        "ticket",
        "create",
        "--subject",
        "=1+1",
        "--body",
        "line one\nline, two",
        "--requester",
        "a@b.de",
        "--name",
        "A",
        "--priority",
        "critical",
        "--tag",
        "x",
        "--tag",
        "y",
    ]);
    let out = desk.run(&["export", "csv"]).ok().out;
    desk.write("all.csv", &out);
    let other = ["--url", "sqlite:other.db"];
    assert_eq!(desk.json(&[&["import", "csv", "all.csv"][..], &other].concat())["item"]["created"], 1);
    assert_eq!(desk.json(&[&["import", "csv", "all.csv"][..], &other].concat())["item"]["known"], 1);
    let ticket = desk.json(&[&["ticket", "show", "1"][..], &other].concat())["item"].clone();
    assert_eq!((&ticket["subject"], &ticket["priority"]), (&"=1+1".into(), &"critical".into()));
    assert_eq!(ticket["tags"], serde_json::json!(["x", "y"]));
    assert_eq!(ticket["messages"][0]["body"], "line one\nline, two");

    desk.write("bad.csv", b"external_id,subject\n1,fine\n2\n3,bad\xff\n4,\n\"5\",\"quote \"\"in\"\"\"\n");
    let done = desk.run(&["import", "csv", "bad.csv", "--json"]).fails(6, "").json();
    assert_eq!((&done["item"]["created"], &done["item"]["rejected"]), (&2.into(), &3.into()));
    // A quote that nobody closes costs its line; so do a cell too many and what does not fit.
    desk.write(
        "open.csv",
        "external_id,subject,priority\n6,\"open,high\n7,fine,high\n8,more,high,cells\n9,odd,urgent\n",
    );
    let done = desk.run(&["import", "csv", "open.csv", "--json"]).fails(6, "").json();
    assert_eq!((&done["item"]["created"], &done["item"]["rejected"]), (&1.into(), &3.into()));
    let rejects = desk.read("open.csv.rejects.jsonl");
    let told: Vec<serde_json::Value> = rejects.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let by_line = |line: u64| told.iter().find(|reject| reject["line"] == line).unwrap();
    assert_eq!((&by_line(2)["code"], &by_line(2)["text"]), (&"invalid_row".into(), &"6,\"open,high".into()));
    assert_eq!((&by_line(4)["code"], &by_line(4)["text"]), (&"invalid_row".into(), &"8,more,high,cells".into()));
    assert!(by_line(5)["reason"].as_str().unwrap().starts_with("priority: "), "{told:?}");
    desk.write("old.csv", "\r\rexternal_id,subject,body\r10,fine,\r11,fine,\"two\rlines\"\r\n12,fine,");
    assert_eq!(desk.json(&["import", "csv", "old.csv"])["item"]["created"], 3, "lines may end as they do");
    desk.write("worse.csv", "external_id,password\n1,x\n");
    desk.run(&["import", "csv", "worse.csv"]).fails(10, "invalid_value");
    let wide = vec!["c"; 100_000].join(",");
    desk.write("wide.csv", wide);
    desk.run(&["import", "csv", "wide.csv"]).fails(10, "invalid_value");
}

#[test]
fn a_dry_run_says_what_would_be_rejected_and_stores_nothing() {
    let desk = Desk::new();
    desk.write("in.jsonl", request(1) + "\nnonsense\n");
    let before = desk.run(&["export", "jsonl"]).ok().out;
    let tried = desk.run(&["import", "jsonl", "in.jsonl", "--dry-run", "--json"]).fails(6, "").json();
    assert_eq!((&tried["item"]["created"], &tried["item"]["rejected"]), (&1.into(), &1.into()));
    assert!(!desk.path("in.jsonl.rejects.jsonl").exists());
    assert_eq!(desk.run(&["export", "jsonl"]).ok().out, before);
    let mut piped = desk.command();
    piped.args(["import", "jsonl", "-", "--json"]).write_stdin(request(1));
    assert_eq!(Ran::of(&mut piped).ok().json()["item"]["created"], 1);
}

/// What was rejected: line, code, field and reason of each.
fn rejects(desk: &Desk, file: &str) -> Vec<(u64, String, String, String)> {
    let rejects = desk.read(&format!("{file}.rejects.jsonl"));
    let mut rejects: Vec<_> = rejects
        .lines()
        .map(|line| {
            let reject: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = |name: &str| reject[name].as_str().unwrap_or_default().to_owned();
            (reject["line"].as_u64().unwrap(), text("code"), text("field"), text("reason"))
        })
        .collect();
    rejects.sort();
    rejects
}

#[test]
fn a_reject_names_the_field_in_the_language_of_whoever_mends_it() {
    let desk = Desk::new();
    let lines = [
        r#"{"external_id":"1","subject":7}"#,
        r#"{"external_id":"2","subject":"s","subjekt":"x"}"#,
        r#"{"external_id":"3"}"#,
        r#"{"external_id":"4","subject":"s","messages":[{"author":"system","body":null}]}"#,
        r#"{"external_id":"5","subject":"s","requester":{"mail":"x@example.com"}}"#,
        r#"{"external_id":"6","subject":"s","tags":["one, two"]}"#,
        r#"{"external_id":"7","subject":"s","status":"odd"}"#,
    ];
    desk.write("in.jsonl", lines.join("\n"));
    desk.run(&["import", "jsonl", "in.jsonl"]).fails(6, "partly_done");
    let english = rejects(&desk, "in.jsonl");
    let fields: Vec<&str> = english.iter().map(|(_, _, field, _)| field.as_str()).collect();
    assert_eq!(fields, ["subject", "subjekt", "subject", "messages[0].body", "requester.mail", "tags", ""]);
    let codes: Vec<&str> = english.iter().map(|(_, code, ..)| code.as_str()).collect();
    assert_eq!(codes[..6], ["invalid_value"; 6]);
    assert_eq!(codes[6], "unknown_status");
    assert_eq!(english[0].3, "subject: must be a text");
    desk.run(&["import", "jsonl", "in.jsonl", "--lang", "de"]).fails(6, "partly_done");
    let german = rejects(&desk, "in.jsonl");
    assert_eq!(german[0].3, "subject: erwartet wird ein Text");
    assert_eq!(german[2].3, "subject: fehlt");
    for (english, german) in english.iter().zip(&german) {
        assert_eq!((english.0, &english.1, &english.2), (german.0, &german.1, &german.2));
        assert_ne!(english.3, german.3);
    }
    assert_eq!(desk.json(&["ticket", "list"])["total"], 0);
}

#[test]
fn a_row_that_is_none_is_kept_with_its_line_and_the_rest_goes_in() {
    let desk = Desk::new();
    let mut file = b"\xef\xbb\xbf\"external_id\",subject,body,requester_email,created_at\r\n".to_vec();
    file.extend(b"1,Till is down,\"two\nlines, and \"\"quotes\"\"\",max@example.com,\r\n");
    file.extend(b"2,too few\n");
    file.extend(b"3,too many,b,,,,,\n");
    file.extend("4,Latin,Gr\u{fc}\u{df}e,,\n".chars().map(|c| u8::try_from(u32::from(c)).unwrap()));
    file.extend("5,Grüße,mixed,,\n".bytes());
    file.extend(b"6,nul,a\0b,,\n");
    file.extend(b"7,wrong address,b,nobody,\n");
    file.extend(b"8,wrong time,b,,yesterday\n");
    file.extend([b"9,", vec![b','; 100_000].as_slice(), b"\n"].concat());
    file.extend([b"10,long,", vec![b'x'; 20 * 1024 * 1024].as_slice(), b",,\n"].concat());
    file.extend(b"11,\"not closed,b,,\n12,on its own,b,,\n13,\"quoted\",b,,\n");
    file.extend(b"14,fine again,b,,\n");
    file.extend(b"15,\"never closed,b,,\n16,on its own,b,,\n");
    desk.write("in.csv", &file);
    let done = desk.run(&["import", "csv", "in.csv", "--json"]).fails(6, "partly_done").json();
    let all = rejects(&desk, "in.csv");
    let told: Vec<(u64, &str, &str)> = all.iter().map(|(line, code, field, _)| (*line, &**code, &**field)).collect();
    let expected = [
        (4, "invalid_row", ""),
        (5, "invalid_row", ""),
        (6, "invalid_utf8", "body"),
        (8, "invalid_value", "body"),
        (9, "invalid_value", "requester_email"),
        (10, "invalid_value", "created_at"),
        (11, "invalid_row", ""),
        (12, "limit_exceeded", ""),
        (13, "invalid_row", ""),
        (17, "invalid_row", ""),
    ];
    assert_eq!(told, expected);
    assert!(all[1].3.contains("8 cells") && all[3].3.contains("NUL"), "{all:?}");
    assert!(all[8].3.contains("closing quote") && all[9].3.contains("not closed"), "{all:?}");
    assert_eq!((&done["item"]["created"], &done["item"]["rejected"]), (&6.into(), &10.into()));
    assert!(desk.read("in.csv.rejects.jsonl").len() < 200_000);
    let first = desk.json(&["ticket", "list", "--words", "till"])["items"][0]["number"].as_str().unwrap().to_owned();
    assert_eq!(desk.json(&["ticket", "show", &first])["item"]["messages"][0]["body"], "two\nlines, and \"quotes\"");
    assert_eq!(desk.json(&["ticket", "list", "--words", "own"])["total"], 2);
    desk.write("twice.csv", "external_id,subject,subject\n1,a,b\n");
    desk.run(&["import", "csv", "twice.csv"]).fails(10, "\"subject\" stands there twice");
}

#[test]
fn an_import_into_nothing_makes_a_tenant_like_init_does() {
    let (made, initialised) = (Desk::empty(), Desk::new());
    made.write("in.jsonl", request(1));
    made.run(&["import", "jsonl", "in.jsonl"]).ok();
    let policies = made.json(&["sla", "policy", "list"]);
    assert_eq!(policies["items"], initialised.json(&["sla", "policy", "list"])["items"]);
    assert_eq!(policies["total"], 1);
    for (name, content) in [("empty.jsonl", ""), ("bad.jsonl", "nonsense\n"), ("one.csv", "external_id,subject\n1,x\n")]
    {
        let made = Desk::empty();
        made.write(name, content);
        let form = name.rsplit('.').next().unwrap();
        made.run(&["import", form, name]);
        assert_eq!(made.json(&["sla", "policy", "list"])["items"], policies["items"], "{name}");
        assert_eq!(made.json(&["init"])["item"]["created"], false, "{name}");
    }
    // An export brings its own.
    let bare = Desk::new();
    bare.run(&["sla", "policy", "remove", "usual", "--yes"]).ok();
    let all = bare.run(&["export", "jsonl"]).ok().out;
    let other = Desk::empty();
    other.write("all.jsonl", all);
    other.run(&["import", "jsonl", "all.jsonl"]).ok();
    assert_eq!(other.json(&["sla", "policy", "list"])["total"], 0);
    // Also behind a line that cannot be read.
    let damaged = Desk::empty();
    damaged.write("all.jsonl", "{\"cut off\n".to_owned() + &other.read("all.jsonl"));
    damaged.run(&["import", "jsonl", "all.jsonl"]).fails(6, "partly_done");
    assert_eq!(damaged.json(&["sla", "policy", "list"])["total"], 0);
}
