//! What of a ticket is personal: replaced in place and erasable, so that histories stay whole without it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{FieldKey, FieldValue};
use crate::party::EmailAddress;

/// The personal part of a ticket. Events never carry it; a history folds to everything else.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Content {
    /// What it is about, in one line.
    #[serde(default)]
    pub subject: String,
    /// The requester's name and address as lists show them.
    #[serde(default, skip_serializing_if = "RequesterCard::is_empty")]
    pub requester: RequesterCard,
    /// The custom fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<FieldKey, FieldValue>,
}

/// A requester's name and address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequesterCard {
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<EmailAddress>,
}

impl RequesterCard {
    /// Whether nothing stands on it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// A change of the personal part: what is `None` stays as it is.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContentPatch {
    /// A new subject.
    pub subject: Option<String>,
    /// A new card.
    pub requester: Option<RequesterCard>,
    /// Fields to set, or with `None` to clear.
    pub fields: BTreeMap<FieldKey, Option<FieldValue>>,
    /// Whether everything is to be erased first.
    pub erase: bool,
}

impl ContentPatch {
    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Puts the change into `content`.
    pub fn apply(&self, content: &mut Content) {
        if self.erase {
            *content = Content::default();
        }
        if let Some(subject) = &self.subject {
            content.subject.clone_from(subject);
        }
        if let Some(card) = &self.requester {
            content.requester.clone_from(card);
        }
        for (key, value) in &self.fields {
            match value {
                Some(value) => content.fields.insert(key.clone(), value.clone()),
                None => content.fields.remove(key),
            };
        }
    }
}
