//! What may be asked of a ticket. Imperative; whether it happens is decided in `decide`.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Attachment, Channel, Direction, ExternalRef, FieldKey, FieldValue, Level, Link, MessageId, NewTicket, Participant,
    Priority, RequesterCard, StatusKey, TicketId, TicketKind, Timer, Visibility,
};
use crate::env::Timestamp;
use crate::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};

/// A command. What is serialised is what was asked, for fingerprints. Each one is decided against the ticket as it stands and gives events or a rejection.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub enum Command {
    /// Open the ticket; only on a blank one.
    Open(Box<NewTicket>),
    /// Add a message.
    AddMessage(Box<NewMessage>),
    /// Change the status.
    SetStatus(StatusChange),
    /// Give it to an agent, or to nobody.
    Assign(Option<AgentId>),
    /// Give it to a team, or to none.
    SetTeam(Option<TeamId>),
    /// Take it for oneself.
    Claim,
    /// Change the priority or what it is derived from.
    SetPriority(PriorityChange),
    /// Change the category.
    SetCategory(Option<CategoryId>),
    /// Change the kind.
    SetKind(TicketKind),
    /// Add and remove tags, not yet checked.
    ChangeTags {
        /// To add.
        add: Vec<String>,
        /// To remove.
        remove: Vec<String>,
    },
    /// Set custom fields, or with `None` clear them.
    SetFields(BTreeMap<FieldKey, Option<FieldValue>>),
    /// Change the subject.
    SetSubject(String),
    /// Change who asks.
    SetRequester {
        /// The contact.
        contact: ContactId,
        /// The contact's name and address.
        card: RequesterCard,
        /// The contact's organisation.
        organization: Option<OrganizationId>,
    },
    /// Set or clear the due time by hand.
    SetDue(Option<Timestamp>),
    /// Add somebody who takes part.
    AddParticipant(Participant),
    /// Remove somebody who takes part.
    RemoveParticipant(Participant),
    /// Write this end of a link.
    AddLink(Link),
    /// Take this end of a link away.
    RemoveLink(Link),
    /// End this ticket and go on in another; the desk writes the other end with `AddLink`.
    MergeInto(TicketId),
    /// Undo a merge.
    Unmerge,
    /// It is spam.
    MarkSpam,
    /// It is not spam after all.
    NotSpam,
    /// The requester confirms the solution.
    Confirm,
    /// Note where it is known outside.
    AddExternal(ExternalRef),
    /// A timer is due.
    FireTimer(Timer),
    /// Compute the running SLA clocks anew, under the service levels as they stand now.
    ReapplyServiceLevels,
    /// Erase what is personal of it and keep the rest.
    Erase,
    /// Erase it and leave the tombstone.
    Delete,
}

/// A change of status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StatusChange {
    /// To which status.
    pub to: StatusKey,
    /// Until when it waits.
    pub until: Option<Timestamp>,
    /// Where it goes then; the status it came from, unless said.
    pub then: Option<StatusKey>,
}

impl StatusChange {
    /// To this status, without a time.
    pub fn to(status: StatusKey) -> Self {
        Self { to: status, until: None, then: None }
    }
}

/// A change of priority.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum PriorityChange {
    /// An agent's own word.
    Override(Priority),
    /// Back to what impact and urgency say.
    ClearOverride,
    /// A service level's: at least this, until an agent says something else. Her own word is kept beneath.
    Raise(Priority),
    /// New impact and urgency; what is `None` stays.
    Assess {
        /// How much it hurts.
        impact: Option<Level>,
        /// How soon it must be mended.
        urgency: Option<Level>,
    },
}

/// A message as a caller writes it. Internal unless said to be public.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MessageDraft {
    /// The text.
    pub body: String,
    /// What hangs on it.
    pub attachments: Vec<Attachment>,
    /// How it came in or went out; the ticket's channel unless said.
    pub channel: Option<Channel>,
    /// Where it is known outside.
    pub external: Vec<ExternalRef>,
    /// Whether a machine wrote it.
    pub automatic: bool,
}

impl From<&str> for MessageDraft {
    fn from(body: &str) -> Self {
        Self { body: body.to_owned(), ..Self::default() }
    }
}

impl From<String> for MessageDraft {
    fn from(body: String) -> Self {
        Self { body, ..Self::default() }
    }
}

/// A message to be added: a draft with its id, its author and its visibility.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewMessage {
    /// Its id. It is drawn anew for each call, so it is not part of what was asked.
    #[serde(skip_serializing)]
    pub id: MessageId,
    /// Who wrote it.
    pub author: Actor,
    /// Who may read it; a requester's own is public whatever stands here.
    pub visibility: Visibility,
    /// The text and what hangs on it.
    pub draft: MessageDraft,
    /// When it was written, if that was before now.
    pub at: Option<Timestamp>,
}

impl NewMessage {
    /// A public message of the desk; set the author.
    pub fn public(id: MessageId, draft: impl Into<MessageDraft>) -> Self {
        Self { id, author: Actor::System, visibility: Visibility::Public, draft: draft.into(), at: None }
    }

    /// An internal note; set the author.
    pub fn internal(id: MessageId, draft: impl Into<MessageDraft>) -> Self {
        Self { visibility: Visibility::Internal, ..Self::public(id, draft) }
    }

    /// Which way it goes: a requester's comes in, a public one goes out, a note stays.
    pub fn direction(&self) -> Direction {
        match (&self.author, self.visibility) {
            (Actor::Requester(_), _) => Direction::Inbound,
            (_, Visibility::Public) => Direction::Outbound,
            (_, Visibility::Internal) => Direction::Internal,
        }
    }
}
