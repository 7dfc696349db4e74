//! When a clock starts, and from when it counts. Reopening goes on from the instance before.

use chrono::SubsecRound;

use super::clock::{Pause, SlaClock};
use super::metric::{Metric, Outcome};
use super::reckon::{taken_off, under};
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
            (Metric::Resolution, _) => again(step, terms, last),
            // Answered after the ticket had ended: nobody waits for a first answer any more.
            (Metric::FirstResponse, _) if ticket.first_responded_at.is_some() => return None,
            (_, Some(Outcome::Cancelled)) if last.started_at == start => again(step, terms, last),
            (Metric::FirstResponse, _) => return None,
            _ if last.started_at < start || last.stopped_at == Some(start) => {
                fresh(terms, metric, last.instance.saturating_add(1), start)
            }
            _ => return None,
        },
    };
    let row = if reopened && row.pauses.is_empty() { after_the_end(step, terms, row) } else { row };
    let pauses = terms.rule.pauses_in(metric, &ticket.status, ticket.status_category);
    // Since when it has been waiting, the ticket does not say; it showed no change since `public_at`.
    let since = ticket.public_at.trunc_subsecs(0).clamp(row.started_at, step.at.max(row.started_at));
    let since = row.pauses.last().map_or(since, |pause| since.max(pause.to));
    let row = SlaClock { paused_at: pauses.then_some(since), ..row };
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

/// A clock that starts with reopening, from before: the time since the ticket had ended is a pause.
fn after_the_end(step: &Step<'_>, terms: Terms<'_>, row: SlaClock) -> SlaClock {
    let ended = step.before.closed_at.or(step.before.resolved_at).unwrap_or(step.before.public_at);
    let (from, to) = (ended.trunc_subsecs(0).max(row.started_at), step.at);
    if step.before.version == Version::NONE || from >= to {
        return row;
    }
    let seconds = taken_off(terms.rule, terms.calendar, from, to);
    SlaClock { pauses: vec![Pause { from, to, seconds }], ..row }
}

/// The instance after `last`: the same start, the pauses, the levels and the breach carried over. The time in between
/// is a pause, unless the ticket was to be worked on all along and only had no policy.
fn again(step: &Step<'_>, terms: Terms<'_>, last: &SlaClock) -> SlaClock {
    let ended = last.outcome != Some(Outcome::Cancelled) || !step.before.status_category.is_unsolved();
    let mut pauses = last.pauses.clone();
    if let Some(from) = last.stopped_at.filter(|from| ended && *from < step.at) {
        let seconds = taken_off(terms.rule, terms.calendar, from, step.at);
        match pauses.last_mut() {
            Some(pause) if pause.to == from => {
                pause.to = step.at;
                pause.seconds = pause.seconds.saturating_add(seconds);
            }
            _ => pauses.push(Pause { from, to: step.at, seconds }),
        }
    }
    SlaClock {
        instance: last.instance.saturating_add(1),
        pauses,
        stopped_at: None,
        used_seconds: None,
        outcome: None,
        target: Seconds(0),
        ..last.clone()
    }
}
