//! Ids of tickets, messages and events, the ticket's version, and references into other systems.

use std::fmt;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::text::{Invalid, line};

/// Defines an id over a UUID.
macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = Invalid;
            fn from_str(text: &str) -> Result<Self, Invalid> {
                Uuid::parse_str(text).map(Self).map_err(|_| Invalid::malformed($field, "a UUID"))
            }
        }
    };
}

uuid_id!(
    /// A ticket's id, unique within its tenant and for ever.
    TicketId, "ticket"
);
uuid_id!(
    /// A message's id.
    MessageId, "message"
);
uuid_id!(
    /// An event's id: what a consumer of the outbox tells a redelivery by.
    EventId, "event"
);

/// How many commits a ticket or a record has seen: 1, 2, 3 …; 0 is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// The version of what has not been written yet.
    pub const NONE: Self = Self(0);

    /// The version after this one.
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Where something is known in another system: `(source, id)`. Unique in a tenant, and never expires.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExternalRef {
    /// The other system (`zammad`, `jsonl`, `shop`).
    pub source: String,
    /// The id there.
    pub id: String,
}

impl ExternalRef {
    /// Most characters of the source and of the id.
    pub const MAX_CHARS: usize = 200;

    /// Checks and takes a reference.
    ///
    /// # Errors
    /// If either part is empty, has a line break, or is longer than [`Self::MAX_CHARS`].
    pub fn new(source: &str, id: &str) -> Result<Self, Invalid> {
        Ok(Self {
            source: line("external_source", source, Self::MAX_CHARS)?,
            id: line("external_id", id, Self::MAX_CHARS)?,
        })
    }
}
