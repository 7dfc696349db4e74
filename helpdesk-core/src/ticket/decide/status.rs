//! Changes of status, by whomever: the one place that asks the workflow.

use std::collections::{BTreeMap, VecDeque};

use chrono::TimeDelta;

use super::Draft;
use crate::env::Timestamp;
use crate::ticket::rejection::IllegalMove;
use crate::ticket::workflow::{Mover, Movers, Special, Status};
use crate::ticket::{Event, Rejection, StatusCategory, StatusChange, StatusKey, WakeUp};

/// An agent, or a rule that acts like one, sets the status.
pub(super) fn set(draft: &mut Draft<'_>, change: &StatusChange) -> Result<(), Rejection> {
    let target = lookup(draft, &change.to)?.clone();
    let wake_up = wake_up(draft, &target, change)?;
    if draft.ticket.status == target.key {
        if wake_up != draft.ticket.wake_up && (change.until.is_some() || change.then.is_some()) {
            draft.push(Event::WakeUpChanged { wake_up });
        }
        return Ok(());
    }
    let mover = match draft.ticket.status_category {
        StatusCategory::Closed if draft.ticket.merged.is_none() && draft.facts.may_reopen_closed => Mover::ReopenClosed,
        _ => Mover::Agent,
    };
    go(draft, &target, mover, wake_up)
}

/// Moves the ticket to `target` if the workflow lets `mover`.
pub(super) fn go(
    draft: &mut Draft<'_>,
    target: &Status,
    mover: Mover,
    wake_up: Option<WakeUp>,
) -> Result<(), Rejection> {
    if draft.ticket.status == target.key {
        return Ok(());
    }
    let movers = draft.facts.settings.workflow.movers(&draft.ticket.status, &target.key);
    if !movers.contains(mover) {
        return Err(illegal(draft, &target.key, movers));
    }
    let auto_close_at = (target.category == StatusCategory::Resolved).then(|| auto_close(draft)).flatten();
    draft.push(Event::StatusChanged {
        from: draft.ticket.status.clone(),
        to: target.key.clone(),
        category: target.category,
        by: mover,
        wake_up,
        auto_close_at,
    });
    Ok(())
}

/// The status of this key.
pub(super) fn lookup<'a>(draft: &Draft<'a>, key: &StatusKey) -> Result<&'a Status, Rejection> {
    draft.facts.settings.workflow.status(key).ok_or_else(|| Rejection::UnknownStatus(key.clone()))
}

/// The first plain status of this category.
pub(super) fn first<'a>(draft: &Draft<'a>, category: StatusCategory) -> Result<&'a Status, Rejection> {
    draft.facts.settings.workflow.first(category).ok_or(Rejection::NoStatusFor(category.as_str()))
}

/// The status of this special sort.
pub(super) fn special<'a>(draft: &Draft<'a>, special: Special, name: &'static str) -> Result<&'a Status, Rejection> {
    draft.facts.settings.workflow.special(special).ok_or(Rejection::NoStatusFor(name))
}

/// Where a waiting or reopened ticket goes on: the Active status it came from, else the first one.
pub(super) fn active_again<'a>(draft: &Draft<'a>) -> Result<&'a Status, Rejection> {
    let resume = draft.ticket.resume_to.as_ref().and_then(|key| draft.facts.settings.workflow.status(key));
    match resume.filter(|status| status.category == StatusCategory::Active) {
        Some(status) => Ok(status),
        None => first(draft, StatusCategory::Active),
    }
}

fn illegal(draft: &Draft<'_>, to: &StatusKey, movers: Movers) -> Rejection {
    let reason = if movers.is_empty() {
        IllegalMove::NoSuchMove
    } else if movers.contains(Mover::ReopenClosed) {
        IllegalMove::NeedsReopenPermission
    } else {
        IllegalMove::OnlyBy(movers)
    };
    Rejection::IllegalTransition { from: draft.ticket.status.clone(), to: to.clone(), reason }
}

/// The wake-up that a change asks for: only where it waits, only ahead, only to where a wake-up may lead.
fn wake_up(draft: &Draft<'_>, target: &Status, change: &StatusChange) -> Result<Option<WakeUp>, Rejection> {
    let Some(at) = change.until else {
        return match change.then {
            Some(_) => Err(crate::text::Invalid::malformed("then", "given together with a time").into()),
            None => Ok(None),
        };
    };
    if !target.category.is_waiting() {
        return Err(crate::text::Invalid::malformed("until", "given only with a waiting status").into());
    }
    let at = crate::env::micros(at);
    if at <= draft.facts.now {
        return Err(Rejection::NotInFuture { at });
    }
    not_too_far(draft, "until", at)?;
    let to = match &change.then {
        Some(key) => lookup(draft, key)?.key.clone(),
        None if draft.ticket.status_category == StatusCategory::Active => draft.ticket.status.clone(),
        None => active_again(draft)?.key.clone(),
    };
    let movers = draft.facts.settings.workflow.movers(&target.key, &to);
    if !movers.contains(Mover::WakeUp) {
        let reason = if movers.is_empty() { IllegalMove::NoSuchMove } else { IllegalMove::OnlyBy(movers) };
        return Err(Rejection::IllegalTransition { from: target.key.clone(), to, reason });
    }
    Ok(Some(WakeUp { at, to }))
}

/// Refuses an instant that lies further ahead than the limits allow.
pub(super) fn not_too_far(draft: &Draft<'_>, field: &'static str, at: Timestamp) -> Result<(), Rejection> {
    let ahead = TimeDelta::days(366 * i64::from(draft.facts.limits.years_ahead));
    match draft.facts.now.checked_add_signed(ahead) {
        Some(horizon) if at > horizon => {
            let expected = "no more years ahead than the limits allow";
            Err(crate::text::Invalid::new(field, crate::text::Problem::OutOfRange { expected }).into())
        }
        _ => Ok(()),
    }
}

fn auto_close(draft: &Draft<'_>) -> Option<Timestamp> {
    let after = draft.facts.settings.auto_close_after?;
    draft.at.checked_add_signed(after.as_delta())
}

/// Takes the ticket to `target` by the fewest moves that an agent may make.
pub(super) fn walk_to(draft: &mut Draft<'_>, target: &Status) -> Result<(), Rejection> {
    let workflow = &draft.facts.settings.workflow;
    let start = draft.ticket.status.clone();
    let mut came_from: BTreeMap<&StatusKey, &StatusKey> = BTreeMap::new();
    let mut work = VecDeque::from([&start]);
    while let Some(from) = work.pop_front() {
        for to in workflow.statuses().iter().map(|status| &status.key) {
            if *to != start && !came_from.contains_key(to) && workflow.movers(from, to).contains(Mover::Agent) {
                came_from.insert(to, from);
                work.push_back(to);
            }
        }
    }
    let mut way = vec![&target.key];
    while let Some(from) = way.last().and_then(|last| came_from.get(*last)) {
        way.push(from);
    }
    for key in way.into_iter().rev().skip_while(|key| **key == start) {
        let status = lookup(draft, key)?.clone();
        go(draft, &status, Mover::Agent, None)?;
    }
    Ok(())
}
