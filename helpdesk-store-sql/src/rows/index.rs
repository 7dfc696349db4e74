//! What of a ticket serves to find it: the columns and rows taken from its document. Written by `write`, proved by
//! `verify`; both ask here.

use std::collections::BTreeSet;

use helpdesk_core::env::to_micros;
use helpdesk_core::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use helpdesk_core::query::{Sort, terms};
use helpdesk_core::store::TicketWrite;
use helpdesk_core::ticket::{ExternalRef, ParticipantState, StatusCategory, Ticket};

use crate::rows::columns::signed;

/// The columns of a ticket that change with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Indexed<'a> {
    pub(crate) shelf: i64,
    pub(crate) live: i64,
    pub(crate) status: &'a str,
    pub(crate) rank: i64,
    pub(crate) created_at: i64,
    pub(crate) updated_at: i64,
    pub(crate) due_at: i64,
    pub(crate) breach_at: Option<i64>,
    pub(crate) assignee: Option<&'a str>,
    pub(crate) team: Option<&'a str>,
    pub(crate) category: Option<&'a str>,
    pub(crate) requester: Option<&'a str>,
    pub(crate) organization: Option<&'a str>,
    pub(crate) kind: &'a str,
    pub(crate) channel: &'a str,
}

impl<'a> Indexed<'a> {
    pub(crate) fn of(ticket: &'a Ticket) -> Self {
        let deleted = ticket.deleted_at.is_some();
        let category = ticket.status_category;
        Self {
            shelf: if deleted { TOMBSTONE } else { shelf(category) },
            live: if deleted { TOMBSTONE } else { i64::from(category.is_live()) },
            status: ticket.status.as_str(),
            rank: Sort::rank(ticket.priority),
            created_at: to_micros(ticket.created_at),
            updated_at: to_micros(ticket.updated_at),
            due_at: ticket.due_at().map_or(Sort::NOT_DUE, to_micros),
            breach_at: ticket.breach_at().map(to_micros),
            assignee: ticket.assignee.as_ref().map(AgentId::as_str),
            team: ticket.team.as_ref().map(TeamId::as_str),
            category: ticket.category.as_ref().map(CategoryId::as_str),
            requester: ticket.requester.as_ref().map(ContactId::as_str),
            organization: ticket.organization.as_ref().map(OrganizationId::as_str),
            kind: ticket.kind.as_str(),
            channel: ticket.channel.as_str(),
        }
    }

    /// Where it is counted.
    pub(crate) fn place(&self) -> (i64, &'a str, i64) {
        (self.shelf, self.status, self.rank)
    }

    pub(crate) fn is_tombstone(&self) -> bool {
        self.shelf == TOMBSTONE
    }
}

/// The agent that alone wrote in a ticket, or the empty name if nobody did: without any mark she has nothing to read in
/// it. `None` if somebody else did, and for tombstones.
pub(crate) fn alone(ticket: &Ticket) -> Option<String> {
    if ticket.deleted_at.is_some() || ticket.last_by_other.is_some() {
        return None;
    }
    match &ticket.last_message {
        None => Some(String::new()),
        Some(last) => matches!(last.author, Actor::Agent(_)).then(|| last.author.to_string()),
    }
}

/// Where unread messages are told by: newest position and author, newest by somebody else.
pub(crate) fn newest(ticket: &Ticket) -> (i64, Option<String>, i64) {
    let last = ticket.last_message.as_ref();
    let seq = |message: &helpdesk_core::ticket::LastMessage| i64::from(message.seq);
    (last.map_or(0, seq), last.map(|last| last.author.to_string()), ticket.last_by_other.as_ref().map_or(0, seq))
}

/// What tombstones have for a shelf: no list and no count looks there.
pub(crate) const TOMBSTONE: i64 = -1;

/// A status category as it is kept; these numbers stand in files and never change.
pub(crate) fn shelf(category: StatusCategory) -> i64 {
    match category {
        StatusCategory::New => 0,
        StatusCategory::Active => 1,
        StatusCategory::WaitingOnRequester => 2,
        StatusCategory::WaitingOnOther => 3,
        StatusCategory::Resolved => 4,
        StatusCategory::Closed => 5,
        StatusCategory::Spam => 6,
    }
}

/// The rows that a ticket has in one of the tables of values, with the `live` that they carry.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Values {
    pub(crate) live: i64,
    pub(crate) texts: BTreeSet<String>,
}

impl Values {
    pub(crate) fn tags(ticket: &Ticket) -> Self {
        Self::of(ticket, || ticket.tags.iter().map(|tag| tag.as_str().to_owned()).collect())
    }

    pub(crate) fn terms(ticket: &Ticket) -> Self {
        Self::of(ticket, || terms(&ticket.content.subject))
    }

    pub(crate) fn participants(ticket: &Ticket) -> Self {
        let active = |state| state == ParticipantState::Active;
        let parties = || ticket.participants.iter().filter(|p| active(p.state)).map(|p| p.party.to_string());
        Self::of(ticket, || parties().collect())
    }

    fn of(ticket: &Ticket, texts: impl FnOnce() -> BTreeSet<String>) -> Self {
        let live = Indexed::of(ticket).live;
        if live == TOMBSTONE { Self { live, texts: BTreeSet::new() } } else { Self { live, texts: texts() } }
    }
}

/// The key of a reader in the column of authors.
pub(crate) fn reader(agent: &AgentId) -> String {
    Actor::Agent(agent.clone()).to_string()
}

/// A version as it is kept.
pub(crate) fn version(ticket: &Ticket) -> i64 {
    signed(ticket.version.0)
}

/// The references that a write adds, of the ticket and of its messages, each once.
pub(crate) fn added_externals(write: &TicketWrite) -> BTreeSet<ExternalRef> {
    let before = write.before.as_ref().map(|before| &before.external);
    let new = write.after.external.iter().filter(|external| before.is_none_or(|before| !before.contains(*external)));
    new.chain(write.messages.add.iter().flat_map(|message| &message.external)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_category_has_a_shelf_of_its_own() {
        let shelves: BTreeSet<i64> = StatusCategory::ALL.into_iter().map(shelf).collect();
        assert_eq!(shelves.len(), StatusCategory::ALL.len());
        assert!(!shelves.contains(&TOMBSTONE));
    }
}
