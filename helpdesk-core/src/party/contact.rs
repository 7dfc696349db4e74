//! Contacts and the card of one that a ticket shows. Personal data stands here, never in an event.

use serde::{Deserialize, Serialize};

use super::{ContactId, EmailAddress, OrganizationId};
use crate::text::Invalid;

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
#[serde(deny_unknown_fields)]
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

impl From<&ContactId> for Requester {
    fn from(id: &ContactId) -> Self {
        Self { id: Some(id.clone()), ..Self::default() }
    }
}

impl Requester {
    /// The requester with this address.
    ///
    /// # Errors
    /// If it is not an address.
    pub fn email(address: &str) -> Result<Self, Invalid> {
        Ok(Self { email: Some(EmailAddress::new(address)?), ..Self::default() })
    }

    /// The requester with the host's id.
    ///
    /// # Errors
    /// If it is not a well-formed id.
    pub fn id(id: &str) -> Result<Self, Invalid> {
        Ok(Self { id: Some(ContactId::new(id)?), ..Self::default() })
    }

    /// Takes what a person typed: an address where there is an `@`, else the host's id. An id that has blanks, or signs
    /// that belong around an address, is a name or an address gone wrong, and not taken for a new contact's id.
    ///
    /// # Errors
    /// If it is neither; the field is `requester`.
    ///
    /// ```
    /// use helpdesk_core::party::Requester;
    /// assert!(Requester::parse("max@example.com").is_ok() && Requester::parse("customer-17").is_ok());
    /// assert_eq!(Requester::parse("Max Muster").unwrap_err().field, "requester");
    /// ```
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const FIELD: &str = "requester";
        let goes_wrong = |c: char| c.is_whitespace() || "<>()[],;\"".contains(c);
        if text.contains('@') {
            Self::email(text).map_err(|invalid| Invalid { field: FIELD.into(), ..invalid })
        } else if !text.is_empty() && text.contains(goes_wrong) {
            Err(Invalid::malformed(FIELD, "an address such as max@example.com, or an id without blanks"))
        } else {
            Self::id(text)
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_neither_an_address_nor_an_id_is_no_requester() {
        for bad in
            ["not an address", "Max Muster", "<max", "max;ben", "max, ben", "a@@b", "max @example.com", "max@", ""]
        {
            assert_eq!(Requester::parse(bad).unwrap_err().field, "requester", "{bad:?}");
        }
        for id in ["customer-17", "crm:4711", "max.example.com", "o'neil", "日本"] {
            assert_eq!(Requester::parse(id).unwrap().id.unwrap().as_str(), id);
        }
    }
}
