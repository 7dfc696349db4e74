//! What a requester sees of a ticket: types of their own, built by allow-list. No field here could carry a note.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use crate::env::Timestamp;
use crate::settings::Settings;
use crate::text::Labels;
use crate::ticket::{
    Attachment, FieldKey, FieldValue, Message, RequesterCard, StatusCategory, Ticket, TicketId, TicketNumber,
    Visibility,
};

/// A ticket as its requester sees it. It tells of public messages and of the status category, of nothing inside.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// Its id.
    pub id: TicketId,
    /// Its number.
    pub number: TicketNumber,
    /// What it is about.
    pub subject: String,
    /// Where it stands.
    pub status_category: StatusCategory,
    /// The same in words.
    pub status: Labels,
    /// Who asks.
    pub requester: RequesterCard,
    /// When it came in.
    pub created_at: Timestamp,
    /// When something public last changed.
    pub changed_at: Timestamp,
    /// How many public messages there are.
    pub messages: u32,
    /// The custom fields that requesters may see.
    pub fields: BTreeMap<FieldKey, FieldValue>,
    /// Changes when something public changes, and only then.
    pub tag: String,
}

/// A public message as a requester sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicMessage {
    /// Its position among the public ones, from 1.
    pub position: u32,
    /// When it was written.
    pub at: Timestamp,
    /// Whether it came from the requester's side.
    pub from_requester: bool,
    /// The text.
    pub body: String,
    /// What hangs on it.
    pub attachments: Vec<Attachment>,
}

impl Request {
    /// The requester's view of `ticket`.
    pub fn of(ticket: &Ticket, settings: &Settings) -> Self {
        // That somebody took a request for spam is the desk's own affair.
        let category = match ticket.status_category {
            StatusCategory::Spam => StatusCategory::Closed,
            category => category,
        };
        let visible = |key: &FieldKey| settings.fields.iter().any(|def| def.key == *key && def.visible_to_requester);
        let fields = ticket.content.fields.iter().filter(|(key, _)| visible(key));
        Self {
            id: ticket.id,
            number: ticket.number.clone(),
            subject: ticket.content.subject.clone(),
            status_category: category,
            status: category.labels(),
            requester: ticket.content.requester.clone(),
            created_at: ticket.created_at,
            changed_at: ticket.public_at,
            messages: ticket.public_messages,
            fields: fields.map(|(key, value)| (key.clone(), value.clone())).collect(),
            tag: tag(ticket, category),
        }
    }
}

impl PublicMessage {
    /// The requester's view of a conversation: its public messages, counted from `first`.
    pub fn of(conversation: &[Message], first: u32) -> Vec<Self> {
        let public = conversation.iter().filter(|message| message.visibility == Visibility::Public);
        public
            .zip(first..)
            .map(|(message, position)| Self {
                position,
                at: message.at,
                from_requester: message.author.requester().is_some(),
                body: message.body.clone(),
                attachments: message.attachments.clone(),
            })
            .collect()
    }
}

fn tag(ticket: &Ticket, category: StatusCategory) -> String {
    let mut hash = Sha256::new();
    hash.update(ticket.id.0.as_bytes());
    hash.update(ticket.public_messages.to_be_bytes());
    hash.update(category.as_str());
    hash.update(&ticket.content.subject);
    hash.update(crate::env::to_micros(ticket.public_at).to_be_bytes());
    crate::text::hex(&hash.finalize()[..8])
}
