//! The arithmetic of one clock in its calendar: when it is due, what its pauses take off, when its levels come.

use super::calendar::Calendar;
use super::clock::{NextLevel, Pause, SlaClock};
use super::level::EscalationLevel;
use super::offset::Offset;
use super::rule::{ClockRule, PausedTime};
use super::seconds::{Seconds, Span};
use super::terms::Terms;
use crate::env::Timestamp;

/// The due time of `budget` open seconds from `start` on. A pause moves it on if it began in time; one that began
/// too late changes nothing any more. `None` if it lies beyond every calendar.
pub(super) fn due(calendar: &Calendar, start: Timestamp, budget: u64, pauses: &[Pause]) -> Option<Timestamp> {
    let mut span = budget;
    let mut due = add(calendar, start, span)?;
    for pause in pauses {
        if pause.from > due {
            break;
        }
        span = span.saturating_add(pause.seconds);
        due = add(calendar, start, span)?;
    }
    Some(due)
}

/// A target in open seconds from `start` on.
pub(super) fn in_seconds(calendar: &Calendar, start: Timestamp, span: Span) -> Seconds {
    match span {
        Span::Time(seconds) => seconds,
        Span::WorkingDays(days) => {
            let end = i32::try_from(days).ok().and_then(|days| calendar.add_business_days(start, days).ok());
            let open = end.and_then(|end| u32::try_from(calendar.elapsed(start, end)).ok());
            Seconds(open.unwrap_or(u32::MAX))
        }
    }
}

/// What a pause takes off.
pub(super) fn taken_off(rule: &ClockRule, calendar: &Calendar, from: Timestamp, to: Timestamp) -> u64 {
    match rule.paused_time {
        PausedTime::Excluded => u64::try_from(calendar.elapsed(from, to)).unwrap_or(0),
        PausedTime::Counted => 0,
    }
}

/// When the row would be due, were it running now.
pub(super) fn due_of(row: &SlaClock, calendar: &Calendar) -> Option<Timestamp> {
    due(calendar, row.started_at, u64::from(row.target.0), &row.pauses)
}

/// When a level of the row comes. Never before the clock's start.
pub(super) fn level_at(row: &SlaClock, level: &EscalationLevel, calendar: &Calendar) -> Option<Timestamp> {
    let days = |days: u32| i32::try_from(days).ok();
    let at = match level.at {
        Offset::Percent(percent) => {
            let budget = (u64::from(row.target.0) * u64::from(percent)).div_ceil(100);
            due(calendar, row.started_at, budget, &row.pauses)
        }
        Offset::Before(span) => {
            let due = due_of(row, calendar)?;
            let at = match span {
                Span::Time(seconds) if seconds.0 == 0 => Some(due),
                Span::Time(seconds) => calendar.sub(due, i64::from(seconds.0)).ok(),
                Span::WorkingDays(count) => days(count).and_then(|count| calendar.add_business_days(due, -count).ok()),
            };
            Some(at.unwrap_or(row.started_at))
        }
        Offset::After(span) => {
            let due = due_of(row, calendar)?;
            match span {
                Span::Time(seconds) if seconds.0 == 0 => Some(due),
                Span::Time(seconds) => calendar.add(due, i64::from(seconds.0)).ok(),
                Span::WorkingDays(count) => days(count).and_then(|count| calendar.add_business_days(due, count).ok()),
            }
        }
    };
    let at = at?.max(row.started_at);
    if level.business_hours { calendar.next_open(at).ok() } else { Some(at) }
}

/// The first level that was not reached yet; of two at once the one that the rule names first.
pub(super) fn next_level(row: &SlaClock, rule: &ClockRule, calendar: &Calendar) -> Option<NextLevel> {
    let open = rule.levels.iter().filter(|level| !row.reached.contains(&level.at));
    let timed = open.filter_map(|level| Some(NextLevel { level: level.at, at: level_at(row, level, calendar)? }));
    timed.min_by_key(|next| next.at)
}

/// The row under other terms, with its pauses measured in their calendar.
pub(super) fn under(row: &SlaClock, terms: Terms<'_>) -> SlaClock {
    let Terms { edition, policy, rule, target, calendar_name, calendar } = terms;
    let pause = |pause: &Pause| Pause { seconds: taken_off(rule, calendar, pause.from, pause.to), ..*pause };
    let mut row = SlaClock {
        policy: policy.name.clone(),
        calendar: calendar_name.clone(),
        edition,
        target: in_seconds(calendar, row.started_at, target.span),
        pauses: row.pauses.iter().map(pause).collect(),
        ..row.clone()
    };
    timed(&mut row, rule, calendar);
    row
}

/// Gives a row that runs its due time and its next level; one that does not has none.
pub(super) fn timed(row: &mut SlaClock, rule: &ClockRule, calendar: &Calendar) {
    let running = row.is_running();
    row.due = due_of(row, calendar).filter(|_| running);
    row.next_level = next_level(row, rule, calendar).filter(|_| running);
}

fn add(calendar: &Calendar, start: Timestamp, seconds: u64) -> Option<Timestamp> {
    calendar.add(start, i64::try_from(seconds).ok()?).ok()
}
