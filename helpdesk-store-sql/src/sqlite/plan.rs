//! Which way a list or a count takes to its tickets: an access path, chosen in code from the filter, the scope and the
//! order, and the ranges of an index ("arms") that it comes to. Every arm names its index; none walks the table.
//!
//! What a path visits: `Places` walks in the asked order and stops at the page's end, so it follows the page, not the
//! tenant, as long as conditions beside status, priority and its own time range let most tickets through. The paths
//! of a person, team, category, tag, word or lock follow how many tickets have that one, live ones apart from done.

use std::collections::BTreeSet;

use helpdesk_core::env::to_micros_up;
use helpdesk_core::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId};
use helpdesk_core::query::{Assignee, Position, Scope, Sort, TicketQuery, terms};
use helpdesk_core::ticket::{Priority, StatusCategory, Tag};

use super::index::shelf;

/// A way to the tickets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AccessPath {
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
pub(super) enum Source {
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
pub(super) struct Arm {
    pub(super) source: Source,
    /// Shelf and status; of `Places` only.
    pub(super) place: Option<(i64, String)>,
    pub(super) value: Option<String>,
    pub(super) live: Option<i64>,
    /// Rank and range; if there is one, the arm runs in the order of its index behind the rank.
    pub(super) range: Option<(i64, Window)>,
    /// Requester and organisation whose tickets another arm gives.
    pub(super) except: (Option<String>, Option<String>),
    /// Whether it serves the filter's own condition, not the scope's.
    pub(super) of_filter: bool,
}

/// A place that has tickets: shelf, status, rank.
pub(super) type Place = (i64, String, i64);

/// Both ends are outside of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Window {
    pub(super) low: (i64, Vec<u8>),
    pub(super) high: (i64, Vec<u8>),
}

impl AccessPath {
    pub(super) fn choose(query: &TicketQuery) -> Self {
        let filter = &query.filter;
        if query.scope == Scope::Nothing || (filter.unread && query.reader.is_none()) {
            return Self::Nothing;
        }
        if let Scope::Requester { contact, organization } = &query.scope {
            let organization = organization.as_ref().map(|id| id.as_str().to_owned());
            return Self::Requester { contact: contact.as_str().to_owned(), organization };
        }
        let agent = match &filter.assignee {
            Some(Assignee::Agent(agent)) => Some(agent),
            _ => None,
        };
        // From what few tickets have to what many have.
        let one = None
            .or(filter.requester.as_ref().map(|id| (Source::Requester, ContactId::as_str(id).to_owned())))
            .or(filter.locked.then(|| (Source::Locked, String::new())))
            .or(driving_term(query).map(|term| (Source::Term, term)))
            .or(filter.tags.first().map(|tag| (Source::Tag, Tag::as_str(tag).to_owned())))
            .or(filter.participant.as_ref().map(|party| (Source::Participant, Actor::to_string(party))))
            .or(filter.breached.then(|| (Source::Breach, String::new())))
            .or(filter.organization.as_ref().map(|id| (Source::Organization, OrganizationId::as_str(id).to_owned())))
            .or(agent.map(|id| (Source::Assignee, AgentId::as_str(id).to_owned())))
            .or(filter.category.as_ref().map(|id| (Source::Category, CategoryId::as_str(id).to_owned())))
            .or(filter.team.as_ref().map(|id| (Source::Team, TeamId::as_str(id).to_owned())))
            .or((filter.assignee == Some(Assignee::Nobody)).then(|| (Source::Unassigned, String::new())));
        match one {
            Some((source, value)) => Self::One(source, value),
            None => Self::Places(Self::walk(query)),
        }
    }

    /// The index of a walk: the one in the order asked for, unless a time range of another one is narrower.
    fn walk(query: &TicketQuery) -> Source {
        let (created, updated) = (&query.filter.created, &query.filter.updated);
        let natural = match query.sort {
            Sort::Priority | Sort::Created => Source::Created,
            Sort::Updated => Source::Updated,
            Sort::Due => Source::Due,
        };
        if query.filter.overdue || query.filter.due_before.is_some() {
            Source::Due
        } else if natural != Source::Created && created.from.is_some() && created.to.is_some() {
            Source::Created
        } else if natural != Source::Updated && updated.from.is_some() {
            Source::Updated
        } else if natural == Source::Due && created.from.is_some() {
            Source::Created
        } else {
            natural
        }
    }

    /// The arms of the path. `places` are those that have tickets, needed by `Places` only; `after` is where to go on.
    pub(super) fn arms(&self, query: &TicketQuery, places: &[Place], after: Option<&Position>) -> Vec<Arm> {
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
    pub(super) fn is_ordered(&self, sort: Sort) -> bool {
        self.range.is_some() && self.source.runs_like(sort)
    }
}

impl Source {
    /// Whether the key behind the rank is the one that the order asks for.
    pub(super) fn runs_like(self, sort: Sort) -> bool {
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
    let categories = &query.filter.categories;
    let wanted = |category: &StatusCategory| categories.is_empty() || categories.contains(category);
    let lives: BTreeSet<i64> =
        StatusCategory::ALL.iter().filter(|c| wanted(c)).map(|category| i64::from(category.is_live())).collect();
    let ordered = arm.source.has_order() && matches!(query.sort, Sort::Priority | Sort::Created);
    let mut arms = Vec::new();
    for live in lives.into_iter().rev() {
        let arm = Arm { live: Some(live), ..arm.clone() };
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

/// The word that a search by words is driven by: the longest, which is rarely the most frequent.
pub(super) fn driving_term(query: &TicketQuery) -> Option<String> {
    terms(&query.filter.words).into_iter().max_by_key(String::len)
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
