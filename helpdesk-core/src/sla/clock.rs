//! One clock instance: a row of the ticket, recorded by events, never taken away.

use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::metric::{ClockId, ClockState, Metric, Outcome};
use super::names::{CalendarName, PolicyName};
use super::offset::Offset;
use super::seconds::Seconds;
use crate::env::Timestamp;

/// One instance of a clock. Instants are whole seconds. It knows everything about itself but how long business time
/// is: what stands in it can be read without a calendar.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaClock {
    /// What it measures.
    pub metric: Metric,
    /// Which run of it, from 1.
    pub instance: u32,
    /// The policy it runs under.
    pub policy: PolicyName,
    /// The calendar it runs in.
    #[serde(default, skip_serializing_if = "CalendarName::is_always")]
    pub calendar: CalendarName,
    /// Which edition of the levels both stand in.
    #[serde(default, skip_serializing_if = "is_first")]
    pub edition: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// How much open time it may take.
    pub target: Seconds,
    /// When it is due; none while it pauses and after it has stopped. Kept to this second is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Since when it pauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    /// Its pauses that are over, in order; none touches the next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// The level that comes next, while it runs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_level: Option<NextLevel>,
    /// The levels that were reached, in order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reached: Vec<Offset>,
    /// The due time that it, or the instance that it goes on from, missed. Nothing takes that back, and reopening does
    /// not make it good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breached_at: Option<Timestamp>,
    /// When it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
    /// Open seconds used when it stopped, its pauses not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_seconds: Option<u64>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
}

/// A span that did not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// From this instant on.
    pub from: Timestamp,
    /// Before this one.
    pub to: Timestamp,
    /// How much open time it took off.
    pub seconds: u64,
}

/// A level that is yet to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextLevel {
    /// Which.
    pub level: Offset,
    /// When.
    pub at: Timestamp,
}

impl SlaClock {
    /// Which run of which clock it is.
    pub fn id(&self) -> ClockId {
        ClockId { metric: self.metric, instance: self.instance }
    }

    /// Whether it has not stopped.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// Whether it has neither stopped nor pauses.
    pub fn is_running(&self) -> bool {
        self.is_open() && self.paused_at.is_none()
    }

    /// When it is due, if it runs.
    pub fn running_due(&self) -> Option<Timestamp> {
        if self.is_open() { self.due } else { None }
    }

    /// Open seconds that its pauses took off.
    pub fn paused_seconds(&self) -> u64 {
        self.pauses.iter().map(|pause| pause.seconds).fold(0, u64::saturating_add)
    }

    /// Seconds on the wall from start to stop, pauses included. `None` while it is open.
    pub fn wall_seconds(&self) -> Option<u64> {
        Some(u64::try_from((self.stopped_at? - self.started_at).num_seconds()).unwrap_or(0))
    }

    /// The due time that was missed at `now`, found out or not.
    pub fn missed_at(&self, now: Timestamp) -> Option<Timestamp> {
        let second = chrono::SubsecRound::trunc_subsecs(now, 0);
        self.breached_at.or_else(|| self.running_due().filter(|due| *due < second))
    }

    /// Whether it is or was too late at `now`, found out or not.
    pub fn is_breached(&self, now: Timestamp) -> bool {
        self.missed_at(now).is_some()
    }

    /// Where it stands at `now`.
    pub fn state(&self, now: Timestamp) -> ClockState {
        let late = self.is_breached(now);
        match self.outcome {
            Some(Outcome::Cancelled) if !late => ClockState::Cancelled,
            Some(Outcome::Met) if !late => ClockState::Met,
            None if !late && self.paused_at.is_some() => ClockState::Paused,
            None if !late && self.reached.iter().any(|level| level.is_warning()) => ClockState::Warning,
            None if !late => ClockState::Running,
            _ => ClockState::Breached,
        }
    }

    /// The last instant that it knows of its own past.
    pub(crate) fn last_instant(&self) -> Timestamp {
        let paused = self.paused_at.or(self.pauses.last().map(|pause| pause.to));
        self.stopped_at.or(paused).unwrap_or(self.started_at)
    }

    /// When something is to be done about it by itself: a level is reached, or it becomes too late.
    pub fn next_timer(&self) -> Option<Timestamp> {
        let late = self.running_due().filter(|_| self.breached_at.is_none()).and_then(a_second_after);
        let level = self.next_level.filter(|_| self.is_running()).map(|next| next.at);
        late.into_iter().chain(level).min()
    }

    /// Open seconds used at `now`, by its calendar.
    pub(super) fn used_by(&self, calendar: &Calendar, now: Timestamp) -> u64 {
        let end = self.paused_at.unwrap_or(now);
        let open = u64::try_from(calendar.elapsed(self.started_at, end)).unwrap_or(0);
        open.saturating_sub(self.paused_seconds())
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_first(edition: &u32) -> bool {
    *edition == 0
}

/// The first second that is too late for what is due at `due`.
pub(super) fn a_second_after(due: Timestamp) -> Option<Timestamp> {
    due.checked_add_signed(chrono::TimeDelta::seconds(1))
}
