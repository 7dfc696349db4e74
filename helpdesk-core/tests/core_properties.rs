//! What holds of every sequence of commands on the pure core.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

#[path = "scenarios/commands.rs"]
mod commands;

use helpdesk_core::Limits;
use helpdesk_core::party::Actor;
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::workflow::Mover;
use helpdesk_core::ticket::{
    Command, Decision, Event, EventId, EventRecord, Facts, LockSlot, MessageId, NewMessage, NewTicket, Priority,
    StatusCategory, Ticket, TicketId, Version,
};
use proptest::prelude::*;

/// A ticket to begin with.
fn opening() -> impl Strategy<Value = NewTicket> {
    let priority = prop::option::of(prop::sample::select(Priority::ALL.to_vec()));
    let levels = prop::option::of((commands::level(), commands::level()));
    (priority, levels, any::<bool>(), prop::option::of(commands::text())).prop_map(
        |(priority, levels, asked, words)| NewTicket {
            priority,
            impact: levels.map(|(impact, _)| impact),
            urgency: levels.map(|(_, urgency)| urgency),
            requester: asked.then(commands::contact),
            message: words.map(|words| NewMessage {
                author: if asked { Actor::Requester(commands::contact()) } else { commands::me() },
                ..NewMessage::public(MessageId(uuid::Uuid::from_u128(1)), words)
            }),
            ..NewTicket::new("subject")
        },
    )
}

proptest! {
    // A case is cheap, and rare meetings of waits and timers need many; PROPTEST_CASES asks for more.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases.max(4096), ..ProptestConfig::default() })]
    #[test]
    fn every_sequence_keeps_the_promises(opening in opening(), steps in commands::steps(40)) {
        let (settings, limits, lock, actor) =
            (commands::settings(), Limits::default(), LockSlot::default(), commands::me());
        let mut now = commands::start();
        let mut ticket = Ticket::blank(TicketId(uuid::Uuid::from_u128(1)));
        let mut history: Vec<EventRecord> = Vec::new();
        let mut messages = 0_u32;
        let first = commands::Step { after: chrono::TimeDelta::zero(), command: Command::Open(Box::new(opening)) };
        for step in std::iter::once(first).chain(steps) {
            now += step.after;
            let facts = Facts {
                now, actor: &actor, settings: &settings, limits: &limits, lock: &lock, token: None, may_reopen_closed: true, as_of: None,
            };
            let decided = decide(&ticket, &step.command, &facts);
            prop_assert_eq!(&decided, &decide(&ticket, &step.command, &facts), "deciding is a function");
            let Ok(decision) = decided else { continue };
            let version = ticket.version.next();
            let (records, after) = decision.apply(&ticket, version, &actor, || EventId(uuid::Uuid::nil()));
            if records.is_empty() {
                prop_assert_eq!(&after, &ticket, "nothing happened, nothing changed");
                continue;
            }
            prop_assert_eq!(after.version, version);
            prop_assert!(after.updated_at >= ticket.updated_at);
            for record in &records {
                prop_assert!(record.at >= ticket.updated_at);
                if let Event::StatusChanged { from, to, category, by, .. } = &record.event {
                    prop_assert!(from != to);
                    prop_assert!(settings.workflow.movers(from, to).contains(*by), "{from} to {to} by {by:?}");
                    prop_assert_eq!(settings.workflow.status(to).unwrap().category, *category);
                }
            }
            for message in &decision.messages {
                messages += 1;
                prop_assert_eq!(message.seq, messages);
            }
            prop_assert_eq!(after.messages, messages);
            prop_assert!(after.wake_up.is_none() || after.status_category.is_waiting());
            prop_assert!(after.auto_close_at.is_none() || after.status_category == StatusCategory::Resolved);
            prop_assert_eq!(after.closed_at.is_some(), after.status_category == StatusCategory::Closed);
            for row in &ticket.sla {
                let kept = after.sla.iter().find(|other| other.id() == row.id()).expect("no row is taken away");
                prop_assert!(row.is_open() || kept == row, "a stopped clock is final");
            }
            if is_setting(&step.command) {
                let again = decide(&after, &step.command, &facts);
                prop_assert!(again.as_ref().is_ok_and(Decision::is_empty), "set twice: {:?}", again);
            }
            history.extend(records);
            prop_assert_eq!(Ticket::fold(after.id, &history), after.facts_only(), "the history folds to the ticket");
            let stored = serde_json::to_string(&after).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Ticket>(&stored).unwrap(), &after);
            ticket = after;
        }
        let stored = serde_json::to_string(&history).unwrap();
        prop_assert_eq!(serde_json::from_str::<Vec<EventRecord>>(&stored).unwrap(), history);
    }
}

