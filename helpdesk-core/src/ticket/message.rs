//! A message of a ticket's conversation, and what is known of its attachments. Their bytes live elsewhere.

use serde::{Deserialize, Serialize};

use super::{Channel, ExternalRef, MessageId, TicketId};
use crate::env::Timestamp;
use crate::party::Actor;

/// One message. Its position `seq` counts 1, 2, 3 … within the ticket and never changes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// The message's id.
    pub id: MessageId,
    /// The ticket it belongs to; it belongs to no other, ever.
    pub ticket: TicketId,
    /// Its position in the conversation, from 1.
    pub seq: u32,
    /// When it was written.
    pub at: Timestamp,
    /// Who wrote it.
    pub author: Actor,
    /// Who may read it.
    pub visibility: Visibility,
    /// Which way it went.
    pub direction: Direction,
    /// How it came in or went out.
    pub channel: Channel,
    /// Whether a machine wrote it; such messages count in no clock.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
    /// The text, as given but for control characters.
    pub body: String,
    /// What hangs on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
    /// Where it is known outside.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub external: Vec<ExternalRef>,
    /// Whether its text was erased; what stands is a tombstone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub redacted: bool,
}

impl Message {
    /// Takes the text and the attachments away and leaves the tombstone. References outside stay, so that the same
    /// message, delivered again, does not bring it back.
    pub fn redact(&mut self) {
        self.body.clear();
        self.attachments.clear();
        self.redacted = true;
    }
}

/// Who may read a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// Agents only.
    Internal,
    /// The requester too.
    Public,
}

impl Visibility {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Internal => "internal",
            Self::Public => "public",
        }
    }
}

/// Which way a message went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From outside to the desk.
    Inbound,
    /// From the desk to outside.
    Outbound,
    /// Within the desk.
    Internal,
}

/// What is known of an attachment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// The name for display; never a path.
    pub name: String,
    /// The media type as the sender said it; hosts serve it from an allow-list of their own.
    pub media_type: String,
    /// The size in bytes.
    pub bytes: u64,
    /// The key in the host's blob store.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
}
