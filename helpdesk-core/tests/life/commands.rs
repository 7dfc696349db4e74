//! Random commands for a ticket's life, well-formed and not.

use chrono::TimeDelta;
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, ContactId, TeamId};
use helpdesk_core::ticket::{
    Command, ExternalRef, Level, Link, LinkKind, MessageDraft, MessageId, NewMessage, Participant, ParticipantRole,
    ParticipantState, Priority, PriorityChange, StatusChange, StatusKey, TicketId, Timer, TimerKey, Visibility,
};
use proptest::prelude::*;

/// Who acts, after how many seconds (the clock may step back), and what.
pub(crate) type Act = (Actor, i64, bool, Wish);

/// What is asked for; instants are seconds from now.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    /// A command as it is.
    Plain(Command),
    /// A message, with a status to follow.
    Message { internal: bool, automatic: bool, body: &'static str, then: Option<StatusKey> },
    /// A status, with a wake-up.
    Status { to: StatusKey, until: Option<i64>, then: Option<StatusKey> },
    /// A due time.
    Due(Option<i64>),
    /// Whatever timer the ticket has, or one it does not have.
    Fire { key: TimerKey, own: bool },
}

impl Wish {
    /// The command, on a ticket with these timers.
    pub(crate) fn command(&self, actor: &Actor, now: Timestamp, timers: &[Timer], id: uuid::Uuid) -> Command {
        let at = |seconds: i64| now + TimeDelta::seconds(seconds);
        match self {
            Self::Plain(command) => command.clone(),
            Self::Message { internal, automatic, body, then } => {
                let draft = MessageDraft { automatic: *automatic, ..MessageDraft::from(*body) };
                let visibility = if *internal { Visibility::Internal } else { Visibility::Public };
                let then = then.clone().map(StatusChange::to);
                let author = actor.clone();
                Command::AddMessage(Box::new(NewMessage {
                    author,
                    visibility,
                    then,
                    ..NewMessage::public(MessageId(id), draft)
                }))
            }
            Self::Status { to, until, then } => {
                Command::SetStatus(StatusChange { to: to.clone(), until: until.map(at), then: then.clone() })
            }
            Self::Due(seconds) => Command::SetDue(seconds.map(at)),
            Self::Fire { key, own } => {
                let timer = timers.iter().find(|timer| *own && timer.key == *key);
                Command::FireTimer(timer.copied().unwrap_or(Timer { at: now, key: *key }))
            }
        }
    }
}

fn status() -> impl Strategy<Value = StatusKey> {
    let keys =
        ["new", "open", "in_progress", "pending", "on_hold", "resolved", "closed", "merged", "spam", "cancelled"];
    prop::sample::select(keys.to_vec()).prop_map(|key| StatusKey::new(key).unwrap())
}

fn actor() -> impl Strategy<Value = Actor> + Clone {
    prop_oneof![
        4 => prop::sample::select(vec!["anna", "ben"]).prop_map(|id| Actor::Agent(AgentId::new(id).unwrap())),
        2 => Just(Actor::Requester(ContactId::new("max").unwrap())),
        1 => Just(Actor::System),
    ]
}

fn plain() -> impl Strategy<Value = Command> {
    let agent = prop::option::of(prop::sample::select(vec!["anna", "ben"]));
    let tags = prop::collection::vec(
        prop::sample::select(vec!["vip", "EU", "vip", "EU", "größe", "größe", "b2b", "urgent", "a,b"]),
        0..3,
    );
    let tags = tags.prop_map(|tags| tags.into_iter().map(str::to_owned).collect::<Vec<_>>());
    let ticket = (0_u128..3).prop_map(|id| TicketId(uuid::Uuid::from_u128(id)));
    let kinds = vec![LinkKind::RelatesTo, LinkKind::Blocks, LinkKind::MergedInto];
    let link = (prop::sample::select(kinds), ticket.clone()).prop_map(|(kind, ticket)| Link { kind, ticket });
    let participant = actor().prop_map(|party| Participant {
        party,
        role: ParticipantRole::Watcher,
        state: ParticipantState::Active,
    });
    let levels = prop::option::of(prop::sample::select(vec![Level::Low, Level::Medium, Level::High]));
    let priority = prop_oneof![
        prop::sample::select(Priority::ALL.to_vec()).prop_map(PriorityChange::Override),
        Just(PriorityChange::ClearOverride),
        (levels.clone(), levels).prop_map(|(impact, urgency)| PriorityChange::Assess { impact, urgency }),
    ];
    let external = prop::sample::select(vec!["1", "2", "", "a\nb"]);
    prop_oneof![
        agent.prop_map(|id| Command::Assign(id.map(|id| AgentId::new(id).unwrap()))),
        prop::option::of(Just("first line")).prop_map(|id| Command::SetTeam(id.map(|id| TeamId::new(id).unwrap()))),
        Just(Command::Claim),
        priority.prop_map(Command::SetPriority),
        (tags.clone(), tags).prop_map(|(add, remove)| Command::ChangeTags { add, remove }),
        prop::sample::select(vec!["Drucker", "Kasse", "", "two\nlines"])
            .prop_map(|subject| Command::SetSubject(subject.to_owned())),
        participant.clone().prop_map(Command::AddParticipant),
        participant.prop_map(Command::RemoveParticipant),
        link.clone().prop_map(Command::AddLink),
        link.prop_map(Command::RemoveLink),
        ticket.prop_map(Command::MergeInto),
        Just(Command::Unmerge),
        Just(Command::MarkSpam),
        Just(Command::NotSpam),
        Just(Command::Confirm),
        external.prop_map(|id| Command::AddExternal(ExternalRef { source: "shop".into(), id: id.into() })),
    ]
}

fn wish() -> impl Strategy<Value = Wish> {
    let seconds = prop::option::weighted(0.4, -60_i64..100_000);
    let message = (any::<bool>(), prop::bool::weighted(0.2), prop::sample::select(vec!["Hallo", "é\n😀", " "]));
    prop_oneof![
        8 => plain().prop_map(Wish::Plain),
        5 => (message, prop::option::weighted(0.3, status())).prop_map(|((internal, automatic, body), then)| {
            Wish::Message { internal, automatic, body, then }
        }),
        6 => (status(), seconds.clone(), prop::option::weighted(0.15, status()))
            .prop_map(|(to, until, then)| Wish::Status { to, until, then }),
        1 => seconds.prop_map(Wish::Due),
        3 => (prop::sample::select(vec![TimerKey::WakeUp, TimerKey::AutoClose]), prop::bool::weighted(0.8))
            .prop_map(|(key, own)| Wish::Fire { key, own }),
        1 => prop::bool::weighted(0.2).prop_map(|delete| {
            Wish::Plain(if delete { Command::Delete } else { Command::Claim })
        }),
    ]
}

/// A life of up to forty acts. Some seconds pass between them; a day or two, sometimes; rarely the clock steps back.
pub(crate) fn life() -> impl Strategy<Value = Vec<Act>> {
    let passes = prop_oneof![6 => 0_i64..600, 2 => 0_i64..1_000_000, 1 => -500_i64..0];
    prop::collection::vec((actor(), passes, prop::bool::weighted(0.3), wish()), 1..40)
}
