//! Which way a list or a count takes to its tickets: an index, chosen in code from the filter, the scope and the order,
//! and the ranges of it ("arms") that it comes to. An arm may have more than was asked for: what a ticket has to be is
//! judged by [`TicketQuery::matches`] alone.
//!
//! What a path visits: `Places` walks in the asked order and stops at the page's end, so it follows the page, not the
//! tenant, as long as conditions beside status, priority and its own time range let most tickets through. The paths of
//! a value follow how many tickets have that one, live ones apart from done.

use std::collections::BTreeSet;
use std::ops::Range;

use helpdesk_core::env::{Timestamp, to_micros, to_micros_up};
use helpdesk_core::party::{Actor, TenantId};
use helpdesk_core::query::{Lead, Position, Sort, TicketQuery, Walk};
use helpdesk_core::ticket::Priority;

use super::engine::{Bytes, Direction};
use super::index::{Place, at_place, at_value};
use super::layout::{Key, Source, shelf};

/// A way to the tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Path {
    /// Nothing can be found.
    Nothing,
    /// By status and priority, each of them walked in the order of this source.
    Places(Source),
    /// By values that a ticket has one of; several may lead to the same ticket.
    Values(Vec<(Source, String)>),
    /// By when a service level was missed.
    Breach,
    /// By a lock that runs.
    Locked,
}

/// A range of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arm {
    pub(crate) range: Range<Bytes>,
    pub(crate) direction: Direction,
    /// Whether it runs in the order asked for, so that a page ends the walk.
    pub(crate) ordered: bool,
    /// Whether the rank stands before the time in its keys.
    pub(crate) ranked: bool,
}

impl Path {
    /// The path of what leads the query.
    pub(crate) fn choose(query: &TicketQuery) -> Self {
        let one = |source, value: &str| Self::Values(vec![(source, value.to_owned())]);
        match query.lead() {
            Lead::Nothing => Self::Nothing,
            Lead::Sight { contact, organization } => {
                let own = (Source::Requester, contact.as_str().to_owned());
                let theirs = organization.map(|id| (Source::Organization, id.as_str().to_owned()));
                let others = (Source::Participant, Actor::Requester(contact.clone()).to_string());
                Self::Values([own].into_iter().chain(theirs).chain([others]).collect())
            }
            Lead::Requester(id) => one(Source::Requester, id.as_str()),
            Lead::Locked => Self::Locked,
            Lead::Word(word) => one(Source::Term, &word),
            Lead::Tag(tag) => one(Source::Tag, tag.as_str()),
            Lead::Participant(party) => one(Source::Participant, &party.to_string()),
            Lead::Breached => Self::Breach,
            Lead::Organization(id) => one(Source::Organization, id.as_str()),
            Lead::Agent(id) => one(Source::Assignee, id.as_str()),
            Lead::Category(id) => one(Source::Category, id.as_str()),
            Lead::Team(id) => one(Source::Team, id.as_str()),
            Lead::Unassigned => one(Source::Assignee, ""),
            Lead::Walk(Walk::Created) => Self::Places(Source::Created),
            Lead::Walk(Walk::Updated) => Self::Places(Source::Updated),
            Lead::Walk(Walk::Due) => Self::Places(Source::Due),
        }
    }

    /// Whether the same ticket may come twice.
    pub(crate) fn repeats(&self) -> bool {
        matches!(self, Self::Values(values) if values.len() > 1)
    }

