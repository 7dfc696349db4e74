//! Which policy is a ticket's: each condition alone brings it under another one, and the explanation says which it was.

use helpdesk_core::Settings;
use helpdesk_core::desk::Act;
use helpdesk_core::party::{Category, Color, Team};
use helpdesk_core::sla::{ClockRule, Conditions, Seconds, ServiceLevels, SlaPolicy};
use helpdesk_core::text::Labels;
use helpdesk_core::ticket::{Priority, TicketId, TicketKind};

use super::promised::Given;

/// For whom the better policy is, what brings a ticket under it, and what is said of why.
type Case = (Conditions, fn(&Given, TicketId) -> Act<'static>, (&'static str, &'static str));

fn cases() -> [Case; 5] {
    let none = Conditions::default;
    [
        (
            Conditions { kinds: vec![TicketKind::new("incident").unwrap()], ..none() },
            |given, id| given.anna.set_kind(id, TicketKind::new("incident").unwrap()),
            ("kind", "incident"),
        ),
        (
            Conditions { priorities: vec![Priority::High, Priority::Critical], ..none() },
            |given, id| given.anna.set_priority(id, Priority::High),
            ("priority", "high"),
        ),
        (
            Conditions { categories: vec!["billing".parse().unwrap()], ..none() },
            |given, id| given.anna.set_category(id, Some("billing".parse().unwrap())),
            ("category", "billing"),
        ),
        (
            Conditions { teams: vec!["second".parse().unwrap()], ..none() },
            |given, id| given.anna.assign_team(id, Some("second".parse().unwrap())),
            ("team", "second"),
        ),
        (
            Conditions { tags: vec!["vip".parse().unwrap()], ..none() },
            |given, id| given.anna.tag(id, &["vip"], &[]),
            ("tag", "vip"),
        ),
    ]
}

/// The better policy for whom it is for, one for everybody else.
fn settings(when: Conditions) -> Settings {
    let within = |hours| Some(ClockRule::within(Seconds::hours(hours).into()));
    let gold = SlaPolicy { when, resolution: within(1), ..SlaPolicy::new("gold".parse().unwrap()) };
    let usual = SlaPolicy { resolution: within(8), ..SlaPolicy::new("usual".parse().unwrap()) };
    Settings { sla: ServiceLevels { policies: vec![gold, usual], ..ServiceLevels::default() }, ..Settings::default() }
}

#[tokio::test]
async fn each_condition_alone_brings_a_ticket_under_another_policy() {
    for (when, change, (condition, value)) in cases() {
        // Given a ticket that does not meet it,
        let settings = settings(when);
        let given = Given::new(&settings).await;
        let admin = given.desk.tenant("acme").unwrap().admin("root").unwrap();
        admin.put(&Team { id: "second".parse().unwrap(), name: "Second line".to_owned() }).await.unwrap();
        let labels = Labels::new("Billing", "Rechnungen");
        admin.put(&Category { id: "billing".parse().unwrap(), labels, color: Color::GREY }).await.unwrap();
        let id = given.asked().await;
        let before = given.ticket(id).await;
        let policy = |ticket: &helpdesk_core::ticket::Ticket| ticket.sla[0].policy.to_string();
        assert_eq!(policy(&before), "usual", "{condition}");
        // when what it asks for changes and nothing else,
        change(&given, id).await.unwrap();
        // then its clock is of that policy, and why is said.
        let after = given.ticket(id).await;
        assert_eq!((policy(&after).as_str(), after.sla[0].target), ("gold", Seconds::hours(1)), "{condition}");
        let matched = settings.sla.explain(&after, given.clock_now()).policy.unwrap();
        assert_eq!((matched.name.as_str(), matched.place), ("gold", 1));
        assert!(matched.met.iter().any(|met| (met.condition, met.value.as_str()) == (condition, value)), "{matched:?}");
        let usual = settings.sla.explain(&before, given.clock_now()).policy.unwrap();
        assert_eq!((usual.name.as_str(), usual.met.len()), ("usual", 0), "what is for everybody was met by nothing");
    }
}
