//! The ticket as it stands: what a history folds to, and its personal part beside.

use std::collections::{BTreeMap, BTreeSet};

use chrono::SubsecRound;
use serde::{Deserialize, Serialize};

use super::{
    Channel, Content, ExternalRef, Level, Link, Participant, ParticipantRole, ParticipantState, Priority,
    StatusCategory, StatusKey, Stay, Tag, TicketId, TicketKind, TicketNumber, Version,
};
use crate::env::Timestamp;
use crate::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use crate::sla::SlaClock;

/// A ticket. Stores keep it whole; only the core changes it, through events.
///
/// Fields that a newer writer added are kept in `extra` and survive a read-modify-write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Ticket {
    /// Its id.
    pub id: TicketId,
    /// Its number; empty until the store has drawn it.
    #[serde(default)]
    pub number: TicketNumber,
    /// How many commits it has seen.
    pub version: Version,
    /// What sort it is.
    pub kind: TicketKind,
    /// Where it stands in its workflow.
    pub status: StatusKey,
    /// What that status means.
    pub status_category: StatusCategory,
    /// Which Active status a waiting ticket goes back to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume_to: Option<StatusKey>,
    /// The effective priority.
    pub priority: Priority,
    /// An agent's own word on the priority; wins until cleared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority_override: Option<Priority>,
    /// The least that it is since a service level raised it, until an agent has her say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub priority_raised: Option<Priority>,
    /// How much it hurts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub impact: Option<Level>,
    /// How soon it must be mended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Level>,
    /// What it is about, in the tenant's categories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// Its tags.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<Tag>,
    /// Who asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requester: Option<ContactId>,
    /// The requester's organisation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// Who wrote it down.
    pub submitter: Actor,
    /// Who works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assignee: Option<AgentId>,
    /// The team that works on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// How it came in.
    pub channel: Channel,
    /// Who else takes part.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub participants: BTreeSet<Participant>,
    /// How it stands to other tickets.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub links: BTreeSet<Link>,
    /// Where it is known outside.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub external: BTreeSet<ExternalRef>,
    /// When it came in.
    pub created_at: Timestamp,
    /// When it last changed; never goes back.
    pub updated_at: Timestamp,
    /// When a requester could last see a change.
    pub public_at: Timestamp,
    /// When it was last resolved, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_at: Option<Timestamp>,
    /// When it was resolved for the first time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_resolved_at: Option<Timestamp>,
    /// When it was closed, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_at: Option<Timestamp>,
    /// When an agent first answered in public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_responded_at: Option<Timestamp>,
    /// When an agent last answered in public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_reply_at: Option<Timestamp>,
    /// The statuses that it had before this one, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stays: Vec<Stay>,
    /// How often it was reopened.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub reopened: u32,
    /// How many messages it has.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub messages: u32,
    /// How many of them are public.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub public_messages: u32,
    /// The newest message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_message: Option<LastMessage>,
    /// The newest message by somebody other than the newest one's author: with it, unread is exact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_by_other: Option<LastMessage>,
    /// When the oldest message of a requester that nobody has answered was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub awaiting_since: Option<Timestamp>,
    /// When it wakes up, if it waits for a time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wake_up: Option<WakeUp>,
    /// When it closes by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auto_close_at: Option<Timestamp>,
    /// A due time that an agent set by hand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub manual_due_at: Option<Timestamp>,
    /// The SLA clocks, one row per instance; none is ever taken away.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sla: Vec<SlaClock>,
    /// Where it went on, if it was merged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged: Option<Merged>,
    /// When it was deleted; what stands is a tombstone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    /// The personal part.
    pub content: Content,
    /// What a newer writer added.
    #[serde(flatten)]
    pub extra: BTreeMap<String, serde_json::Value>,
}

/// Position and author of a message.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastMessage {
    /// Its position.
    pub seq: u32,
    /// Its author.
    pub author: Actor,
}

