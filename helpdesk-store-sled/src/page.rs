//! A page of a list: the arms of its path merged in the order asked for, up to one row more than the page has.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use helpdesk_core::party::TenantId;
use helpdesk_core::query::{PageRequest, Position, Seen, Sort, TicketQuery};
use helpdesk_core::store::{TicketPage, TicketRow};
use helpdesk_core::ticket::{LockSlot, Ticket, TicketId};

use super::counters::places;
use super::documents::{lock, mark, ticket};
use super::error::Fault;
use super::index::Place;
use super::layout::Parts;
use super::merge::Merge;
use super::plan::{Arm, Path};
use super::view::View;

/// A ticket that an arm led to, with what stood in its key.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Candidate {
    pub(crate) id: TicketId,
    rank: i64,
    time: i64,
}

/// A place in an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ranked {
    sort: Sort,
    position: Position,
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        self.sort.compare(&self.position, &other.position)
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// A tenant's tickets as one reader sees them.
#[derive(Clone, Copy)]
pub(crate) struct Shelf<'a> {
    pub(crate) view: View<'a>,
    pub(crate) tenant: &'a TenantId,
    pub(crate) query: &'a TicketQuery,
}

impl<'a> Shelf<'a> {
    /// A page.
    pub(crate) fn page(self, request: &PageRequest) -> Result<TicketPage, Fault> {
        let path = Path::choose(self.query);
        let arms = self.arms(&path, request.after.as_ref())?;
        let most = request.size.get() + 1;
        let found = if arms.iter().all(|arm| arm.ordered) {
            self.merged(&arms, most)?
        } else {
            self.gathered(&arms, request.after.as_ref(), most)?
        };
        let more = found.len() == most;
        let found = found.into_iter().take(request.size.get());
        let rows = found.map(|ticket| self.row(ticket)).collect::<Result<Vec<_>, _>>()?;
        let next = rows.last().filter(|_| more).map(|row| self.query.sort.position(&row.ticket));
        Ok(TicketPage { rows, next })
    }

    /// The arms of a path, over the places that have tickets.
    pub(crate) fn arms(self, path: &Path, after: Option<&Position>) -> Result<Vec<Arm>, Fault> {
        let places: Vec<Place> =
            if matches!(path, Path::Places(_)) { places(self.view, self.tenant)? } else { Vec::new() };
        Ok(path.arms(self.tenant, self.query, &places, after))
    }

    /// What an arm leads to.
    pub(crate) fn candidates(self, arm: &Arm) -> impl Iterator<Item = Result<Candidate, Fault>> + use<'a> {
        let ranked = arm.ranked;
        let tail = if ranked { 8 + 8 + 16 } else { 8 + 16 };
        self.view.keys(&arm.range, arm.direction).map(move |key| {
            let key = key?;
            let mut parts = Parts::tail(&key, tail)?;
            let rank = if ranked { parts.int()? } else { 0 };
            Ok(Candidate { rank, time: parts.int()?, id: parts.ticket()? })
        })
    }

    /// The ticket, if it is one that was asked for.
    pub(crate) fn wanted(self, id: TicketId) -> Result<Option<Ticket>, Fault> {
        let Some(ticket) = ticket(self.view, self.tenant, id)? else {
            return Err(Fault::Damaged(format!("ticket {id} is in an index and not there")));
        };
        let filter = &self.query.filter;
        let lock = if filter.locked { lock(self.view, self.tenant, id)? } else { LockSlot::default() };
        let reader = self.query.reader.as_ref().filter(|_| filter.unread);
        let mark = mark(self.view, self.tenant, id, reader)?;
        let wanted = self.query.matches(Seen { ticket: &ticket, lock: &lock, mark });
        Ok(wanted.then_some(ticket))
    }

    /// The first tickets of arms that run in the order asked for.
    fn merged(self, arms: &[Arm], most: usize) -> Result<Vec<Ticket>, Fault> {
        let sort = self.query.sort;
        let place = |candidate: &Candidate| Ranked { sort, position: candidate.position(sort) };
        let mut found: Vec<Ticket> = Vec::new();
        for candidate in Merge::new(arms.iter().map(|arm| self.candidates(arm)), place) {
            if found.len() == most {
                break;
            }
            let id = candidate?.id;
            // One that several values lead to comes several times in a row.
            if found.last().is_none_or(|last| last.id != id) {
                found.extend(self.wanted(id)?);
            }
        }
        Ok(found)
    }

    /// The first tickets of arms that run otherwise: all are looked at, as many as a page has are kept.
    fn gathered(self, arms: &[Arm], after: Option<&Position>, most: usize) -> Result<Vec<Ticket>, Fault> {
        let sort = self.query.sort;
        let mut found: BTreeMap<Ranked, Ticket> = BTreeMap::new();
        for arm in arms {
            for candidate in self.candidates(arm) {
                let Some(ticket) = self.wanted(candidate?.id)? else { continue };
                let position = sort.position(&ticket);
                if after.is_none_or(|after| sort.compare(&position, after) == Ordering::Greater) {
                    found.insert(Ranked { sort, position }, ticket);
                    if found.len() > most {
                        found.pop_last();
                    }
                }
            }
        }
        Ok(found.into_values().collect())
    }

    fn row(self, ticket: Ticket) -> Result<TicketRow, Fault> {
        let lock = lock(self.view, self.tenant, ticket.id)?;
        let mark = mark(self.view, self.tenant, ticket.id, self.query.reader.as_ref())?;
        Ok(TicketRow { ticket, lock, mark })
    }
}

impl Candidate {
    /// Where it stands in the order that its arm runs in.
    fn position(&self, sort: Sort) -> Position {
        match sort {
            Sort::Priority => Position { major: self.rank, minor: self.time, id: self.id },
            Sort::Updated | Sort::Due | Sort::Created => Position { major: self.time, minor: 0, id: self.id },
        }
    }
}
