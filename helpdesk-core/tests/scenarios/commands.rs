//! Random commands from a small world, so that sequences of them meet often: a few statuses, agents, tags, times.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use helpdesk_core::Settings;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, CategoryId, ContactId, TeamId};
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
use helpdesk_core::sla::{CalendarName, ClockRule, EscalationLevel, PolicyName, Seconds, ServiceLevels, SlaPolicy};
use helpdesk_core::text::Labels;
use helpdesk_core::ticket::{
    Command, ExternalRef, FieldDef, FieldKey, FieldKind, FieldValue, Level, Link, LinkKind, MessageId, NewMessage,
    Participant, ParticipantRole, ParticipantState, Priority, PriorityChange, RequesterCard, StatusChange, StatusKey,
    TicketId, TicketKind, Timer, TimerKey, Visibility,
};
use proptest::prelude::*;

/// A command, and how long after the one before it comes; clocks step back now and then.
#[derive(Debug, Clone)]
pub(crate) struct Step {
    pub(crate) after: TimeDelta,
    pub(crate) command: Command,
}

pub(crate) fn start() -> Timestamp {
    "2026-11-02T09:00:00Z".parse().unwrap()
}

fn office_name() -> CalendarName {
    CalendarName::new("office").unwrap()
}

/// Settings with everything in it that decisions look at.
pub(crate) fn settings() -> Settings {
    let within = |hours: u32| {
        let of = |priority| (priority, Seconds::hours(hours * (4 - priority as u32)).into());
        ClockRule::by_priority(Priority::ALL.map(of))
    };
    let level =
        |at: &str| EscalationLevel { raise_priority: Some(Priority::High), ..EscalationLevel::at(at.parse().unwrap()) };
    let policy = SlaPolicy {
        first_response: Some(ClockRule { levels: vec![level("-30m"), level("+1h")], ..within(1) }),
        next_response: Some(within(2)),
        periodic_update: Some(within(12)),
        resolution: Some(ClockRule { levels: vec![level("75%")], calendar: Some(office_name()), ..within(8) }),
        ..SlaPolicy::new(PolicyName::new("all").unwrap())
    };
    let office = Calendar::new(&CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00")).unwrap();
    Settings {
        fields: vec![FieldDef {
            key: FieldKey::new("serial").unwrap(),
            labels: Labels::new("Serial", "Seriennummer"),
            kind: FieldKind::Integer,
            required: false,
            visible_to_requester: false,
        }],
        sla: ServiceLevels {
            calendars: [(office_name(), office)].into(),
            policies: vec![policy],
            ..ServiceLevels::default()
        },
        reopen_window: Some(Seconds::days(3)),
        ..Settings::default()
    }
}

pub(crate) fn contact() -> ContactId {
    ContactId::new("max").unwrap()
}

/// A sequence of steps. Message ids are told apart by their place in it.
pub(crate) fn steps(most: usize) -> impl Strategy<Value = Vec<Step>> {
    let step = (-3_000_i64..200_000, command())
        .prop_map(|(after, command)| Step { after: TimeDelta::seconds(after), command });
    prop::collection::vec(step, 0..most).prop_map(|mut steps| {
        for (place, step) in (2_u128..).zip(&mut steps) {
            if let Command::AddMessage(message) = &mut step.command {
                message.id = MessageId(uuid::Uuid::from_u128(place));
            }
        }
        steps
    })
}

pub(crate) fn me() -> Actor {
    Actor::Agent(AgentId::new("anna").unwrap())
}

fn command() -> impl Strategy<Value = Command> {
    prop_oneof![
        6 => message(),
        8 => status_change().prop_map(Command::SetStatus),
        1 => prop::option::of(agent()).prop_map(Command::Assign),
        1 => prop::option::of(Just(TeamId::new("tills").unwrap())).prop_map(Command::SetTeam),
        1 => Just(Command::Claim),
        2 => priority().prop_map(Command::SetPriority),
        1 => prop::option::of(Just(CategoryId::new("billing").unwrap())).prop_map(Command::SetCategory),
        1 => Just(Command::SetKind(TicketKind::new(TicketKind::BUG).unwrap())),
        2 => (tags(), tags()).prop_map(|(add, remove)| Command::ChangeTags { add, remove }),
        1 => field().prop_map(Command::SetFields),
        1 => text().prop_map(Command::SetSubject),
        1 => Just(Command::SetRequester { contact: contact(), card: RequesterCard::default(), organization: None }),
        1 => prop::option::of(instant()).prop_map(Command::SetDue),
        1 => participant().prop_map(Command::AddParticipant),
        1 => participant().prop_map(Command::RemoveParticipant),
        1 => link().prop_map(Command::AddLink),
        1 => link().prop_map(Command::RemoveLink),
        1 => Just(Command::MergeInto(TicketId(uuid::Uuid::from_u128(99)))),
        1 => Just(Command::Unmerge),
        1 => Just(Command::MarkSpam),
        1 => Just(Command::NotSpam),
        1 => Just(Command::Confirm),
        1 => Just(Command::AddExternal(ExternalRef { source: "shop".into(), id: "4711".into() })),
        2 => (instant(), timer_key()).prop_map(|(at, key)| Command::FireTimer(Timer { at, key })),
    ]
}

fn message() -> impl Strategy<Value = Command> {
    let author = prop::sample::select(vec![me(), Actor::Requester(contact()), Actor::System]);
    let visibility = prop::sample::select(vec![Visibility::Public, Visibility::Internal]);
    (author, visibility, text(), any::<bool>()).prop_map(|(author, visibility, body, automatic)| {
        let mut message = NewMessage { author, visibility, ..NewMessage::public(MessageId(uuid::Uuid::nil()), body) };
        message.draft.automatic = automatic;
        Command::AddMessage(Box::new(message))
    })
}

fn status_change() -> impl Strategy<Value = StatusChange> {
    let keys =
        ["new", "open", "in_progress", "pending", "on_hold", "resolved", "closed", "merged", "spam", "cancelled", "x"];
    let key = move || prop::sample::select(keys.to_vec()).prop_map(|key| StatusKey::new(key).unwrap());
    (key(), prop::option::weighted(0.3, instant()), prop::option::weighted(0.2, key()))
        .prop_map(|(to, until, then)| StatusChange { to, until, then })
}

fn priority() -> impl Strategy<Value = PriorityChange> {
    prop_oneof![
        prop::sample::select(Priority::ALL.to_vec()).prop_map(PriorityChange::Override),
        Just(PriorityChange::ClearOverride),
        (prop::option::of(level()), prop::option::of(level()))
            .prop_map(|(impact, urgency)| PriorityChange::Assess { impact, urgency }),
    ]
}

pub(crate) fn level() -> impl Strategy<Value = Level> {
    prop::sample::select(Level::ALL.to_vec())
}

fn agent() -> impl Strategy<Value = AgentId> {
    prop::sample::select(vec!["anna", "ben"]).prop_map(|id| AgentId::new(id).unwrap())
}

fn tags() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(prop::sample::select(vec!["vip", "VIP", "till", "", "a,b"]).prop_map(str::to_owned), 0..3)
}

