//! What a ticket is found by and counted as: pure functions from a ticket to keys. Written with every commit as the
//! difference of two of them, proved by `verify`.

use std::collections::BTreeSet;

use helpdesk_core::env::to_micros;
use helpdesk_core::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId, TenantId};
use helpdesk_core::query::{Sort, terms};
use helpdesk_core::ticket::{LockSlot, ParticipantState, Ticket, TicketId, Timer};

use super::engine::Bytes;
use super::layout::{Key, Source, Space, Table, shelf};

/// Where a ticket stands among others: shelf, status and rank. A tombstone stands nowhere.
pub(crate) type Place = (u8, String, i64);

/// The place of a ticket.
pub(crate) fn place(ticket: &Ticket) -> Option<Place> {
    let there = ticket.deleted_at.is_none();
    there.then(|| (shelf(ticket.status_category), ticket.status.to_string(), Sort::rank(ticket.priority)))
}

/// A place as the beginning of an index, or behind a counter.
pub(crate) fn at_place(key: Key, (shelf, status, rank): &Place) -> Key {
    key.byte(*shelf).text(status).int(*rank)
}

/// A value as the beginning of an index.
pub(crate) fn at_value(tenant: &TenantId, source: Source, value: &str, live: bool) -> Key {
    Key::index(tenant, source).text(value).byte(u8::from(live))
}

/// Whether a ticket counts among the live ones.
pub(crate) fn is_live(ticket: &Ticket) -> bool {
    ticket.deleted_at.is_none() && ticket.status_category.is_live()
}

/// The keys that a ticket is found by, timers included.
pub(crate) fn entries(tenant: &TenantId, ticket: &Ticket) -> BTreeSet<Bytes> {
    let mut keys: BTreeSet<Bytes> =
        ticket.timers().into_iter().map(|timer| timer_key(tenant, ticket.id, timer).into_bytes()).collect();
    let Some(place) = place(ticket) else { return keys };
    let (created, live) = (to_micros(ticket.created_at), is_live(ticket));
    for (source, at) in [
        (Source::Created, created),
        (Source::Updated, to_micros(ticket.updated_at)),
        (Source::Due, ticket.due_at().map_or(Sort::NOT_DUE, to_micros)),
    ] {
        let key = at_place(Key::index(tenant, source), &place).int(at).id(ticket.id.0);
        keys.insert(key.into_bytes());
    }
    for (source, value) in values(ticket) {
        let key = at_value(tenant, source, &value, live).int(place.2).int(created).id(ticket.id.0);
        keys.insert(key.into_bytes());
    }
    if let Some(at) = ticket.breach_at() {
        let key = Key::index(tenant, Source::Breach).byte(u8::from(live)).int(to_micros(at)).id(ticket.id.0);
        keys.insert(key.into_bytes());
    }
    keys
}

/// The values that a ticket is found by. What nobody works on is found by the empty name.
fn values(ticket: &Ticket) -> Vec<(Source, String)> {
    let one = |source, value: Option<&str>| value.map(|value| (source, value.to_owned()));
    let assignee = ticket.assignee.as_ref().map_or("", AgentId::as_str);
    let active = ticket.participants.iter().filter(|party| party.state == ParticipantState::Active);
    let single = [
        one(Source::Assignee, Some(assignee)),
        one(Source::Team, ticket.team.as_ref().map(TeamId::as_str)),
        one(Source::Category, ticket.category.as_ref().map(CategoryId::as_str)),
        one(Source::Requester, ticket.requester.as_ref().map(ContactId::as_str)),
        one(Source::Organization, ticket.organization.as_ref().map(OrganizationId::as_str)),
    ];
    let tags = ticket.tags.iter().map(|tag| (Source::Tag, tag.as_str().to_owned()));
    let words = terms(&ticket.content.subject).into_iter().map(|term| (Source::Term, term));
    let parties = active.map(|participant| (Source::Participant, participant.party.to_string()));
    single.into_iter().flatten().chain(tags).chain(words).chain(parties).collect()
}

/// Where a timer stands.
pub(crate) fn timer_key(tenant: &TenantId, ticket: TicketId, timer: Timer) -> Key {
    let key = Key::bucket_of(Space::Timers, tenant).int(to_micros(timer.at));
    key.text(timer.key.as_str()).text(tenant.as_str()).id(ticket.0)
}

/// Where a lock that may run is found.
pub(crate) fn lock_key(tenant: &TenantId, ticket: TicketId, slot: &LockSlot) -> Option<Bytes> {
    let lease = slot.lease.as_ref()?;
    Some(Key::index(tenant, Source::Locked).int(to_micros(lease.expires_at)).id(ticket.0).into_bytes())
}

/// Which tickets a counter counts; its text stands in stores and never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counted {
    /// All of them.
    All,
    /// Those that this agent works on; those that nobody does, by the empty name.
    Assigned(String),
    /// Those that only this agent wrote in, by her name as an actor, or nobody, by the empty one: without any mark she
    /// has nothing to read in them.
    Written(String),
}

/// What a ticket is counted as; a tombstone as nothing.
pub(crate) fn counted(ticket: &Ticket) -> Vec<Counted> {
    if ticket.deleted_at.is_some() {
        return Vec::new();
    }
    let assignee = ticket.assignee.as_ref().map(ToString::to_string).unwrap_or_default();
    let mut counted = vec![Counted::All, Counted::Assigned(assignee)];
    counted.extend(only_author(ticket).map(Counted::Written));
    counted
}

/// The agent that alone wrote in a ticket, or the empty name if nobody did. `None` if somebody else did.
fn only_author(ticket: &Ticket) -> Option<String> {
    match &ticket.last_message {
        _ if ticket.last_by_other.is_some() => None,
        None => Some(String::new()),
        Some(last) => matches!(last.author, Actor::Agent(_)).then(|| last.author.to_string()),
    }
}

/// Where a counter of all its places begins.
pub(crate) fn counter(tenant: &TenantId, counted: &Counted) -> Key {
    let table = Key::table(tenant, Table::Counter);
    match counted {
        Counted::All => table.text("all"),
        Counted::Assigned(agent) => assigned(tenant).text(agent),
        Counted::Written(author) => table.text("written").text(author),
    }
}

/// Where the counters of all assignees begin.
pub(crate) fn assigned(tenant: &TenantId) -> Key {
    Key::table(tenant, Table::Counter).text("assigned")
}

#[cfg(test)]
mod tests {
    use helpdesk_core::ticket::StatusCategory;

    use super::*;

    #[test]
    fn every_status_category_has_a_shelf_of_its_own() {
        let shelves: BTreeSet<u8> = StatusCategory::ALL.into_iter().map(shelf).collect();
        assert_eq!(shelves.len(), StatusCategory::ALL.len());
    }
}
