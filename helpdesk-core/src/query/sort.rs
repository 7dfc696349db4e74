//! The orders of a list, and a ticket's position in each: what keyset pages go on from.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use crate::env::to_micros;
use crate::ticket::{Priority, Ticket, TicketId};

/// An order. Ids break every tie, so that pages neither skip nor repeat.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Critical first, among equals the oldest first: the order of work.
    #[default]
    Priority,
    /// What changed last comes first.
    Updated,
    /// What is due first comes first; what is not due comes last.
    Due,
    /// What came in last comes first.
    Created,
}

/// Where a ticket stands in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The first key.
    pub major: i64,
    /// The second key; 0 where there is none.
    pub minor: i64,
    /// The tie-breaker.
    pub id: TicketId,
}

impl Sort {
    /// Every order.
    pub const ALL: [Self; 4] = [Self::Priority, Self::Updated, Self::Due, Self::Created];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Priority => "priority",
            Self::Updated => "updated",
            Self::Due => "due",
            Self::Created => "created",
        }
    }

    /// Where `ticket` stands. Keys are ranks and microseconds.
    pub fn position(self, ticket: &Ticket) -> Position {
        let (major, minor) = match self {
            Self::Priority => (Self::rank(ticket.priority), to_micros(ticket.created_at)),
            Self::Updated => (to_micros(ticket.updated_at), 0),
            Self::Due => (ticket.due_at().map_or(Self::NOT_DUE, to_micros), 0),
            Self::Created => (to_micros(ticket.created_at), 0),
        };
        Position { major, minor, id: ticket.id }
    }

    /// The key of what is not due: behind everything that is.
    pub const NOT_DUE: i64 = i64::MAX;

    /// A priority's rank: 0 is critical.
    pub fn rank(priority: Priority) -> i64 {
        Priority::Critical as i64 - priority as i64
    }

    /// Whether large keys come first.
    pub fn is_descending(self) -> bool {
        matches!(self, Self::Updated | Self::Created)
    }

    /// Which of two positions comes first.
    pub fn compare(self, a: &Position, b: &Position) -> Ordering {
        let rising = (a.major, a.minor, a.id).cmp(&(b.major, b.minor, b.id));
        if self.is_descending() { rising.reverse() } else { rising }
    }
}

impl std::str::FromStr for Sort {
    type Err = crate::text::Invalid;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == text)
            .ok_or_else(|| crate::text::Invalid::malformed("sort", "priority, updated, due or created"))
    }
}
