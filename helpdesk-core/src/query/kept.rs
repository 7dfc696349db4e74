//! Which counts can be kept ready, and which of them answers a query: for backends that count as they write. Where the
//! counts stand is the backends'; what a query means is still [`TicketQuery::matches`]' to say.

use super::filter::{Assignee, TicketFilter, TicketQuery};
use super::{GroupBy, Scope};
use crate::party::AgentId;
use crate::ticket::StatusCategory;

/// A count by status and priority that answers a query, once those that were not asked for are left out.
///
/// ```
/// use helpdesk_core::query::{GroupBy, Kept, Sort, TicketFilter, TicketQuery};
/// let now = "2026-11-02T09:00:00Z".parse().unwrap();
/// let open = TicketQuery::new(TicketFilter::open(), Sort::Priority, now);
/// assert_eq!(open.kept(GroupBy::Status), Some(Kept::All));
/// assert_eq!(open.kept(GroupBy::Assignee), Some(Kept::ByAssignee));
/// assert_eq!(open.kept(GroupBy::Team), None, "that is to be counted");
/// let overdue = TicketQuery::new(TicketFilter { overdue: true, ..TicketFilter::open() }, Sort::Priority, now);
/// assert_eq!(overdue.kept(GroupBy::Status), None);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kept<'a> {
    /// All tickets.
    All,
    /// Those that nobody works on.
    Unassigned,
    /// Those that this agent works on.
    Agent(&'a AgentId),
    /// How many each agent works on, and how many nobody does.
    ByAssignee,
    /// Those in which this agent has something to read; only live ones are asked for.
    Unread(&'a AgentId),
}

impl TicketQuery {
    /// The count that answers this query; `None` if it asks for more than status, priority and one thing beside.
    pub fn kept(&self, by: GroupBy) -> Option<Kept<'_>> {
        let filter = &self.filter;
        let bare = TicketFilter {
            categories: filter.categories.clone(),
            statuses: filter.statuses.clone(),
            priorities: filter.priorities.clone(),
            assignee: filter.assignee.clone(),
            unread: filter.unread,
            ..TicketFilter::default()
        };
        if self.scope != Scope::All || self.filter != bare {
            return None;
        }
        let placed = matches!(by, GroupBy::Nothing | GroupBy::StatusCategory | GroupBy::Status | GroupBy::Priority);
        let categories = &filter.categories;
        let live = !categories.is_empty() && categories.iter().all(|category| StatusCategory::is_live(*category));
        match (&filter.assignee, filter.unread, &self.reader) {
            (None, false, _) if by == GroupBy::Assignee => Some(Kept::ByAssignee),
            (None, false, _) if placed => Some(Kept::All),
            (Some(Assignee::Nobody), false, _) if placed => Some(Kept::Unassigned),
            (Some(Assignee::Agent(agent)), false, _) if placed => Some(Kept::Agent(agent)),
            (None, true, Some(agent)) if placed && live => Some(Kept::Unread(agent)),
            _ => None,
        }
    }
}
