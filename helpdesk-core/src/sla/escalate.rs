//! Escalation: the levels of a clock that are due, in order, and the due time that was missed among them.

use super::clock::{SlaClock, a_second_after};
use super::fold::fold;
use super::level::EscalationLevel;
use super::metric::Metric;
use super::reckon::next_level;
use crate::env::Timestamp;
use crate::settings::Settings;
use crate::ticket::{Event, Ticket};

/// Something that became due on a clock.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Due<'a> {
    /// What happens.
    pub(crate) event: Event,
    /// The level that was reached, as the clock's policy has it; none for a missed due time.
    pub(crate) level: Option<&'a EscalationLevel>,
}

/// What is due on the running clock of a metric by `then`, in the order in which it became due. Asked for one instant
/// at a time, since what a level does may move everything behind it.
pub(crate) fn due_by<'a>(ticket: &Ticket, settings: &'a Settings, metric: Metric, then: Timestamp) -> Vec<Due<'a>> {
    let mut rows = ticket.sla.clone();
    let mut found = Vec::new();
    while let Some(due) = rows.iter().rev().find(|row| row.metric == metric).and_then(|row| next(row, settings, then)) {
        fold(&mut rows, &due.event);
        found.push(due);
    }
    found
}

fn next<'a>(row: &SlaClock, settings: &'a Settings, then: Timestamp) -> Option<Due<'a>> {
    row.next_timer().filter(|at| *at <= then)?;
    let late = row.running_due().filter(|_| row.breached_at.is_none());
    let late_from = late.and_then(a_second_after);
    if let Some(reached) = row.next_level.filter(|next| late_from.is_none_or(|late| next.at < late)) {
        let rule = settings.sla.rule_of(row);
        let level = rule.and_then(|rule| rule.levels.iter().find(|level| level.at == reached.level));
        let calendar = settings.sla.calendar_of(row);
        let mut after = row.clone();
        after.reached.push(reached.level);
        let event = Event::LevelReached {
            clock: row.id(),
            level: reached.level,
            due: reached.at,
            notify: level.map(|level| level.notify.clone()).unwrap_or_default(),
            next_level: rule.zip(calendar).and_then(|(rule, calendar)| next_level(&after, rule, calendar)),
        };
        return Some(Due { event, level });
    }
    let event = Event::ClockBreached { clock: row.id(), due: late? };
    Some(Due { event, level: None })
}
