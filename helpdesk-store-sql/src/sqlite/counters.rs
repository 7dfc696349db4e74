//! What is kept so that counts need not count: how many tickets stand where, of all, of those that nobody works on, of
//! each agent's, and of those that only one agent wrote in. Written with every commit, proved by `verify`, read in
//! `kept`.

use std::collections::BTreeMap;
use std::fmt;

use helpdesk_core::party::AgentId;
use helpdesk_core::ticket::Ticket;
use serde_json::Value;

use super::error::Fault;
use super::index::{Indexed, alone};
use super::script::Script;

/// Which tickets a counter counts; its text stands in files and never changes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Counted<'a> {
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
pub(super) const ASSIGNED: &str = "to:";
/// The first text behind them.
pub(super) const ASSIGNED_END: &str = "to;";

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

/// Moves a ticket from where it was counted to where it is counted now.
pub(super) async fn moved(script: &mut Script<'_, '_>, before: Option<&Ticket>, after: &Ticket) -> Result<(), Fault> {
    let mut steps = BTreeMap::new();
    for (ticket, step) in before.map(|before| (before, -1)).into_iter().chain([(after, 1)]) {
        let place = Indexed::of(ticket).place();
        for counted in counted(ticket) {
            *steps.entry((counted, place)).or_insert(0) += step;
        }
    }
    let steps = steps.into_iter().filter(|(_, step)| *step != 0);
    let rows: Vec<Value> = steps
        .map(|((counted, (shelf, status, rank)), step)| {
            let mut row = vec![Value::from(counted.to_string()), shelf.into(), status.into()];
            row.extend([Value::from(rank), step.into()]);
            row.into()
        })
        .collect();
    if !rows.is_empty() {
        let sql = script.next().await?;
        let params = [sql.tenant, sql.value(Value::from(rows).to_string())];
        sql.add(
            "INSERT INTO helpdesk_counter SELECT ?, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 \
             FROM json_each(?) WHERE 1 \
             ON CONFLICT (tenant, counted, shelf, status, rank) DO UPDATE SET n = n + excluded.n",
            &params,
        );
    }
    let now = Indexed::of(after).live;
    if before.is_some_and(|before| Indexed::of(before).live != now) {
        let sql = script.next().await?;
        let params = [sql.value(now), sql.tenant, sql.value(after.id.0.as_bytes().as_slice())];
        sql.add("UPDATE helpdesk_mark SET live = ? WHERE tenant = ? AND ticket = ?", &params);
    }
    Ok(())
}

/// What a ticket is counted as; a tombstone as nothing.
fn counted(ticket: &Ticket) -> Vec<Counted<'_>> {
    if Indexed::of(ticket).is_tombstone() {
        return Vec::new();
    }
    let worked_on = ticket.assignee.as_ref().map(AgentId::as_str).map_or(Counted::Unassigned, Counted::AssignedTo);
    [Counted::All, worked_on].into_iter().chain(alone(ticket).map(Counted::WrittenBy)).collect()
}
