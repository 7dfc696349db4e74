//! Status keys, which workflows name freely, and the fixed categories that clocks, filters and portals read.

use serde::{Deserialize, Serialize};

use crate::text::{Labels, slug};

slug!(
    /// A status in a workflow: `open`, `on_hold`, or whatever a tenant's workflow names.
    StatusKey, "status"
);

impl StatusKey {
    /// A key of the default workflow, known to be well-formed.
    pub(crate) fn fixed(key: &'static str) -> Self {
        #[expect(clippy::expect_used, reason = "the caller passes a literal; a test builds every one of them")]
        Self::new(key).expect("a literal status key is a slug")
    }
}

/// What a status means. Every status has exactly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StatusCategory {
    /// Nobody has looked at it yet.
    New,
    /// The desk's turn.
    Active,
    /// The requester's turn.
    WaitingOnRequester,
    /// Somebody else's turn.
    WaitingOnOther,
    /// Answered; the requester may still object.
    Resolved,
    /// Done for good (closed, merged, cancelled).
    Closed,
    /// Not a request at all.
    Spam,
}

impl StatusCategory {
    /// Every category, in the order of a ticket's life.
    pub const ALL: [Self; 7] = [
        Self::New,
        Self::Active,
        Self::WaitingOnRequester,
        Self::WaitingOnOther,
        Self::Resolved,
        Self::Closed,
        Self::Spam,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Active => "active",
            Self::WaitingOnRequester => "waiting_on_requester",
            Self::WaitingOnOther => "waiting_on_other",
            Self::Resolved => "resolved",
            Self::Closed => "closed",
            Self::Spam => "spam",
        }
    }

    /// The name people read.
    pub fn labels(self) -> Labels {
        match self {
            Self::New => Labels::new("New", "Neu"),
            Self::Active => Labels::new("Active", "Aktiv"),
            Self::WaitingOnRequester => Labels::new("Waiting for customer", "Warten auf Kunden"),
            Self::WaitingOnOther => Labels::new("On hold", "Zurückgestellt"),
            Self::Resolved => Labels::new("Resolved", "Gelöst"),
            Self::Closed => Labels::new("Closed", "Geschlossen"),
            Self::Spam => Labels::new("Spam", "Spam"),
        }
    }

    /// Whether the ticket waits for somebody.
    pub fn is_waiting(self) -> bool {
        matches!(self, Self::WaitingOnRequester | Self::WaitingOnOther)
    }

    /// Whether work is still to be done: New, Active or waiting.
    pub fn is_unsolved(self) -> bool {
        matches!(self, Self::New | Self::Active | Self::WaitingOnRequester | Self::WaitingOnOther)
    }

    /// Whether the ticket may still change by itself: unsolved or Resolved. What is not live only grows.
    pub fn is_live(self) -> bool {
        self.is_unsolved() || self == Self::Resolved
    }
}

impl std::fmt::Display for StatusCategory {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for StatusCategory {
    type Err = crate::text::Invalid;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|category| category.as_str() == text)
            .ok_or_else(|| crate::text::Invalid::malformed("status_category", "a status category"))
    }
}
