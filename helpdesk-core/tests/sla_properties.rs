//! Clocks against a model that knows nothing of them: the statuses a ticket had, and how much of that was open time.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

use chrono::{SubsecRound, TimeDelta};
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, ContactId};
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
use helpdesk_core::sla::{
    CalendarName, ClockRule, EscalationLevel, Metric, Outcome, PolicyName, Seconds, ServiceLevels, SlaPolicy,
};
use helpdesk_core::ticket::decide::decide;
use helpdesk_core::ticket::{
    Command, EventId, Facts, LockSlot, MessageId, NewMessage, NewTicket, StatusCategory, StatusChange, StatusKey,
    Ticket, TicketId, TimerKey,
};
use helpdesk_core::{Limits, Settings};
use proptest::prelude::*;
use uuid::Uuid;

const CALENDARS: [&str; 5] = ["office", "nights", "yearly", "howe", "always"];

fn calendar(name: &str) -> Calendar {
    let definition = match name {
        "office" => CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00").holidays(["12-25", "2026-11-04"]),
        "nights" => CalendarDefinition::new("Asia/Gaza").open("tue", ["22:00-06:00+1"]).open("sat", ["00:00-24:00"]),
        "yearly" => {
            let mut hour = CalendarDefinition::new("Pacific/Apia");
            let days = (2026..2060).map(|year| (format!("{year}-11-03"), vec!["09:00-10:00".to_owned()]));
            hour.overrides = days.collect();
            hour
        }
        "howe" => CalendarDefinition::weekdays("Australia/Lord_Howe", "00:30-23:30"),
        _ => CalendarDefinition::always("UTC"),
    };
    Calendar::new(&definition).unwrap()
}

fn settings(calendar_name: &str, target: u32) -> Settings {
    let name = CalendarName::new(calendar_name).unwrap();
    let level = |at: &str| EscalationLevel::at(at.parse().unwrap());
    let within = || ClockRule {
        levels: vec![level("50%"), level("-10m"), level("+2h")],
        ..ClockRule::within(Seconds(target).into())
    };
    let policy = SlaPolicy {
        calendar: name.clone(),
        first_response: Some(within()),
        next_response: Some(within()),
        periodic_update: Some(within()),
        resolution: Some(within()),
        ..SlaPolicy::new(PolicyName::new("all").unwrap())
    };
    let sla = ServiceLevels {
        calendars: [(name, calendar(calendar_name))].into(),
        policies: vec![policy],
        ..ServiceLevels::default()
    };
    Settings { sla, auto_close_after: None, ..Settings::default() }
}

#[derive(Debug, Clone)]
enum Act {
    Status(&'static str),
    Ask,
    Answer,
    Note,
    Sweep,
}

fn acts() -> impl Strategy<Value = Vec<(i64, Act)>> {
    let statuses = ["open", "in_progress", "pending", "on_hold", "resolved", "open", "pending"];
    let act = prop_oneof![
        4 => prop::sample::select(statuses.to_vec()).prop_map(Act::Status),
        2 => Just(Act::Ask),
        2 => Just(Act::Answer),
        1 => Just(Act::Note),
        1 => Just(Act::Sweep),
    ];
    prop::collection::vec((prop_oneof![0_i64..7_200, 0_i64..300_000], act), 1..25)
}

struct Life {
    ticket: Ticket,
    settings: Settings,
    now: Timestamp,
    ids: u128,
    /// Since when it had which category.
    was: Vec<(Timestamp, StatusCategory)>,
}

impl Life {
    /// Does something, if the workflow lets it.
    fn does(&mut self, command: &Command, actor: &Actor) -> bool {
        let (limits, lock) = (Limits::default(), LockSlot::default());
        let facts = Facts {
            now: self.now,
            actor,
            settings: &self.settings,
            limits: &limits,
            lock: &lock,
            token: None,
            may_reopen_closed: true,
            as_of: None,
        };
        let Ok(decision) = decide(&self.ticket, command, &facts) else { return false };
        let version = self.ticket.version.next();
        let (_, after) = decision.apply(&self.ticket, version, actor, || {
            self.ids += 1;
            EventId(Uuid::from_u128(self.ids))
        });
        self.ticket = after;
        self.was.push((self.now, self.ticket.status_category));
        true
    }

    fn act(&mut self, act: &Act) {
        let (anna, max) = (Actor::Agent(AgentId::new("anna").unwrap()), max());
        self.ids += 1;
        let id = MessageId(Uuid::from_u128(self.ids));
        let says = |author: &Actor, message: NewMessage| {
            Command::AddMessage(Box::new(NewMessage { author: author.clone(), ..message }))
        };
        match act {
            Act::Status(key) => {
                self.does(&Command::SetStatus(StatusChange::to(StatusKey::new(*key).unwrap())), &anna);
            }
            Act::Ask => {
                self.does(&says(&max, NewMessage::public(id, "well?")), &max);
            }
            Act::Answer => {
                self.does(&says(&anna, NewMessage::public(id, "soon")), &anna);
            }
            Act::Note => {
                self.does(&says(&anna, NewMessage::internal(id, "hm")), &anna);
            }
            Act::Sweep => {
                while let Some(due) = self.ticket.next_timer().filter(|due| due.at <= self.now) {
                    assert!(matches!(due.key, TimerKey::Clock(_)));
                    self.does(&Command::FireTimer(due), &Actor::System);
                }
            }
        }
    }

