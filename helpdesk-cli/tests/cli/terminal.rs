//! What people see: tables that fit the terminal, pages in their language, and what they are told beside it.

use super::desk::{Desk, NOW, Ran};

/// The command on a terminal of this width, without colours.
fn on(desk: &Desk, width: &str, args: &[&str]) -> Ran {
    let mut command = desk.command();
    command.env("HELPDESK_FORCE_TTY", width).args(["--now", NOW, "--color", "never"]);
    Ran::of(command.args(args)).ok()
}

fn busy() -> Desk {
    let desk = Desk::new();
    for subject in ["Till two in the shop does not start", "Parcel of the week before did not arrive"] {
        let create = ["ticket", "create", "--subject", subject, "--requester", "katrin.voss@northlight.example.org"];
        desk.json(&[&create[..], &["--name", "Katrin Voss", "--body", "b", "--priority", "critical"]].concat());
    }
    desk.run(&["ticket", "assign", "2", "benjamin"]).ok();
    desk.run(&["ticket", "status", "2", "pending"]).ok();
    desk
}

#[test]
fn a_narrow_terminal_has_fewer_columns_and_says_which_are_missing() {
    let desk = busy();
    for width in ["50", "60", "80", "90", "100", "120"] {
        for language in ["en", "de"] {
            let list = on(&desk, width, &["ticket", "list", "--lang", language]);
            let lines: Vec<&str> = list.out.lines().collect();
            assert_eq!(lines.len(), 3, "one line of headings, one a ticket: {width} {list:?}");
            assert!(lines.iter().all(|line| line.chars().count() <= width.parse().unwrap()), "{width} {list:?}");
            assert!(lines[1].contains("Till two in the"), "{width} {list:?}");
            assert_eq!(list.err.contains("Updated") || list.err.contains("Geändert"), width != "120", "{list:?}");
        }
    }
    let whole = on(&desk, "200", &["ticket", "list"]);
    assert!(whole.err.is_empty() && whole.out.contains("Updated"), "{whole:?}");
    let pipe = desk.run(&["ticket", "list"]).ok();
    assert_eq!(pipe.out.lines().next().unwrap().split('\t').count(), 9, "a pipe has them all");
}

#[test]
fn a_terminal_without_a_width_is_of_the_usual_one() {
    let desk = busy();
    assert_eq!(on(&desk, "0", &["board"]).out, on(&desk, "100", &["board"]).out);
}

#[test]
fn the_page_of_a_ticket_is_in_words_and_says_who_wrote_what() {
    let desk = busy();
    desk.run(&["ticket", "reply", "2", "It is on its way", "--as", "agent:benjamin"]).ok();
    desk.run(&["ticket", "note", "2", "third time", "--as", "agent:benjamin"]).ok();
    desk.run(&["ticket", "lock", "2"]).ok();
    let page = on(&desk, "80", &["ticket", "show", "2", "--lang", "de"]).out;
    for line in
        ["Status  Warten auf Kunden", "Priorität  Kritisch", "Von  Katrin Voss <katrin.voss@northlight.example.org>"]
    {
        assert!(page.contains(line), "{line}: {page}");
    }
    for line in
        ["1. Katrin Voss jetzt\n", "2. benjamin jetzt\n", "3. benjamin jetzt, intern\n", "Erste Antwort: eingehalten"]
    {
        assert!(page.contains(line), "{line}: {page}");
    }
    let known = page.split("\n\n").next().unwrap();
    assert!(!known.contains('_') && !known.contains("true"), "names for programs: {known}");
    desk.run(&["ticket", "merge", "1", "2"]).ok();
    let merged = on(&desk, "80", &["ticket", "show", "1"]).out;
    assert!(merged.contains("merged_into #2026-000002") && !merged.contains("Merged into"), "an id: {merged}");
    let own = ["ticket", "show", "2", "--as", "requester:katrin.voss@northlight.example.org"];
    let request = on(&desk, "80", &own).out;
    assert!(request.contains("Status  Waiting for customer"), "{request}");
    assert!(request.contains("1. Katrin Voss now\n") && request.contains("2. the desk now\n"), "{request}");
}

#[test]
fn what_the_desk_holds_of_a_contact_stands_under_headings_that_fit() {
    let desk = busy();
    let export = on(&desk, "100", &["contact", "export", "katrin.voss@northlight.example.org"]).out;
    let parts: Vec<&str> = export.split("\n\n").collect();
    assert!(parts[0].contains("Organisation") && !parts[0].contains("2026-000001"), "{export}");
    assert!(parts[1].contains("Subject") && parts[1].contains("#2026-000001"), "{export}");
}

#[test]
fn the_help_says_how_a_ticket_is_named_and_what_a_status_can_be() {
    let desk = Desk::empty();
    let help = on(&desk, "100", &["ticket", "status", "--help"]).out;
    for words in ["2026-1", "in_progress", "sla sweep"] {
        assert!(help.contains(words), "{words}: {help}");
    }
}

#[test]
fn words_for_programs_do_not_reach_german_readers() {
    let desk = busy();
    for (args, words) in [
        ("db status", ["Dauerhaft", "Mandant default"]),
        ("sla sweep", ["Ausgelöst", "Fehlgeschlagen"]),
        ("sla reapply", ["Angesehen", "Geändert"]),
        ("sla policy list", ["Erste Antwort", "Zwischenbescheid"]),
    ] {
        let args: Vec<&str> = args.split(' ').collect();
        let said = on(&desk, "120", &[&args[..], &["--lang", "de"]].concat()).out;
        assert!(words.iter().all(|word| said.contains(word)), "{args:?}: {said}");
    }
    assert_eq!(desk.run(&["sla", "sweep", "--lang", "de"]).ok().out, "fired\t0\ngone\t0\nfailed\t0\n");
}
