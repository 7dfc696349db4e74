//! Which way a list or a count takes to its tickets: an access path, chosen in code from the filter, the scope and the
//! order, and the ranges of an index ("arms") that it comes to. Every arm names its index; none walks the table.
//!
//! What a path visits: `Places` walks in the asked order and stops at the page's end, so it follows the page, not the
//! tenant, as long as conditions beside status, priority and its own time range let most tickets through. The paths
//! of a person, team, category, tag, word or lock follow how many tickets have that one, live ones apart from done.

use std::collections::BTreeSet;

use helpdesk_core::env::to_micros_up;
use helpdesk_core::party::Actor;
use helpdesk_core::query::{Lead, Position, Sort, TicketQuery, Walk};
use helpdesk_core::ticket::Priority;

use crate::rows::index::shelf;

/// A way to the tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum AccessPath {
    /// Nothing can be found.
    Nothing,
    /// By status and priority, each of them walked in the order of this source.
    Places(Source),
    /// By one value that a ticket has; `Unassigned`, `Locked` and `Breach` have none.
    One(Source, String),
    /// What a requester sees: three ways, without what an earlier one gave.
    Requester { contact: String, organization: Option<String> },
}

/// Where an arm gets its rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    Created,
    Updated,
    Due,
    Assignee,
    Unassigned,
    Team,
    Category,
    Requester,
    Organization,
    Tag,
    Term,
    Participant,
    Locked,
    /// What missed a service level by now.
    Breach,
}

/// A range of an index. What stands in it is narrowed further by the conditions that the source does not ensure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Arm {
    pub(crate) source: Source,
    /// Shelf and status; of `Places` only.
    pub(crate) place: Option<(i64, String)>,
    pub(crate) value: Option<String>,
    pub(crate) live: Option<i64>,
    /// Rank and range; if there is one, the arm runs in the order of its index behind the rank.
    pub(crate) range: Option<(i64, Window)>,
    /// Requester and organisation whose tickets another arm gives.
    pub(crate) except: (Option<String>, Option<String>),
    /// Whether it serves the filter's own condition, not the scope's.
    pub(crate) of_filter: bool,
}

/// A place that has tickets: shelf, status, rank.
pub(crate) type Place = (i64, String, i64);

/// Both ends are outside of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Window {
    pub(crate) low: (i64, Vec<u8>),
    pub(crate) high: (i64, Vec<u8>),
}

impl AccessPath {
    /// The path of what leads the query.
    pub(crate) fn choose(query: &TicketQuery) -> Self {
        let one = |source, value: &str| Self::One(source, value.to_owned());
        match query.lead() {
            Lead::Nothing => Self::Nothing,
            Lead::Sight { contact, organization } => {
                let organization = organization.map(|id| id.as_str().to_owned());
                Self::Requester { contact: contact.as_str().to_owned(), organization }
            }
            Lead::Requester(id) => one(Source::Requester, id.as_str()),
            Lead::Locked => one(Source::Locked, ""),
            Lead::Word(word) => Self::One(Source::Term, word),
            Lead::Tag(tag) => one(Source::Tag, tag.as_str()),
            Lead::Participant(party) => one(Source::Participant, &party.to_string()),
            Lead::Breached => one(Source::Breach, ""),
            Lead::Organization(id) => one(Source::Organization, id.as_str()),
            Lead::Agent(id) => one(Source::Assignee, id.as_str()),
            Lead::Category(id) => one(Source::Category, id.as_str()),
            Lead::Team(id) => one(Source::Team, id.as_str()),
            Lead::Unassigned => one(Source::Unassigned, ""),
            Lead::Walk(Walk::Created) => Self::Places(Source::Created),
            Lead::Walk(Walk::Updated) => Self::Places(Source::Updated),
            Lead::Walk(Walk::Due) => Self::Places(Source::Due),
        }
    }

    /// The arms of the path. `places` are those that have tickets, needed by `Places` only; `after` is where to go on.
    pub(crate) fn arms(&self, query: &TicketQuery, places: &[Place], after: Option<&Position>) -> Vec<Arm> {
        match self {
            Self::Nothing => Vec::new(),
            Self::Places(source) => {
                let wanted = places.iter().filter(|place| is_wanted(query, place));
                let arm = |(shelf, status, rank): &Place| {
                    let window = Window::of(query, *source, *rank, after)?;
                    let place = Some((*shelf, status.clone()));
                    Some(Arm { place, range: Some((*rank, window)), ..Arm::new(*source) })
                };
                wanted.filter_map(arm).collect()
            }
            Self::One(source, value) => one(query, &Arm { value: Some(value.clone()), ..Arm::new(*source) }, after),
            Self::Requester { contact, organization } => {
                let party = helpdesk_core::party::ContactId::new(contact.as_str()).map(Actor::Requester);
                let scope =
                    |source, value: &str| Arm { value: Some(value.to_owned()), of_filter: false, ..Arm::new(source) };
                let own = scope(Source::Requester, contact);
                let theirs = organization.as_ref().map(|organization| Arm {
                    except: (Some(contact.clone()), None),
                    ..scope(Source::Organization, organization)
                });
                let others = party.ok().map(|party| Arm {
                    except: (Some(contact.clone()), organization.clone()),
                    ..scope(Source::Participant, &party.to_string())
                });
                let arms = [Some(own), theirs, others];
                arms.into_iter().flatten().flat_map(|arm| one(query, &arm, after)).collect()
            }
        }
    }
}

