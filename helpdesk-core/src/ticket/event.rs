//! What happened to a ticket. Past tense; without personal data, so that erasing keeps histories whole.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::workflow::Mover;
use super::{
    Channel, Direction, EventId, ExternalRef, FieldKey, Level, Link, LockToken, MessageId, Participant, Priority,
    StatusCategory, StatusKey, Tag, TicketId, TicketKind, Version, Visibility, WakeUp,
};
use crate::env::Timestamp;
use crate::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use crate::sla::{ClockId, NextLevel, Offset, Outcome, Recipient, SlaClock};

/// An event with its place in the history.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EventRecord {
    /// Its id: the same on every redelivery.
    pub id: EventId,
    /// Its place in the ticket's history, from 1; the store gives it, 0 before.
    #[serde(default)]
    pub seq: u64,
    /// The ticket's version after the commit that it belongs to.
    pub version: Version,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened. Kinds that a newer writer added are kept as `Unknown` and fold to nothing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "data", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Event {
    /// The ticket came in.
    Opened(Box<Opened>),
    /// A message was added; its text stands in the conversation.
    MessageAdded {
        /// The message.
        message: MessageId,
        /// Its position.
        seq: u32,
        /// Who wrote it, who need not be who added it.
        author: Actor,
        /// Who may read it.
        visibility: Visibility,
        /// Which way it went.
        direction: Direction,
        /// How it came or went.
        channel: Channel,
        /// Whether a machine wrote it.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        automatic: bool,
        /// When it was written, if that is not when it was added.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        written_at: Option<Timestamp>,
    },
    /// The status changed.
    StatusChanged {
        /// From.
        from: StatusKey,
        /// To.
        to: StatusKey,
        /// What the new one means.
        category: StatusCategory,
        /// Who or what moved it.
        by: Mover,
        /// When it wakes up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        wake_up: Option<WakeUp>,
        /// When it closes by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        auto_close_at: Option<Timestamp>,
    },
    /// The wake-up time of a waiting ticket changed.
    WakeUpChanged {
        /// The new one.
        wake_up: Option<WakeUp>,
    },
    /// When it closes by itself changed.
    AutoCloseChanged {
        /// When, if ever.
        at: Option<Timestamp>,
    },
    /// It was given to an agent, or to nobody.
    Assigned {
        /// To whom.
        agent: Option<AgentId>,
    },
    /// It was given to a team, or to none.
    TeamChanged {
        /// To which.
        team: Option<TeamId>,
    },
    /// The priority, or what it is derived from, changed.
    PriorityChanged {
        /// The effective one.
        priority: Priority,
        /// An agent's own word.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        r#override: Option<Priority>,
        /// The least that it is since a service level raised it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        raised: Option<Priority>,
        /// How much it hurts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        impact: Option<Level>,
        /// How soon it must be mended.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        urgency: Option<Level>,
    },
    /// The category changed.
    CategoryChanged {
        /// To which.
        category: Option<CategoryId>,
    },
    /// The kind changed.
    KindChanged {
        /// To which.
        ticket_kind: TicketKind,
    },
    /// Tags were added or removed.
    TagsChanged {
        /// Added.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        added: BTreeSet<Tag>,
        /// Removed.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        removed: BTreeSet<Tag>,
    },
    /// Custom fields changed; the values stand in the ticket's personal part.
    FieldsChanged {
        /// Which.
        keys: BTreeSet<FieldKey>,
    },
    /// The subject changed; the words stand in the ticket's personal part.
    SubjectChanged {},
    /// Who asks changed.
    RequesterChanged {
        /// The contact.
        contact: ContactId,
        /// The contact's organisation.
        organization: Option<OrganizationId>,
    },
    /// The due time set by hand changed.
    DueChanged {
        /// To when.
        due_at: Option<Timestamp>,
    },
    /// Somebody takes part.
    ParticipantAdded(Participant),
    /// Somebody does not take part any more.
    ParticipantRemoved(Participant),
    /// A link was made.
    LinkAdded(Link),
    /// A link was taken away.
    LinkRemoved(Link),
    /// It was merged and goes on in another; its status change stands beside.
    Merged {
        /// In this one.
        into: TicketId,
        /// What it was before.
        prior: StatusKey,
    },
    /// The merge was undone; its status change stands beside.
    Unmerged {
        /// What it had been merged into.
        from: TicketId,
    },
    /// It is known outside.
    ExternalAdded(ExternalRef),
    /// An SLA clock started: its row.
    ClockStarted(Box<SlaClock>),
    /// An SLA clock got another target, calendar or policy: its row as it is now.
    ClockRetargeted(Box<SlaClock>),
    /// An SLA clock pauses.
    ClockPaused {
        /// Which.
        clock: ClockId,
        /// Since when, in whole seconds.
        at: Timestamp,
    },
    /// An SLA clock runs again.
    ClockResumed {
        /// Which.
        clock: ClockId,
        /// Since when, in whole seconds: for a wake-up the time it was set to, however late it was found.
        at: Timestamp,
        /// How much open time the pause took off.
        seconds: u64,
        /// When it is due now.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due: Option<Timestamp>,
        /// The level that comes next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_level: Option<NextLevel>,
    },
    /// An SLA clock was not kept. Once per instance, whoever found it out and when.
    ClockBreached {
        /// Which.
        clock: ClockId,
        /// The due time that was missed.
        due: Timestamp,
    },
    /// An SLA clock stopped: met, breached or cancelled.
    ClockStopped {
        /// Which.
        clock: ClockId,
        /// When, in whole seconds.
        at: Timestamp,
        /// How much open time the pause took off in which it stopped, if it did.
        #[serde(default, skip_serializing_if = "is_zero")]
        paused: u64,
        /// Open seconds used.
        used: u64,
        /// How it ended.
        outcome: Outcome,
    },
    /// A level of an SLA clock was reached: a warning, or an escalation. Once per instance and level.
    LevelReached {
        /// Which clock.
        clock: ClockId,
        /// Which level.
        level: Offset,
        /// When it was reached, however late it was found.
        due: Timestamp,
        /// Who is to be told.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        notify: Vec<Recipient>,
        /// The level that comes next.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        next_level: Option<NextLevel>,
    },
    /// What a level was to do was refused. Changes nothing of the ticket.
    ActionRefused {
        /// Which clock.
        clock: ClockId,
        /// Which level.
        level: Offset,
        /// What it was to do.
        action: String,
        /// The stable code of the refusal.
        code: String,
    },
    /// An agent took the lock from another. Changes nothing of the ticket, its version included.
    LockStolen {
        /// From whom; nobody's, if it was free.
        from: Option<AgentId>,
        /// The new token.
        token: LockToken,
        /// Why, in the agent's words.
        reason: String,
    },
    /// Its personal part was erased; the ticket itself stays.
    Erased {},
    /// Its personal part was erased; what stands is a tombstone.
    Deleted {},
    /// What a newer writer wrote.
    #[serde(untagged)]
    Unknown(serde_json::Value),
}

