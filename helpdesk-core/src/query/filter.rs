//! The conditions of a list. All of them hold at once; an empty one is none.

use serde::{Deserialize, Serialize};

use super::{Scope, Sort, terms};
use crate::env::Timestamp;
use crate::limits::Limits;
use crate::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use crate::text::{Invalid, Problem};
use crate::ticket::{Channel, Priority, StatusCategory, StatusKey, Tag, TicketKind};

/// Conditions on tickets. [`TicketFilter::default`] is everything; [`TicketFilter::all`] leaves spam out.
///
/// ```
/// use helpdesk_core::query::{Assignee, TicketFilter};
/// let unassigned = TicketFilter { assignee: Some(Assignee::Nobody), ..TicketFilter::open() };
/// assert_eq!(unassigned.categories.len(), 2);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "conditions that are asked or not, each for itself")]
pub struct TicketFilter {
    /// The status means one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<StatusCategory>,
    /// The status is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub statuses: Vec<StatusKey>,
    /// The priority is one of these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub priorities: Vec<Priority>,
    /// The kind is this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<TicketKind>,
    /// It came in this way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// This agent, or nobody, works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assignee: Option<Assignee>,
    /// This team works on it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<TeamId>,
    /// It is of this category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryId>,
    /// It has every one of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// This contact asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<ContactId>,
    /// Somebody of this organisation asks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organization: Option<OrganizationId>,
    /// This agent or contact takes part in it, in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub participant: Option<Actor>,
    /// The reader of the query has something to read in it.
    pub unread: bool,
    /// It is overdue.
    pub overdue: bool,
    /// It is due before this instant, overdue or not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_before: Option<Timestamp>,
    /// A service level of it was missed, also if it is done by now.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub breached: bool,
    /// Somebody's lock runs on it.
    pub locked: bool,
    /// It came in within this range.
    #[serde(skip_serializing_if = "TimeRange::is_open")]
    pub created: TimeRange,
    /// It last changed within this range.
    #[serde(skip_serializing_if = "TimeRange::is_open")]
    pub updated: TimeRange,
    /// Its subject has all of these words.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub words: String,
}

/// Who works on a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Assignee {
    /// Nobody.
    Nobody,
    /// This agent.
    Agent(AgentId),
}

/// A half-open range of time, `[from, to)`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TimeRange {
    /// From this instant on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Before this instant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<Timestamp>,
}

impl TimeRange {
    /// Whether it leaves nothing out.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// Whether `at` lies in it.
    pub fn contains(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| at >= from) && self.to.is_none_or(|to| at < to)
    }
}

impl TicketFilter {
    /// Everything but spam.
    pub fn all() -> Self {
        Self::of(StatusCategory::ALL.into_iter().filter(|category| *category != StatusCategory::Spam))
    }

    /// The desk's turn: New and Active.
    pub fn open() -> Self {
        Self::of([StatusCategory::New, StatusCategory::Active])
    }

    /// Somebody else's turn.
    pub fn waiting() -> Self {
        Self::of([StatusCategory::WaitingOnRequester, StatusCategory::WaitingOnOther])
    }

    /// Work to be done, by whomever.
    pub fn unsolved() -> Self {
        Self::of(StatusCategory::ALL.into_iter().filter(|category| category.is_unsolved()))
    }

    /// Resolved and closed.
    pub fn done() -> Self {
        Self::of([StatusCategory::Resolved, StatusCategory::Closed])
    }

    /// Spam.
    pub fn spam() -> Self {
        Self::of([StatusCategory::Spam])
    }

    /// What the reader has to read: live tickets with somebody else's message past her mark.
    pub fn unread() -> Self {
        let live = StatusCategory::ALL.into_iter().filter(|category| category.is_live());
        Self { unread: true, ..Self::of(live) }
    }

    /// The given status categories.
    pub fn of(categories: impl IntoIterator<Item = StatusCategory>) -> Self {
        Self { categories: categories.into_iter().collect(), ..Self::default() }
    }

    /// Checks the sizes, before any backend sees the filter.
    ///
    /// # Errors
    /// If a list or the text is longer than the limits allow, or the text has no word.
    pub fn check(&self, limits: &Limits) -> Result<(), Invalid> {
        limits.count("status", self.statuses.len().max(self.categories.len()), limits.filter_values)?;
        limits.count("priority", self.priorities.len(), limits.filter_values)?;
        limits.count("tag", self.tags.len(), limits.tags)?;
        if self.words.len() > limits.search_bytes {
            return Err(Invalid::new("words", Problem::TooLong { max: limits.search_bytes, unit: "bytes" }));
        }
        let words = terms(&self.words);
        if words.is_empty() && !self.words.is_empty() {
            return Err(Invalid::malformed("words", "at least one word"));
        }
        limits.count("words", words.len(), limits.search_words)
    }
}

/// A whole question: conditions, order, who asks and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TicketQuery {
    /// The conditions.
    pub filter: TicketFilter,
    /// The order.
    pub sort: Sort,
    /// What the asker sees at all.
    pub scope: Scope,
    /// The instant for overdue and locked.
    pub now: Timestamp,
    /// Who reads, for unread.
    pub reader: Option<AgentId>,
}

impl TicketQuery {
    /// A question by nobody in particular who sees everything.
    pub fn new(filter: TicketFilter, sort: Sort, now: Timestamp) -> Self {
        Self { filter, sort, scope: Scope::All, now, reader: None }
    }
}
