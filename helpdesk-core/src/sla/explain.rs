//! How a due time came about: policy and why it matched, calendar, start, pauses, used and left, levels. The figures;
//! the words for people are in `story`.

use chrono::SubsecRound;
use serde::Serialize;

use super::clock::{NextLevel, Pause, SlaClock};
use super::levels::ServiceLevels;
use super::metric::{ClockId, ClockState, Outcome};
use super::names::{CalendarName, PolicyName};
use super::offset::Offset;
use super::reckon::taken_off;
use super::seconds::Seconds;
use crate::env::{Timestamp, Zone};
use crate::ticket::Ticket;

/// Why a ticket's clocks stand where they stand at an instant. Serialises as `helpdesk sla explain --json` prints it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The instant.
    pub at: Timestamp,
    /// The policy that the ticket gets as policies stand now.
    pub policy: Option<Matched>,
    /// Every instance of every clock, in the order in which they started.
    pub clocks: Vec<ClockExplanation>,
}

/// A policy, and what of the ticket met its conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Matched {
    /// Which.
    pub name: PolicyName,
    /// Its place among the policies, from 1: those before it did not match.
    pub place: usize,
    /// Each condition and the ticket's value; none for a policy that is for every ticket.
    pub met: Vec<Met>,
}

/// A condition that a ticket meets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Met {
    /// The condition.
    pub condition: &'static str,
    /// The ticket's value.
    pub value: String,
}

/// One instance of a clock. `open - paused = used`, and while it is open `used + left = target`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ClockExplanation {
    /// Which.
    pub clock: ClockId,
    /// Where it stands.
    pub state: ClockState,
    /// The policy it runs under.
    pub policy: PolicyName,
    /// The calendar it runs in.
    pub calendar: CalendarName,
    /// Whether these were edited since; the clock keeps to what they said until the levels are applied anew.
    pub outdated: bool,
    /// The calendar's zone; none if the calendar is not there any more.
    pub zone: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// How much open time it may take.
    pub target_seconds: u32,
    /// Its pauses, the present one up to now.
    pub pauses: Vec<Pause>,
    /// Since when it pauses, if it does.
    pub paused_at: Option<Timestamp>,
    /// Open seconds from the start until now, or until it stopped.
    pub open_seconds: Option<u64>,
    /// Open seconds that the pauses took off.
    pub paused_seconds: u64,
    /// Open seconds used.
    pub used_seconds: Option<u64>,
    /// Open seconds left, negative if it is over; none once it has stopped.
    pub left_seconds: Option<i64>,
    /// When it is due, if it runs.
    pub due: Option<Timestamp>,
    /// The due time that was missed.
    pub missed_at: Option<Timestamp>,
    /// The levels that were reached, in order.
    pub reached: Vec<Offset>,
    /// The level that comes next.
    pub next_level: Option<NextLevel>,
    /// When it stopped.
    pub stopped_at: Option<Timestamp>,
    /// How it ended.
    pub outcome: Option<Outcome>,
}

impl ServiceLevels {
    /// Explains a ticket's clocks at `now`. What has stopped is told as it was measured then; what runs is reckoned in
    /// its calendar.
    pub fn explain(&self, ticket: &Ticket, now: Timestamp) -> Explanation {
        let now = now.trunc_subsecs(0);
        let policy = (1..).zip(&self.policies).find(|(_, policy)| policy.when.meets(ticket)).map(|(place, policy)| {
            let met = policy.when.met_by(ticket).into_iter();
            let met = met.map(|(condition, value)| Met { condition, value }).collect();
            Matched { name: policy.name.clone(), place, met }
        });
        let mut rows: Vec<&SlaClock> = ticket.sla.iter().collect();
        rows.sort_by_key(|row| (row.started_at, row.metric, row.instance));
        Explanation { at: now, policy, clocks: rows.into_iter().map(|row| self.explain_clock(row, now)).collect() }
    }

    fn explain_clock(&self, row: &SlaClock, now: Timestamp) -> ClockExplanation {
        let calendar = self.calendar_of(row);
        let mut pauses = row.pauses.clone();
        if let Some(from) = row.paused_at.filter(|from| *from < now) {
            let seconds = self.rule_of(row).zip(calendar).map(|(rule, calendar)| taken_off(rule, calendar, from, now));
            pauses.push(Pause { from, to: now, seconds: seconds.unwrap_or(0) });
        }
        let paused_seconds = pauses.iter().map(|pause| pause.seconds).fold(0, u64::saturating_add);
        let used_seconds = self.used(row, now);
        ClockExplanation {
            clock: row.id(),
            state: row.state(now),
            policy: row.policy.clone(),
            calendar: row.calendar.clone(),
            outdated: self.is_outdated(row),
            zone: calendar.map(|calendar| calendar.definition().zone.clone()),
            started_at: row.started_at,
            target_seconds: row.target.0,
            pauses,
            paused_at: row.paused_at,
            open_seconds: used_seconds.map(|used| used.saturating_add(paused_seconds)),
            paused_seconds,
            used_seconds,
            left_seconds: self.left(row, now),
            due: row.running_due(),
            missed_at: row.missed_at(now),
            reached: row.reached.clone(),
            next_level: row.next_level,
            stopped_at: row.stopped_at,
            outcome: row.outcome,
        }
    }
}

impl ClockExplanation {
    /// An instant on the wall of the clock's calendar, with its zone: `2026-11-06 16:00:00 Europe/Berlin`.
    pub(super) fn on_the_wall(&self, at: Timestamp) -> String {
        let zone = self.zone.as_deref().and_then(Zone::named).unwrap_or_else(Zone::utc);
        format!("{} {}", zone.local(at).format("%Y-%m-%d %H:%M:%S"), zone.name())
    }
}

/// Seconds as people read them.
pub(super) fn spoken(seconds: u64) -> String {
    Seconds(u32::try_from(seconds).unwrap_or(u32::MAX)).to_string()
}