    /// Open seconds in these categories from `from` to `to`.
    fn spent(&self, calendar: &Calendar, from: Timestamp, to: Timestamp, in_: impl Fn(StatusCategory) -> bool) -> i64 {
        let ends = self.was.iter().skip(1).map(|(at, _)| *at).chain([to]);
        let spans = self.was.iter().zip(ends).filter(|((_, category), _)| in_(*category));
        spans.map(|((start, _), end)| calendar.elapsed((*start).max(from), end.min(to))).sum()
    }
}

fn max() -> Actor {
    Actor::Requester(ContactId::new("max").unwrap())
}

fn counts(metric: Metric, category: StatusCategory) -> bool {
    let ended = matches!(category, StatusCategory::Resolved | StatusCategory::Closed | StatusCategory::Spam);
    let waits = matches!(category, StatusCategory::WaitingOnRequester | StatusCategory::WaitingOnOther);
    !(ended || waits && matches!(metric, Metric::Resolution | Metric::PeriodicUpdate))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn clocks_measure_what_a_ticket_spent(
        name in prop::sample::select(CALENDARS.to_vec()),
        target in prop_oneof![1_u32..20_000, 20_000_u32..900_000, Just(20 * 365 * 86_400)],
        acts in acts(),
        // After so many acts the levels come into force; before, nothing was promised.
        promised_after in prop_oneof![2 => Just(0_usize), 1 => 0_usize..25],
        probes in prop::collection::vec(0_i64..2_000_000, 6),
    ) {
        let (settings, hours) = (settings(name, target), calendar(name));
        let start: Timestamp = "2026-10-30T08:15:30.25Z".parse().unwrap();
        let promised = settings.sla.clone();
        let mut life = Life {
            ticket: Ticket::blank(TicketId(Uuid::from_u128(1))), settings, now: start, ids: 10, was: Vec::new(),
        };
        if promised_after > 0 {
            life.settings.sla = ServiceLevels::default();
        }
        let contact = ContactId::new("max").unwrap();
        let new = NewTicket { requester: Some(contact), ..NewTicket::new("help") }
            .with_message(MessageId(Uuid::from_u128(2)), max(), "please");
        prop_assert!(life.does(&Command::Open(Box::new(new)), &max()));
        for (done, (after, act)) in acts.iter().enumerate() {
            life.now += TimeDelta::seconds(*after);
            if promised_after > 0 && done == promised_after.min(acts.len() - 1) {
                life.settings.sla = promised.clone();
                life.does(&Command::ReapplyServiceLevels, &Actor::System);
            }
            let before = life.ticket.sla.clone();
            life.act(act);
            for row in &before {
                let kept = life.ticket.sla.iter().find(|other| other.id() == row.id()).expect("no row is taken away");
                prop_assert!(row.is_open() || row == kept, "a stopped clock is final");
                prop_assert!(row.breached_at.is_none() || row.breached_at == kept.breached_at, "nothing erases a breach");
            }
        }
        let levels = &life.settings.sla;
        let now = life.now.trunc_subsecs(0);
        for row in &life.ticket.sla {
            let end = row.stopped_at.unwrap_or(now);
            let spent = life.spent(&hours, row.started_at, end, |category| counts(row.metric, category));
            prop_assert_eq!(levels.used(row, now), u64::try_from(spent).ok(), "{:?}", row);
            if let Some(outcome) = row.outcome.filter(|outcome| *outcome != Outcome::Cancelled) {
                prop_assert_eq!(outcome == Outcome::Met, spent <= i64::from(target), "{:?}", row);
            }
            prop_assert_eq!(row.is_breached(now), spent > i64::from(target), "{:?}", row);
            if let Some(due) = row.running_due() {
                for probe in &probes {
                    for at in [now + TimeDelta::seconds(*probe), due, due + TimeDelta::seconds(1)] {
                        let used = levels.used(row, at).unwrap();
                        prop_assert!(at < now || (used <= u64::from(target)) == (at <= due), "{} {:?}", at, row);
                    }
                }
            }
            let reached = &row.reached;
            prop_assert!(reached.iter().all(|level| reached.iter().filter(|other| *other == level).count() == 1));
        }
        for metric in Metric::ALL {
            let rows: Vec<u32> =
                life.ticket.sla.iter().filter(|row| row.metric == metric).map(|row| row.instance).collect();
            prop_assert_eq!(rows.clone(), (1..=u32::try_from(rows.len()).unwrap()).collect::<Vec<_>>());
        }
        let explained = levels.explain(&life.ticket, life.now);
        for clock in &explained.clocks {
            prop_assert_eq!(clock.open_seconds, clock.used_seconds.map(|used| used + clock.paused_seconds));
            if let (Some(used), Some(left)) = (clock.used_seconds, clock.left_seconds) {
                prop_assert_eq!(i64::try_from(used).unwrap() + left, i64::from(clock.target_seconds));
            }
            let open = hours.elapsed(clock.started_at, clock.stopped_at.unwrap_or(now));
            prop_assert_eq!(clock.open_seconds, u64::try_from(open).ok(), "it accounts for every open second");
        }
    }
}
