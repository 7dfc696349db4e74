//! Which counts are kept ready, and how a ticket's change moves them. Where they stand is each engine's.

use std::collections::BTreeMap;
use std::fmt;

use helpdesk_core::party::AgentId;
use helpdesk_core::ticket::Ticket;

use super::index::{Indexed, alone};

/// Which tickets a counter counts; its text stands in files and never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Counted<'a> {
    /// All of them.
    All,
    /// Those that nobody works on.
    Unassigned,
    /// Those that this agent works on.
    AssignedTo(&'a str),
    /// Those that only this agent wrote in, by her name as an actor, or nobody, by the empty one: without any mark she
    /// has nothing to read in them.
    WrittenBy(String),
}

/// What the counters of agents' own tickets begin with.
pub(crate) const ASSIGNED: &str = "to:";
/// The first text behind them.
pub(crate) const ASSIGNED_END: &str = "to;";

impl fmt::Display for Counted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Unassigned => f.write_str("none"),
            Self::AssignedTo(agent) => write!(f, "{ASSIGNED}{agent}"),
            Self::WrittenBy(author) => write!(f, "by:{author}"),
        }
    }
}

/// A count that moves: which, of which shelf, status and rank.
pub(crate) type Counter = (String, (i64, String, i64));

/// What moves by how much as a ticket goes from `before` to `after`.
pub(crate) fn steps(before: Option<&Ticket>, after: &Ticket) -> BTreeMap<Counter, i64> {
    let mut steps = BTreeMap::new();
    for (ticket, step) in before.map(|before| (before, -1)).into_iter().chain([(after, 1)]) {
        let (shelf, status, rank) = Indexed::of(ticket).place();
        for counted in counted(ticket) {
            *steps.entry((counted.to_string(), (shelf, status.to_owned(), rank))).or_insert(0) += step;
        }
    }
    steps.retain(|_, step| *step != 0);
    steps
}

/// What a ticket is counted as; a tombstone as nothing.
fn counted(ticket: &Ticket) -> Vec<Counted<'_>> {
    if Indexed::of(ticket).is_tombstone() {
        return Vec::new();
    }
    let worked_on = ticket.assignee.as_ref().map(AgentId::as_str).map_or(Counted::Unassigned, Counted::AssignedTo);
    [Counted::All, worked_on].into_iter().chain(alone(ticket).map(Counted::WrittenBy)).collect()
}