/// What a ticket began with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// What sort it is.
    pub kind: TicketKind,
    /// Its first status.
    pub status: StatusKey,
    /// What that means.
    pub category: StatusCategory,
    /// The effective priority.
    pub priority: Priority,
    /// An explicit priority.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority_override: Option<Priority>,
    /// How much it hurts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Level>,
    /// How soon it must be mended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Level>,
    /// The tenant's category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ticket_category: Option<CategoryId>,
    /// Tags.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Tag>,
    /// Who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<ContactId>,
    /// The requester's organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<AgentId>,
    /// The team that works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// How it came in.
    pub channel: Channel,
    /// Who takes part.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub participants: BTreeSet<Participant>,
    /// How it stands to other tickets.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub links: BTreeSet<Link>,
    /// Where it is known outside.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub external: BTreeSet<ExternalRef>,
    /// When it came in, which may be before it was opened here.
    pub created_at: Timestamp,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(seconds: &u64) -> bool {
    *seconds == 0
}

impl Event {
    /// The name on the wire.
    pub fn name(&self) -> &str {
        match self {
            Self::Opened(_) => "opened",
            Self::MessageAdded { .. } => "message_added",
            Self::StatusChanged { .. } => "status_changed",
            Self::WakeUpChanged { .. } => "wake_up_changed",
            Self::AutoCloseChanged { .. } => "auto_close_changed",
            Self::Assigned { .. } => "assigned",
            Self::TeamChanged { .. } => "team_changed",
            Self::PriorityChanged { .. } => "priority_changed",
            Self::CategoryChanged { .. } => "category_changed",
            Self::KindChanged { .. } => "kind_changed",
            Self::TagsChanged { .. } => "tags_changed",
            Self::FieldsChanged { .. } => "fields_changed",
            Self::SubjectChanged {} => "subject_changed",
            Self::RequesterChanged { .. } => "requester_changed",
            Self::DueChanged { .. } => "due_changed",
            Self::ParticipantAdded(_) => "participant_added",
            Self::ParticipantRemoved(_) => "participant_removed",
            Self::LinkAdded(_) => "link_added",
            Self::LinkRemoved(_) => "link_removed",
            Self::Merged { .. } => "merged",
            Self::Unmerged { .. } => "unmerged",
            Self::ExternalAdded(_) => "external_added",
            Self::ClockStarted(_) => "clock_started",
            Self::ClockRetargeted(_) => "clock_retargeted",
            Self::ClockPaused { .. } => "clock_paused",
            Self::ClockResumed { .. } => "clock_resumed",
            Self::ClockBreached { .. } => "clock_breached",
            Self::ClockStopped { .. } => "clock_stopped",
            Self::LevelReached { .. } => "level_reached",
            Self::ActionRefused { .. } => "action_refused",
            Self::LockStolen { .. } => "lock_stolen",
            Self::Erased {} => "erased",
            Self::Deleted {} => "deleted",
            Self::Unknown(value) => value.get("kind").and_then(serde_json::Value::as_str).unwrap_or("unknown"),
        }
    }

    /// Whether it is an entry beside the ticket that leaves the ticket and its version as they are.
    pub fn is_audit_only(&self) -> bool {
        matches!(self, Self::LockStolen { .. })
    }
}
