//! A ticket to be opened, as a caller describes it.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Channel, ExternalRef, FieldKey, FieldValue, Level, Link, Priority, StatusKey, TicketKind};
use crate::env::Timestamp;
use crate::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};

use super::{MessageId, NewMessage, RequesterCard};

/// What a ticket begins with. Build it from [`NewTicket::new`] and fill in what is known.
///
/// ```
/// use helpdesk_core::ticket::{NewTicket, Priority};
/// let ticket = NewTicket { priority: Some(Priority::High), ..NewTicket::new("Kasse startet nicht") };
/// assert!(ticket.message.is_none());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct NewTicket {
    /// What it is about, in one line.
    pub subject: String,
    /// The first message, usually the requester's words.
    pub message: Option<NewMessage>,
    /// What was said after it, elsewhere, in order of time. These messages move no status.
    pub more: Vec<NewMessage>,
    /// Who asks: resolved by the shell.
    pub requester: Option<ContactId>,
    /// The requester's name and address.
    pub card: RequesterCard,
    /// The requester's organisation.
    pub organization: Option<OrganizationId>,
    /// What sort it is.
    pub kind: TicketKind,
    /// The status it is in elsewhere: reached by an agent's moves after all messages.
    pub status: Option<StatusKey>,
    /// An explicit priority.
    pub priority: Option<Priority>,
    /// How much it hurts.
    pub impact: Option<Level>,
    /// How soon it must be mended.
    pub urgency: Option<Level>,
    /// What it is about, in the tenant's categories.
    pub category: Option<CategoryId>,
    /// Tags, not yet checked.
    pub tags: Vec<String>,
    /// Custom fields, checked against the tenant's definitions.
    pub fields: BTreeMap<FieldKey, FieldValue>,
    /// Who works on it.
    pub assignee: Option<AgentId>,
    /// The team that works on it.
    pub team: Option<TeamId>,
    /// How it came in.
    pub channel: Channel,
    /// Who watches it from the start.
    pub watchers: BTreeSet<Actor>,
    /// How it stands to other tickets; the desk writes the other ends.
    pub links: BTreeSet<Link>,
    /// Where it is known outside.
    pub external: BTreeSet<ExternalRef>,
    /// When it came in, if that was before now.
    pub created_at: Option<Timestamp>,
}

impl NewTicket {
    /// A ticket about `subject`.
    pub fn new(subject: impl Into<String>) -> Self {
        Self { subject: subject.into(), ..Self::default() }
    }

    /// The same with a first message by `author`, whose visibility follows from the author.
    pub fn with_message(mut self, id: MessageId, author: Actor, body: impl Into<super::MessageDraft>) -> Self {
        self.message = Some(NewMessage { author, ..NewMessage::public(id, body) });
        self
    }
}
