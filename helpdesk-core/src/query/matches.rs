//! The meaning of a filter: the reference that every backend is checked against.

use super::filter::{Assignee, TicketQuery};
use super::scope::is_participant;
use super::terms;
use crate::party::Actor;
use crate::ticket::{LockSlot, Ticket};

/// A ticket with what is kept beside it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// The ticket.
    pub ticket: &'a Ticket,
    /// Its lock.
    pub lock: &'a LockSlot,
    /// Up to where the query's reader has read; 0 if nowhere.
    pub mark: u32,
}

impl TicketQuery {
    /// Whether a ticket belongs to the answer.
    pub fn matches(&self, seen: Seen<'_>) -> bool {
        let (filter, ticket) = (&self.filter, seen.ticket);
        self.scope.includes(ticket)
            && any(&filter.categories, &ticket.status_category)
            && any(&filter.statuses, &ticket.status)
            && any(&filter.priorities, &ticket.priority)
            && filter.kind.as_ref().is_none_or(|kind| ticket.kind == *kind)
            && filter.channel.as_ref().is_none_or(|channel| ticket.channel == *channel)
            && filter.assignee.as_ref().is_none_or(|assignee| match assignee {
                Assignee::Nobody => ticket.assignee.is_none(),
                Assignee::Agent(agent) => ticket.assignee.as_ref() == Some(agent),
            })
            && same(filter.team.as_ref(), ticket.team.as_ref())
            && same(filter.category.as_ref(), ticket.category.as_ref())
            && same(filter.requester.as_ref(), ticket.requester.as_ref())
            && same(filter.organization.as_ref(), ticket.organization.as_ref())
            && filter.tags.iter().all(|tag| ticket.tags.contains(tag))
            && filter.participant.as_ref().is_none_or(|party| is_participant(ticket, party))
            && (!filter.unread || self.is_unread(seen))
            && (!filter.overdue || ticket.is_overdue(self.now))
            && filter.due_before.is_none_or(|before| ticket.due_at().is_some_and(|due| due < before))
            && (!filter.breached || ticket.is_breached(self.now))
            && (!filter.locked || seen.lock.running(self.now).is_some())
            && filter.created.contains(ticket.created_at)
            && filter.updated.contains(ticket.updated_at)
            && self.has_words(ticket)
    }

    /// Whether the reader has something to read; without a reader nothing is unread.
    pub fn is_unread(&self, seen: Seen<'_>) -> bool {
        let reader = self.reader.clone().map(Actor::Agent);
        reader.is_some_and(|reader| seen.ticket.is_unread(&reader, seen.mark))
    }

    fn has_words(&self, ticket: &Ticket) -> bool {
        self.filter.words.is_empty() || terms(&ticket.content.subject).is_superset(&terms(&self.filter.words))
    }
}

fn any<T: PartialEq>(allowed: &[T], value: &T) -> bool {
    allowed.is_empty() || allowed.contains(value)
}

fn same<T: PartialEq>(wanted: Option<&T>, value: Option<&T>) -> bool {
    wanted.is_none() || wanted == value
}
