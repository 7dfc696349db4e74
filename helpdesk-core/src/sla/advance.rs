//! How the clocks follow what happened to a ticket. Computed in a decision, recorded in its events.

use chrono::SubsecRound;

use super::{Metric, Outcome, Seconds, SlaClock, SlaTargets};
use crate::env::Timestamp;
use crate::ticket::{StatusCategory, Ticket};

/// The rows that change because of what the ticket is at `at`.
pub fn advance(ticket: &Ticket, targets: &SlaTargets, at: Timestamp) -> Vec<SlaClock> {
    let at = at.trunc_subsecs(0);
    let rows = Metric::ALL.into_iter().filter_map(|metric| {
        let newest = ticket.sla.iter().rev().find(|row| row.metric == metric);
        let target = targets.of(metric, ticket.priority);
        let next = match newest {
            Some(row) if row.is_open() => Some(follow(row, ticket, target, at)),
            Some(row) => restart(row, ticket, target, at),
            None => start(metric, ticket, target),
        };
        next.filter(|next| newest != Some(next))
    });
    rows.collect()
}

fn start(metric: Metric, ticket: &Ticket, target: Option<Seconds>) -> Option<SlaClock> {
    let target = target?;
    let started_at = match metric {
        // A ticket that an agent wrote down waits for the requester's first word.
        Metric::FirstResponse if ticket.first_responded_at.is_some() => return None,
        Metric::FirstResponse if ticket.submitter.agent().is_some() => ticket.awaiting_since?,
        Metric::FirstResponse | Metric::Resolution => ticket.created_at,
    };
    ticket.status_category.is_unsolved().then(|| {
        let started_at = started_at.trunc_subsecs(0);
        let row = SlaClock {
            metric,
            instance: 1,
            started_at,
            target,
            due: None,
            paused_at: None,
            paused_seconds: 0,
            stopped_at: None,
            used_seconds: None,
            outcome: None,
            breached_before: false,
        };
        paused_or_running(row, ticket, started_at)
    })
}

/// Reopening begins the next instance, with the same start and the span in between as a pause: of the resolution clock
/// always, of the response clock if it was cancelled and still nobody has answered (it was no spam after all).
fn restart(row: &SlaClock, ticket: &Ticket, target: Option<Seconds>, at: Timestamp) -> Option<SlaClock> {
    let unanswered = row.outcome == Some(Outcome::Cancelled) && ticket.first_responded_at.is_none();
    if !ticket.status_category.is_unsolved() || (row.metric == Metric::FirstResponse && !unanswered) {
        return None;
    }
    let stopped_at = row.stopped_at?;
    let next = SlaClock {
        instance: row.instance.saturating_add(1),
        target: target?,
        paused_seconds: row.paused_seconds.saturating_add(seconds(stopped_at, at)),
        stopped_at: None,
        used_seconds: None,
        outcome: None,
        breached_before: row.breached_before || row.outcome == Some(Outcome::Breached),
        ..row.clone()
    };
    Some(paused_or_running(next, ticket, at))
}

fn follow(row: &SlaClock, ticket: &Ticket, target: Option<Seconds>, at: Timestamp) -> SlaClock {
    let answered = (row.metric == Metric::FirstResponse).then_some(ticket.first_responded_at).flatten();
    if let Some(answered) = answered {
        return stop(row, answered.trunc_subsecs(0), None);
    }
    match (ticket.status_category, row.metric, target) {
        (StatusCategory::Resolved, Metric::Resolution, _) => stop(row, at, None),
        (category, _, Some(target)) if category.is_unsolved() => {
            paused_or_running(SlaClock { target, ..row.clone() }, ticket, at)
        }
        _ => stop(row, at, Some(Outcome::Cancelled)),
    }
}

fn stop(row: &SlaClock, at: Timestamp, outcome: Option<Outcome>) -> SlaClock {
    let row = unpaused(row.clone(), at);
    let used = row.used_at(at);
    let in_time = if used <= u64::from(row.target.0) { Outcome::Met } else { Outcome::Breached };
    SlaClock {
        due: None,
        stopped_at: Some(at),
        used_seconds: Some(used),
        outcome: Some(outcome.unwrap_or(in_time)),
        ..row
    }
}

/// The resolution clock pauses while the ticket waits; the response clock never does.
fn paused_or_running(row: SlaClock, ticket: &Ticket, at: Timestamp) -> SlaClock {
    if row.metric == Metric::Resolution && ticket.status_category.is_waiting() {
        return SlaClock { due: None, paused_at: row.paused_at.or(Some(at)), ..row };
    }
    let row = unpaused(row, at);
    let span = row.paused_seconds.saturating_add(u64::from(row.target.0));
    let delta =
        chrono::TimeDelta::try_seconds(i64::try_from(span).unwrap_or(i64::MAX)).unwrap_or(chrono::TimeDelta::MAX);
    SlaClock { due: row.started_at.checked_add_signed(delta), ..row }
}

fn unpaused(mut row: SlaClock, at: Timestamp) -> SlaClock {
    if let Some(since) = row.paused_at.take() {
        row.paused_seconds = row.paused_seconds.saturating_add(seconds(since, at));
    }
    row
}

fn seconds(from: Timestamp, to: Timestamp) -> u64 {
    u64::try_from((to - from).num_seconds()).unwrap_or(0)
}
