//! What a due timer does. One that is not due, or not there any more, does nothing: somebody was faster.

use super::{Draft, status};
use crate::ticket::workflow::Mover;
use crate::ticket::{Event, Rejection, StatusCategory, Timer, TimerKey};

pub(super) fn fire(draft: &mut Draft<'_>, timer: Timer) -> Result<(), Rejection> {
    if draft.facts.now < timer.at || !draft.ticket.timers().contains(&timer) {
        return Ok(());
    }
    match timer.key {
        TimerKey::WakeUp => wake_up(draft),
        TimerKey::AutoClose => auto_close(draft)?,
    }
    Ok(())
}

/// Goes where the wake-up says; if the workflow has changed so that it cannot, the wake-up is dropped, not retried for ever.
fn wake_up(draft: &mut Draft<'_>) {
    let target = draft.ticket.wake_up.as_ref().and_then(|wake| draft.facts.settings.workflow.status(&wake.to)).cloned();
    let moved = match target {
        Some(target) => status::go(draft, &target, Mover::WakeUp, None).is_ok() && draft.ticket.wake_up.is_none(),
        None => false,
    };
    if !moved {
        draft.push(Event::WakeUpChanged { wake_up: None });
    }
}

fn auto_close(draft: &mut Draft<'_>) -> Result<(), Rejection> {
    let closed = status::first(draft, StatusCategory::Closed)?.clone();
    if status::go(draft, &closed, Mover::AutoClose, None).is_err() {
        draft.push(Event::AutoCloseChanged { at: None });
    }
    Ok(())
}