impl Arm {
    fn new(source: Source) -> Self {
        Self { source, place: None, value: None, live: None, range: None, except: (None, None), of_filter: true }
    }

    /// Whether its rows come in the order asked for, so that a page stops the walk.
    pub(crate) fn is_ordered(&self, sort: Sort) -> bool {
        self.range.is_some() && self.source.runs_like(sort)
    }
}

impl Source {
    /// Whether the key behind the rank is the one that the order asks for.
    pub(crate) fn runs_like(self, sort: Sort) -> bool {
        match sort {
            Sort::Priority | Sort::Created => !matches!(self, Self::Updated | Self::Due),
            Sort::Updated => self == Self::Updated,
            Sort::Due => self == Self::Due,
        }
    }

    /// Whether its index has rank, creation and id behind the value, so that it can run in their order.
    fn has_order(self) -> bool {
        !matches!(self, Self::Tag | Self::Term | Self::Participant | Self::Locked | Self::Breach)
    }
}

/// The arms of one value: live and done apart, and apart by rank if the order can be had from the index then.
fn one(query: &TicketQuery, arm: &Arm, after: Option<&Position>) -> Vec<Arm> {
    if arm.source == Source::Locked {
        return vec![arm.clone()];
    }
    let ordered = arm.source.has_order() && matches!(query.sort, Sort::Priority | Sort::Created);
    let mut arms = Vec::new();
    for live in query.lives() {
        let arm = Arm { live: Some(i64::from(live)), ..arm.clone() };
        if ordered {
            for rank in ranks(query) {
                let window = Window::of(query, Source::Created, rank, after);
                arms.extend(window.map(|window| Arm { range: Some((rank, window)), ..arm.clone() }));
            }
        } else {
            arms.push(arm);
        }
    }
    arms
}

fn is_wanted(query: &TicketQuery, (on, status, rank): &Place) -> bool {
    let filter = &query.filter;
    (filter.categories.is_empty() || filter.categories.iter().any(|category| shelf(*category) == *on))
        && (filter.statuses.is_empty() || filter.statuses.iter().any(|key| key.as_str() == status))
        && (filter.priorities.is_empty() || filter.priorities.iter().any(|priority| Sort::rank(*priority) == *rank))
}

fn ranks(query: &TicketQuery) -> BTreeSet<i64> {
    let wanted = &query.filter.priorities;
    let all = if wanted.is_empty() { Priority::ALL.as_slice() } else { wanted.as_slice() };
    all.iter().map(|priority| Sort::rank(*priority)).collect()
}

impl Window {
    /// The range of one rank; `None` if nothing of it follows `after`.
    fn of(query: &TicketQuery, source: Source, rank: i64, after: Option<&Position>) -> Option<Self> {
        let (created, updated) = (&query.filter.created, &query.filter.updated);
        let (from, to) = match source {
            Source::Updated => (updated.from.max(created.from), updated.to),
            Source::Due => {
                let (now, before) = (query.filter.overdue.then_some(query.now), query.filter.due_before);
                (None, now.into_iter().chain(before).min())
            }
            _ => (created.from, created.to),
        };
        let from = from.map_or(i64::MIN, to_micros_up);
        let to = to.map_or((i64::MAX, vec![0xff; 17]), |to| (to_micros_up(to), Vec::new()));
        let mut window = Self { low: (from, Vec::new()), high: to };
        if let Some(after) = after.filter(|_| source.runs_like(query.sort)) {
            let id = after.id.0.as_bytes().to_vec();
            match query.sort {
                Sort::Priority if rank < after.major => return None,
                Sort::Priority if rank > after.major => {}
                Sort::Priority => window.low = window.low.max((after.minor, id)),
                Sort::Due => window.low = window.low.max((after.major, id)),
                Sort::Updated | Sort::Created => window.high = window.high.min((after.major, id)),
            }
        }
        Some(window)
    }
}