fn field() -> impl Strategy<Value = BTreeMap<FieldKey, Option<FieldValue>>> {
    let key = prop::sample::select(vec!["serial", "nope"]).prop_map(|key| FieldKey::new(key).unwrap());
    let value = prop::option::of(prop_oneof![any::<i64>().prop_map(FieldValue::Integer), Just(FieldValue::Bool(true))]);
    prop::collection::btree_map(key, value, 0..2)
}

fn participant() -> impl Strategy<Value = Participant> {
    let party = prop::sample::select(vec![me(), Actor::Requester(contact()), Actor::System]);
    let state = prop::sample::select(vec![ParticipantState::Active, ParticipantState::Pending]);
    (party, state).prop_map(|(party, state)| Participant { party, role: ParticipantRole::Watcher, state })
}

fn link() -> impl Strategy<Value = Link> {
    let kind = prop::sample::select(vec![LinkKind::RelatesTo, LinkKind::Blocks, LinkKind::MergedFrom]);
    (kind, 90_u128..92).prop_map(|(kind, id)| Link { kind, ticket: TicketId(uuid::Uuid::from_u128(id)) })
}

fn timer_key() -> impl Strategy<Value = TimerKey> {
    prop::sample::select(vec![TimerKey::WakeUp, TimerKey::AutoClose])
}

/// Instants on a coarse grid around the play, so that timers and waits hit each other.
fn instant() -> impl Strategy<Value = Timestamp> {
    (-5_i64..60).prop_map(|half_days| start() + TimeDelta::hours(12 * half_days))
}

pub(crate) fn text() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["words", "Wörter\r\nund mehr", "", "\u{0}", "two\nlines"]).prop_map(str::to_owned)
}
