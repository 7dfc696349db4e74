//! What an event makes of a ticket's clocks. It decides nothing and needs no calendar.

use super::clock::{NextLevel, Pause, SlaClock};
use super::metric::{ClockId, Outcome};
use super::offset::Offset;
use crate::env::Timestamp;
use crate::ticket::Event;

/// Puts an event about a clock into the rows; other events leave them as they are.
pub(crate) fn fold(rows: &mut Vec<SlaClock>, event: &Event) {
    match event {
        Event::ClockStarted(row) => rows.push((**row).clone()),
        Event::ClockRetargeted(row) => at(rows, row.id(), |old| old.clone_from(row)),
        Event::ClockPaused { clock, at: since } => at(rows, *clock, |row| {
            row.paused_at = Some(*since);
            row.due = None;
            row.next_level = None;
        }),
        Event::ClockResumed { clock, at: end, seconds, due, next_level } => at(rows, *clock, |row| {
            row.end_pause(*end, *seconds);
            row.due = *due;
            row.next_level = *next_level;
        }),
        Event::ClockBreached { clock, due } => at(rows, *clock, |row| row.breached_at = Some(*due)),
        Event::ClockStopped { clock, at: end, paused, used, outcome } => at(rows, *clock, |row| {
            row.end_pause(*end, *paused);
            row.stop(*end, *used, *outcome);
        }),
        Event::LevelReached { clock, level, next_level, .. } => at(rows, *clock, |row| row.reach(*level, *next_level)),
        _ => {}
    }
}

fn at(rows: &mut [SlaClock], clock: ClockId, change: impl FnOnce(&mut SlaClock)) {
    if let Some(row) = rows.iter_mut().rev().find(|row| row.id() == clock) {
        change(row);
    }
}

impl SlaClock {
    fn end_pause(&mut self, to: Timestamp, seconds: u64) {
        if let Some(from) = self.paused_at.take() {
            self.add_pause(Pause { from, to, seconds });
        }
    }

    /// Puts a pause behind the others; it goes on with one that it touches.
    pub(super) fn add_pause(&mut self, pause: Pause) {
        if pause.from >= pause.to {
            return;
        }
        match self.pauses.last_mut() {
            Some(last) if last.to == pause.from => {
                last.to = pause.to;
                last.seconds = last.seconds.saturating_add(pause.seconds);
            }
            _ => self.pauses.push(pause),
        }
    }

    fn stop(&mut self, at: Timestamp, used: u64, outcome: Outcome) {
        self.due = None;
        self.next_level = None;
        self.stopped_at = Some(at);
        self.used_seconds = Some(used);
        self.outcome = Some(outcome);
    }

    fn reach(&mut self, level: Offset, next: Option<NextLevel>) {
        self.reached.push(level);
        self.next_level = next;
    }
}
