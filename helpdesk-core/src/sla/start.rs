//! When a clock starts, and from when it counts. Reopening goes on from the instance before.

use chrono::SubsecRound;

use super::clock::{Pause, SlaClock};
use super::metric::{Metric, Outcome};
use super::reckon::under;
use super::rule::{ClockRule, Start};
use super::seconds::Seconds;
use super::step::Step;
use super::terms::Terms;
use crate::env::Timestamp;
use crate::ticket::{Ticket, Version};

/// A clock that starts.
pub(super) struct Begin<'a> {
    pub(super) row: SlaClock,
    pub(super) terms: Terms<'a>,
}

/// The next instance of a metric, if what happened starts one. `newest` is the instance before, which has stopped.
pub(super) fn begins<'a>(
    step: &Step<'a>,
    metric: Metric,
    newest: Option<&SlaClock>,
    rows: &[SlaClock],
) -> Option<Begin<'a>> {
    let ticket = step.ticket;
    if !ticket.status_category.is_unsolved() || step.is_off() {
        return None;
    }
    let terms = step.terms(metric)?;
    let start = starts_at(ticket, metric, terms.rule, rows)?;
    let opened = step.before.version == Version::NONE;
    let reopened = !step.before.status_category.is_unsolved();
    let moved = starts_at(step.before, metric, terms.rule, rows) != Some(start);
    if !(opened || reopened || moved || step.rematches()) {
        return None;
    }
    let row = match newest {
        None => fresh(terms, metric, 1, start),
        Some(last) => match (metric, last.outcome) {
            (Metric::Resolution, _) => again(last),
            // Answered after the ticket had ended: nobody waits for a first answer any more.
            (Metric::FirstResponse, _) if ticket.first_responded_at.is_some() => return None,
            (_, Some(Outcome::Cancelled)) if last.started_at == start => again(last),
            (Metric::FirstResponse, _) => return None,
            _ if last.started_at < start || last.stopped_at == Some(start) => {
                fresh(terms, metric, last.instance.saturating_add(1), start)
            }
            _ => return None,
        },
    };
    let row = with_past_pauses(step, terms.rule, row, newest.and_then(|last| last.stopped_at));
    Some(Begin { row: under(&row, terms), terms })
}

/// From when a clock counts, in whole seconds; `None` if there is no reason for it yet.
fn starts_at(ticket: &Ticket, metric: Metric, rule: &ClockRule, rows: &[SlaClock]) -> Option<Timestamp> {
    let by_agent = ticket.submitter.agent().is_some();
    let at = match (metric, rule.start(metric)) {
        // It starts and stops at once.
        (Metric::FirstResponse, _) if opening_answer(ticket, rule).is_some() => opening_answer(ticket, rule),
        // A ticket that an agent wrote down waits for the requester's first words.
        (Metric::FirstResponse, Start::Request) if by_agent => ticket.awaiting_since,
        (Metric::NextResponse, start) => {
            let answered = |row: &SlaClock| {
                row.metric == Metric::FirstResponse && matches!(row.outcome, Some(Outcome::Met | Outcome::Breached))
            };
            let after = start == Start::Message || ticket.first_responded_at.is_some() || rows.iter().any(answered);
            ticket.awaiting_since.filter(|_| after)
        }
        (Metric::PeriodicUpdate, Start::Creation) => ticket.last_reply_at.or(Some(ticket.created_at)),
        (Metric::PeriodicUpdate, _) => ticket.last_reply_at,
        (Metric::FirstResponse | Metric::Resolution, _) => Some(ticket.created_at),
    };
    at.map(|at| at.trunc_subsecs(0))
}

/// When an agent opened the ticket with a public message, if that is an answer under this rule.
pub(super) fn opening_answer(ticket: &Ticket, rule: &ClockRule) -> Option<Timestamp> {
    let opening = ticket.last_reply_at.filter(|at| *at == ticket.created_at);
    opening.filter(|_| rule.opening_answers && ticket.submitter.agent().is_some())
}

fn fresh(terms: Terms<'_>, metric: Metric, instance: u32, started_at: Timestamp) -> SlaClock {
    SlaClock {
        metric,
        instance,
        policy: terms.policy.name.clone(),
        calendar: terms.calendar_name.clone(),
        edition: terms.edition,
        started_at,
        target: Seconds(0),
        due: None,
        paused_at: None,
        pauses: Vec::new(),
        next_level: None,
        reached: Vec::new(),
        breached_at: None,
        stopped_at: None,
        used_seconds: None,
        outcome: None,
    }
}

/// The row with the pauses that the ticket's statuses mean for it, from its start or from where the instance before
/// ended, until now or until what it waits for happened. They are measured when it gets its terms.
fn with_past_pauses(step: &Step<'_>, rule: &ClockRule, row: SlaClock, stopped: Option<Timestamp>) -> SlaClock {
    let (ticket, metric) = (step.ticket, row.metric);
    let from = stopped.map_or(row.started_at, |stopped| stopped.max(row.started_at));
    let answered = ticket.first_responded_at.or_else(|| opening_answer(ticket, rule));
    let answered = answered.filter(|_| metric == Metric::FirstResponse).map(|at| at.trunc_subsecs(0));
    let until = answered.unwrap_or(step.at).min(step.at).max(from);
    let within = |at: Timestamp| at.trunc_subsecs(0).clamp(from, until);
    let mut row = row;
    for (since, stay) in ticket.past_stays() {
        let ended = !stay.category.is_unsolved();
        if ended || rule.pauses_in(metric, &stay.status, stay.category) {
            row.add_pause(Pause { from: within(since), to: within(stay.until), seconds: 0 });
        }
    }
    let pauses = answered.is_none() && rule.pauses_in(metric, &ticket.status, ticket.status_category);
    row.paused_at = pauses.then(|| within(ticket.in_status_since()));
    row
}

/// The instance after `last`: the same start, the pauses, the levels and the breach carried over.
fn again(last: &SlaClock) -> SlaClock {
    SlaClock {
        instance: last.instance.saturating_add(1),
        stopped_at: None,
        used_seconds: None,
        outcome: None,
        target: Seconds(0),
        ..last.clone()
    }
}
