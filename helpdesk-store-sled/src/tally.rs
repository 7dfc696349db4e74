//! Counts. What can be had from the kept counters is read there; others are counted over the arms of their path.

use std::collections::{BTreeMap, BTreeSet};

use helpdesk_core::party::{Actor, AgentId};
use helpdesk_core::query::{GroupBy, Kept, Sort, Tally};
use helpdesk_core::ticket::{Priority, StatusCategory};

use super::counters::standing;
use super::documents::{mark, marks_key, ticket};
use super::engine::Direction;
use super::error::Fault;
use super::index::{Counted, Place, assigned, counter};
use super::layout::{Parts, shelf};
use super::page::Shelf;
use super::plan::{Path, is_wanted};
use super::view::number;

impl Shelf<'_> {
    /// How many tickets were asked for, by group.
    pub(crate) fn tally(self, by: GroupBy) -> Result<Vec<Tally>, Fault> {
        let mut counts: BTreeMap<String, u64> = BTreeMap::new();
        let mut add = |counted: &Counted| -> Result<(), Fault> {
            for (place, count) in self.kept(counted)? {
                *counts.entry(group(by, &place)).or_default() += count;
            }
            Ok(())
        };
        match self.query.kept(by) {
            Some(Kept::All) => add(&Counted::All)?,
            Some(Kept::Unassigned) => add(&Counted::Assigned(String::new()))?,
            Some(Kept::Agent(agent)) => add(&Counted::Assigned(agent.to_string()))?,
            Some(Kept::ByAssignee) => {
                let all = assigned(self.tenant);
                for pair in self.view.values(&all, &all.range()) {
                    let (key, value) = pair?;
                    let mut parts = Parts::behind(&all, &key)?;
                    let agent = parts.text()?;
                    if is_wanted(self.query, &(parts.byte()?, parts.text()?, parts.int()?)) {
                        *counts.entry(agent).or_default() += number(&value)?;
                    }
                }
            }
            Some(Kept::Unread(agent)) => {
                for (place, count) in self.unread(agent)? {
                    let count = u64::try_from(count).map_err(|_| Fault::Damaged("a count is wrong".to_owned()))?;
                    *counts.entry(group(by, &place)).or_default() += count;
                }
            }
            None => self.walk(by, &mut counts)?,
        }
        counts.retain(|_, count| *count > 0);
        Ok(counts.into_iter().map(|(group, count)| Tally { group, count }).collect())
    }

    /// What a counter counts at the places that were asked for.
    fn kept(self, counted: &Counted) -> Result<Vec<(Place, u64)>, Fault> {
        let mut standing = standing(self.view, &counter(self.tenant, counted))?;
        standing.retain(|(place, _)| is_wanted(self.query, place));
        Ok(standing)
    }

    /// All tickets, less those in which she needs no mark, less those that she has read.
    fn unread(self, agent: &AgentId) -> Result<BTreeMap<Place, i128>, Fault> {
        let reader = Actor::Agent(agent.clone());
        let mut counts: BTreeMap<Place, i128> = BTreeMap::new();
        let hers = [Counted::Written(String::new()), Counted::Written(reader.to_string())];
        for (counted, sign) in [(Counted::All, 1)].into_iter().chain(hers.map(|hers| (hers, -1))) {
            for (place, count) in self.kept(&counted)? {
                *counts.entry(place).or_default() += sign * i128::from(count);
            }
        }
        let marks = marks_key(self.tenant, agent, true);
        for key in self.view.keys(&marks.range(), Direction::Rising) {
            let id = Parts::behind(&marks, &key?)?.ticket()?;
            let Some(ticket) = ticket(self.view, self.tenant, id)? else { continue };
            let mark = mark(self.view, self.tenant, id, Some(agent))?;
            if let Some(place) = super::index::place(&ticket)
                && is_wanted(self.query, &place)
                && ticket.is_unread(&reader, 0)
                && !ticket.is_unread(&reader, mark)
            {
                *counts.entry(place).or_default() -= 1;
            }
        }
        Ok(counts)
    }

    fn walk(self, by: GroupBy, counts: &mut BTreeMap<String, u64>) -> Result<(), Fault> {
        let path = Path::choose(self.query);
        let mut seen = BTreeSet::new();
        for arm in self.arms(&path, None)? {
            for candidate in self.candidates(&arm) {
                let id = candidate?.id;
                if path.repeats() && !seen.insert(id) {
                    continue;
                }
                if let Some(ticket) = self.wanted(id)? {
                    *counts.entry(by.group_of(&ticket)).or_default() += 1;
                }
            }
        }
        Ok(())
    }
}

/// The group of a place, as on the wire.
fn group(by: GroupBy, (on, status, rank): &Place) -> String {
    let text = match by {
        GroupBy::StatusCategory => {
            StatusCategory::ALL.into_iter().find(|category| shelf(*category) == *on).map(StatusCategory::as_str)
        }
        GroupBy::Status => Some(status.as_str()),
        GroupBy::Priority => {
            Priority::ALL.into_iter().find(|priority| Sort::rank(*priority) == *rank).map(Priority::as_str)
        }
        _ => None,
    };
    text.unwrap_or_default().to_owned()
}