    /// The arms of the path. `places` are those that have tickets, needed by `Places` only; `after` is where to go on.
    pub(crate) fn arms(
        &self,
        tenant: &TenantId,
        query: &TicketQuery,
        places: &[Place],
        after: Option<&Position>,
    ) -> Vec<Arm> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Places(source) => {
                let wanted = places.iter().filter(|place| is_wanted(query, place));
                let arm = |place: &Place| {
                    window(query, *source, &at_place(Key::index(tenant, *source), place), place.2, after)
                };
                wanted.filter_map(arm).collect()
            }
            Self::Values(values) => {
                let mut arms = Vec::new();
                for (source, value) in values {
                    for live in query.lives() {
                        let prefix = at_value(tenant, *source, value, live);
                        let of_rank = |rank| window(query, *source, &prefix.clone().int(rank), rank, after);
                        arms.extend(ranks(query).into_iter().filter_map(of_rank));
                    }
                }
                arms
            }
            Self::Breach => {
                let prefixes =
                    query.lives().into_iter().map(|live| Key::index(tenant, Source::Breach).byte(u8::from(live)));
                prefixes.map(|prefix| timed(&prefix, None, Some(query.now))).collect()
            }
            Self::Locked => vec![timed(&Key::index(tenant, Source::Locked), Some(query.now), None)],
        }
    }
}

impl Source {
    /// The order that stands behind the rank in its keys.
    fn runs_like(self, sort: Sort) -> bool {
        match sort {
            Sort::Priority | Sort::Created => !matches!(self, Self::Updated | Self::Due),
            Sort::Updated => self == Self::Updated,
            Sort::Due => self == Self::Due,
        }
    }
}

/// The range of one rank; `None` if nothing of it follows `after`.
fn window(query: &TicketQuery, source: Source, prefix: &Key, rank: i64, after: Option<&Position>) -> Option<Arm> {
    let (created, updated) = (&query.filter.created, &query.filter.updated);
    let (from, to) = match source {
        Source::Updated => (updated.from.max(created.from), updated.to),
        Source::Due => {
            let now = query.filter.overdue.then_some(query.now);
            (None, now.into_iter().chain(query.filter.due_before).min())
        }
        _ => (created.from, created.to),
    };
    let mut low =
        from.map_or_else(|| prefix.bytes().to_vec(), |from| prefix.clone().int(to_micros_up(from)).into_bytes());
    let mut high = to.map_or_else(|| prefix.end(), |to| prefix.clone().int(to_micros_up(to)).into_bytes());
    let ordered = source.runs_like(query.sort);
    if let Some(after) = after.filter(|_| ordered) {
        let at = |time: i64| prefix.clone().int(time).id(after.id.0);
        match query.sort {
            Sort::Priority if rank < after.major => return None,
            Sort::Priority if rank > after.major => {}
            Sort::Priority => low = low.max(at(after.minor).next()),
            Sort::Due => low = low.max(at(after.major).next()),
            Sort::Updated | Sort::Created => high = high.min(at(after.major).into_bytes()),
        }
    }
    let direction = if query.sort.is_descending() { Direction::Falling } else { Direction::Rising };
    (low < high).then_some(Arm { range: low..high, direction, ordered, ranked: true })
}

/// What stands between two instants, both included.
fn timed(prefix: &Key, from: Option<Timestamp>, to: Option<Timestamp>) -> Arm {
    let low = from.map_or_else(|| prefix.bytes().to_vec(), |from| prefix.clone().int(to_micros(from)).into_bytes());
    let high = to.map_or_else(|| prefix.end(), |to| prefix.clone().int(to_micros(to)).end());
    Arm { range: low..high, direction: Direction::Rising, ordered: false, ranked: false }
}

fn ranks(query: &TicketQuery) -> BTreeSet<i64> {
    let wanted = &query.filter.priorities;
    let all = if wanted.is_empty() { Priority::ALL.as_slice() } else { wanted.as_slice() };
    all.iter().map(|priority| Sort::rank(*priority)).collect()
}

/// Whether tickets of a place may be asked for.
pub(crate) fn is_wanted(query: &TicketQuery, (on, status, rank): &Place) -> bool {
    let filter = &query.filter;
    (filter.categories.is_empty() || filter.categories.iter().any(|category| shelf(*category) == *on))
        && (filter.statuses.is_empty() || filter.statuses.iter().any(|key| key.as_str() == status))
        && (filter.priorities.is_empty() || filter.priorities.iter().any(|priority| Sort::rank(*priority) == *rank))
}
