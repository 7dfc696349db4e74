//! What a query is best led by: the condition that few tickets meet, or else a walk in the order asked for. For backends
//! that have indices; which tickets belong to the answer is still [`TicketQuery::matches`]' to say.

use super::filter::{Assignee, TicketQuery};
use super::{Scope, Sort, terms};
use crate::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use crate::ticket::{StatusCategory, Tag};

/// What leads to every ticket of the answer.
///
/// ```
/// use helpdesk_core::query::{Lead, Sort, TicketFilter, TicketQuery};
/// use helpdesk_core::ticket::Tag;
/// let now = "2026-11-02T09:00:00Z".parse().unwrap();
/// let vip = Tag::new("vip").unwrap();
/// let filter = TicketFilter { tags: vec![vip.clone()], ..TicketFilter::open() };
/// assert_eq!(TicketQuery::new(filter, Sort::Due, now).lead(), Lead::Tag(&vip));
/// assert_eq!(TicketQuery::new(TicketFilter::open(), Sort::Due, now).lead(), Lead::Walk(Walk::Due));
/// # use helpdesk_core::query::Walk;
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lead<'a> {
    /// Nothing can belong to the answer.
    Nothing,
    /// Those that one requester sees: they ask, their organisation asks if it is given, or they take part.
    Sight {
        /// Who.
        contact: &'a ContactId,
        /// Whose tickets they see besides.
        organization: Option<&'a OrganizationId>,
    },
    /// One contact asks.
    Requester(&'a ContactId),
    /// A lock runs.
    Locked,
    /// The subject has this word; the longest that is sought, which is rarely the most frequent.
    Word(String),
    /// They have this tag.
    Tag(&'a Tag),
    /// Somebody takes part.
    Participant(&'a Actor),
    /// A service level was missed.
    Breached,
    /// Somebody of one organisation asks.
    Organization(&'a OrganizationId),
    /// One agent works on them.
    Agent(&'a AgentId),
    /// They are of one category.
    Category(&'a CategoryId),
    /// One team works on them.
    Team(&'a TeamId),
    /// Nobody works on them.
    Unassigned,
    /// All of them, by status and priority, each of these walked so.
    Walk(Walk),
}

/// The order in which tickets of one status and priority are walked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Walk {
    /// By when they came in.
    Created,
    /// By when they last changed.
    Updated,
    /// By when they are due.
    Due,
}

impl TicketQuery {
    /// What this query is best led by.
    pub fn lead(&self) -> Lead<'_> {
        let filter = &self.filter;
        match &self.scope {
            _ if filter.unread && self.reader.is_none() => return Lead::Nothing,
            Scope::Nothing => return Lead::Nothing,
            Scope::Requester { contact, organization } => {
                return Lead::Sight { contact, organization: organization.as_ref() };
            }
            Scope::All => {}
        }
        let agent = filter.assignee.as_ref().map(|assignee| match assignee {
            Assignee::Agent(agent) => Lead::Agent(agent),
            Assignee::Nobody => Lead::Unassigned,
        });
        let word = || terms(&filter.words).into_iter().max_by_key(String::len);
        // From what few tickets have to what many have.
        None.or_else(|| filter.requester.as_ref().map(Lead::Requester))
            .or_else(|| filter.locked.then_some(Lead::Locked))
            .or_else(|| word().map(Lead::Word))
            .or_else(|| filter.tags.first().map(Lead::Tag))
            .or_else(|| filter.participant.as_ref().map(Lead::Participant))
            .or_else(|| filter.breached.then_some(Lead::Breached))
            .or_else(|| filter.organization.as_ref().map(Lead::Organization))
            .or_else(|| agent.clone().filter(|lead| *lead != Lead::Unassigned))
            .or_else(|| filter.category.as_ref().map(Lead::Category))
            .or_else(|| filter.team.as_ref().map(Lead::Team))
            .or(agent)
            .unwrap_or_else(|| Lead::Walk(self.walk()))
    }

    /// Whether tickets that are worked on, and whether those that are done, can belong to the answer, going by the
    /// categories alone: first the ones with `live`, then the others.
    pub fn lives(&self) -> Vec<bool> {
        let categories = &self.filter.categories;
        let wanted = |live| {
            let of_it = |category: &StatusCategory| category.is_live() == live;
            categories.is_empty() || categories.iter().any(of_it)
        };
        [true, false].into_iter().filter(|live| wanted(*live)).collect()
    }

    /// The order of a walk: the one that is asked for, unless a time range of another one is narrower.
    fn walk(&self) -> Walk {
        let (created, updated) = (&self.filter.created, &self.filter.updated);
        let natural = match self.sort {
            Sort::Priority | Sort::Created => Walk::Created,
            Sort::Updated => Walk::Updated,
            Sort::Due => Walk::Due,
        };
        if self.filter.overdue || self.filter.due_before.is_some() {
            Walk::Due
        } else if natural != Walk::Created && created.from.is_some() && created.to.is_some() {
            Walk::Created
        } else if natural != Walk::Updated && updated.from.is_some() {
            Walk::Updated
        } else if natural == Walk::Due && created.from.is_some() {
            Walk::Created
        } else {
            natural
        }
    }
}
