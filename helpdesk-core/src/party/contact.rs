//! Contacts and the card of one that a ticket shows. Personal data stands here, never in an event.

use serde::{Deserialize, Serialize};

use super::{ContactId, EmailAddress, OrganizationId};

/// What the desk knows about somebody who asks; a record of its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The host's id, or one the desk gave.
    pub id: ContactId,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address that finds this contact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
    /// The organisation the contact belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// The contact that this one was merged into.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_into: Option<ContactId>,
}

/// Who asks, as a caller names them: by the host's id, by address, or by name alone.
///
/// ```
/// use helpdesk_core::party::Requester;
/// let max = Requester::email("max@example.com").unwrap().named("Max Muster");
/// assert_eq!(max.name.as_deref(), Some("Max Muster"));
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Requester {
    /// The host's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<ContactId>,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
}

impl Requester {
    /// The requester with this address.
    ///
    /// # Errors
    /// If it is not an address.
    pub fn email(address: &str) -> Result<Self, crate::text::Invalid> {
        Ok(Self { email: Some(EmailAddress::new(address)?), ..Self::default() })
    }

    /// The requester with the host's id.
    ///
    /// # Errors
    /// If it is not a well-formed id.
    pub fn id(id: &str) -> Result<Self, crate::text::Invalid> {
        Ok(Self { id: Some(ContactId::new(id)?), ..Self::default() })
    }

    /// Takes an address where there is an `@`, else the host's id.
    ///
    /// # Errors
    /// If it is neither.
    pub fn parse(text: &str) -> Result<Self, crate::text::Invalid> {
        if text.contains('@') { Self::email(text) } else { Self::id(text) }
    }

    /// The same with a name.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Whether nothing is said.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
