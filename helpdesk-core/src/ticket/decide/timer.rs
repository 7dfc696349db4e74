//! What a due timer does. One that is not due, or not there any more, does nothing: somebody was faster.

use super::{Draft, status};
use crate::env::Timestamp;
use crate::sla::{self, Metric, SlaClock};
use crate::ticket::workflow::Mover;
use crate::ticket::{Command, Event, FollowUp, PriorityChange, Rejection, StatusCategory, Timer, TimerKey};

pub(super) fn fire(draft: &mut Draft<'_>, timer: Timer) -> Result<(), Rejection> {
    if draft.facts.now < timer.at || !draft.ticket.timers().contains(&timer) {
        return Ok(());
    }
    match timer.key {
        TimerKey::WakeUp => wake_up(draft),
        TimerKey::AutoClose => auto_close(draft)?,
        TimerKey::Clock(metric) => escalate(draft, metric, timer.at),
    }
    Ok(())
}

/// Goes where the wake-up says; if the workflow has changed so that it cannot, the wake-up is dropped, not retried for ever.
fn wake_up(draft: &mut Draft<'_>) {
    // The clocks run again from the time it was set to: finding it late changes nothing.
    draft.clock_at = draft.ticket.wake_up.as_ref().map(|wake| wake.at);
    let target = draft.ticket.wake_up.as_ref().and_then(|wake| draft.facts.settings.workflow.status(&wake.to)).cloned();
    let moved = match target {
        Some(target) => status::go(draft, &target, Mover::WakeUp, None).is_ok() && draft.ticket.wake_up.is_none(),
        None => false,
    };
    if !moved {
        draft.push(Event::WakeUpChanged { wake_up: None });
    }
}

/// Fires what is due on a clock by then, in order. What a level is to do is left to the desk, as commands of the system.
fn escalate(draft: &mut Draft<'_>, metric: Metric, due_at: Timestamp) {
    // As of then: whatever else became due since comes after it.
    let at = due_at.max(draft.ticket.sla.iter().map(SlaClock::last_instant).max().unwrap_or(due_at));
    draft.clock_at = Some(at);
    for due in sla::due_by(&draft.ticket, draft.facts.settings, metric, due_at) {
        if let (Event::LevelReached { clock, level: offset, .. }, Some(level)) = (&due.event, due.level) {
            let raise = level.raise_priority.filter(|priority| *priority > draft.ticket.priority);
            let tags: Vec<String> = level.tags.iter().map(|tag| tag.as_str().to_owned()).collect();
            let commands = [
                raise.map(|priority| Command::SetPriority(PriorityChange::Raise(priority))),
                level.team.clone().map(|team| Command::SetTeam(Some(team))),
                (!tags.is_empty()).then_some(Command::ChangeTags { add: tags, remove: Vec::new() }),
            ];
            let follow_up = |command| FollowUp { clock: *clock, level: *offset, at, command };
            draft.decision().follow_ups.extend(commands.into_iter().flatten().map(follow_up));
        }
        draft.push(due.event);
    }
}

/// Notes what was due on the clocks of a ticket that is taken over from elsewhere. Who worked on it there has seen it
/// come; here nobody is told of the past, and no level does anything about it.
pub(super) fn pass_by(draft: &mut Draft<'_>) {
    let now = draft.facts.now;
    while let Some(Timer { at, key: TimerKey::Clock(metric) }) =
        draft.ticket.timers().into_iter().filter(|due| due.at <= now && matches!(due.key, TimerKey::Clock(_))).min()
    {
        draft.at = draft.at.max(at);
        for mut due in sla::due_by(&draft.ticket, draft.facts.settings, metric, at) {
            if let Event::LevelReached { notify, .. } = &mut due.event {
                notify.clear();
            }
            draft.push(due.event);
        }
    }
}

fn auto_close(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let closed = status::first(draft, StatusCategory::Closed)?.clone();
    if status::go(draft, &closed, Mover::AutoClose, None).is_err() {
        draft.push(Event::AutoCloseChanged { at: None });
    }
    Ok(())
}