/// When a waiting ticket goes on, and to which status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WakeUp {
    /// When.
    pub at: Timestamp,
    /// Where to.
    pub to: StatusKey,
}

/// Where a merged ticket went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Merged {
    /// In this one.
    pub into: TicketId,
    /// What it was before, for *unmerge*.
    pub prior: StatusKey,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Ticket {
    /// What a history begins with: version 0, nothing known but the id.
    pub fn blank(id: TicketId) -> Self {
        Self {
            id,
            number: TicketNumber::default(),
            version: Version::NONE,
            kind: TicketKind::default(),
            status: StatusKey::fixed("new"),
            status_category: StatusCategory::New,
            resume_to: None,
            priority: Priority::default(),
            priority_override: None,
            priority_raised: None,
            impact: None,
            urgency: None,
            category: None,
            tags: BTreeSet::new(),
            requester: None,
            organization: None,
            submitter: Actor::System,
            assignee: None,
            team: None,
            channel: Channel::default(),
            participants: BTreeSet::new(),
            links: BTreeSet::new(),
            external: BTreeSet::new(),
            created_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            public_at: Timestamp::UNIX_EPOCH,
            resolved_at: None,
            first_resolved_at: None,
            closed_at: None,
            first_responded_at: None,
            last_reply_at: None,
            stays: Vec::new(),
            reopened: 0,
            messages: 0,
            public_messages: 0,
            last_message: None,
            last_by_other: None,
            awaiting_since: None,
            wake_up: None,
            auto_close_at: None,
            manual_due_at: None,
            sla: Vec::new(),
            merged: None,
            deleted_at: None,
            content: Content::default(),
            extra: BTreeMap::new(),
        }
    }

    /// When the ticket is due: the earliest of the running clocks and the time set by hand, while work is to be done.
    pub fn due_at(&self) -> Option<Timestamp> {
        if !self.status_category.is_unsolved() || self.deleted_at.is_some() {
            return None;
        }
        self.sla.iter().filter_map(SlaClock::running_due).chain(self.manual_due_at).min()
    }

    /// The first due time of a service level that was missed, or will be if nothing happens before. What was missed
    /// stays; what is only due moves and goes with its clock.
    pub fn breach_at(&self) -> Option<Timestamp> {
        self.sla.iter().filter_map(|clock| clock.breached_at.or_else(|| clock.running_due())).min()
    }

    /// Whether a service level was missed at `now`, found out or not; also long after.
    pub fn is_breached(&self, now: Timestamp) -> bool {
        self.breach_at().is_some_and(|at| at < now.trunc_subsecs(0))
    }

    /// Whether it is overdue at `now`: a due time kept to the instant is kept.
    pub fn is_overdue(&self, now: Timestamp) -> bool {
        self.due_at().is_some_and(|due| now > due)
    }

    /// The position of the newest message that somebody other than `reader` wrote; 0 if there is none.
    pub fn newest_by_others(&self, reader: &Actor) -> u32 {
        let newest = match &self.last_message {
            Some(last) if last.author == *reader => self.last_by_other.as_ref(),
            last => last.as_ref(),
        };
        newest.map_or(0, |message| message.seq)
    }

    /// Whether `reader`, who has read up to `mark`, has something to read.
    pub fn is_unread(&self, reader: &Actor, mark: u32) -> bool {
        self.newest_by_others(reader) > mark
    }

    /// Whether `party` takes part in `role`, in force.
    pub fn has_participant(&self, party: &Actor, role: ParticipantRole) -> bool {
        let sought = Participant { party: party.clone(), role, state: ParticipantState::Active };
        self.participants.contains(&sought)
    }

    /// The ticket without its personal part and its number: what its history folds to.
    pub fn facts_only(&self) -> Self {
        Self { number: TicketNumber::default(), content: Content::default(), extra: BTreeMap::new(), ..self.clone() }
    }
}