/// Whether it says how something shall be, so that saying it twice changes nothing more.
fn is_setting(command: &Command) -> bool {
    !matches!(
        command,
        Command::Open(_)
            | Command::AddMessage(_)
            | Command::MergeInto(_)
            | Command::Unmerge
            // What is added and removed at once is removed, whatever it was.
            | Command::ChangeTags { .. }
            | Command::Delete
    )
}

#[test]
fn an_agent_can_set_exactly_the_statuses_that_the_table_gives_her() {
    let (settings, limits, lock, actor) =
        (commands::settings(), Limits::default(), LockSlot::default(), commands::me());
    for may_reopen_closed in [false, true] {
        let facts = Facts {
            now: commands::start(),
            actor: &actor,
            settings: &settings,
            limits: &limits,
            lock: &lock,
            token: None,
            may_reopen_closed,
            as_of: None,
        };
        for from in settings.workflow.statuses() {
            for to in settings.workflow.statuses() {
                let mut ticket = Ticket::blank(TicketId(uuid::Uuid::from_u128(1)));
                ticket.version = Version(1);
                ticket.status = from.key.clone();
                ticket.status_category = from.category;
                let change = Command::SetStatus(helpdesk_core::ticket::StatusChange::to(to.key.clone()));
                let decided = decide(&ticket, &change, &facts);
                let movers = settings.workflow.movers(&from.key, &to.key);
                let may = movers.contains(Mover::Agent) || (may_reopen_closed && movers.contains(Mover::ReopenClosed));
                match decided {
                    Ok(decision) if from.key == to.key => assert!(decision.is_empty(), "{}: no change", from.key),
                    Ok(decision) => assert!(may && !decision.is_empty(), "{} to {}", from.key, to.key),
                    Err(error) => {
                        assert!(!may, "{} to {}: {error}", from.key, to.key);
                        assert!(["illegal_transition", "permission_denied"].contains(&error.code().as_str()));
                    }
                }
            }
        }
    }
}

#[test]
fn an_event_of_a_newer_writer_survives_and_folds_to_nothing() {
    let json = serde_json::json!({
        "id": uuid::Uuid::from_u128(1), "seq": 3, "version": 2, "at": "2026-11-02T09:00:00Z", "actor": "system",
        "kind": "from_the_future", "data": { "x": [1, "é"] },
    });
    let record: EventRecord = serde_json::from_value(json.clone()).unwrap();
    assert!(matches!(record.event, Event::Unknown(_)), "{record:?}");
    assert_eq!(serde_json::to_value(&record).unwrap(), json);
    let ticket = Ticket::fold(TicketId(uuid::Uuid::from_u128(1)), [&record]);
    assert_eq!(ticket.version, Version(2));
}

#[test]
fn a_ticket_of_a_newer_writer_keeps_what_is_not_known_here() {
    let mut json = serde_json::to_value(Ticket::blank(TicketId(uuid::Uuid::from_u128(1)))).unwrap();
    json["from_the_future"] = serde_json::json!({ "x": 1 });
    let ticket: Ticket = serde_json::from_value(json.clone()).unwrap();
    assert_eq!(serde_json::to_value(&ticket).unwrap(), json);
}
