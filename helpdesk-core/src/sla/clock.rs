//! One clock instance: a row of the ticket, recorded by events, never taken away.

use serde::{Deserialize, Serialize};

use super::Seconds;
use crate::env::Timestamp;

/// What a clock measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metric {
    /// From the request to the first public answer of an agent.
    FirstResponse,
    /// From creation to Resolved.
    Resolution,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 2] = [Self::FirstResponse, Self::Resolution];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::Resolution => "resolution",
        }
    }
}

/// How a clock ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// In time.
    Met,
    /// Too late.
    Breached,
    /// Without either.
    Cancelled,
}

/// One instance of a clock. Instants are whole seconds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SlaClock {
    /// What it measures.
    pub metric: Metric,
    /// Which run of it, from 1.
    pub instance: u32,
    /// When it began.
    pub started_at: Timestamp,
    /// How long it may take.
    pub target: Seconds,
    /// When it is due; none while it pauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Timestamp>,
    /// Since when it pauses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_at: Option<Timestamp>,
    /// Seconds it has paused so far, the present pause not counted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub paused_seconds: u64,
    /// When it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_at: Option<Timestamp>,
    /// Seconds used when it stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub used_seconds: Option<u64>,
    /// How it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<Outcome>,
    /// Whether an earlier instance was late; reopening does not make that good.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub breached_before: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(seconds: &u64) -> bool {
    *seconds == 0
}

/// Where a clock stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClockState {
    /// It runs, in time so far.
    Running,
    /// It pauses.
    Paused,
    /// It ended in time.
    Met,
    /// It is or was too late.
    Breached,
    /// It ended without either.
    Cancelled,
}

impl ClockState {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Met => "met",
            Self::Breached => "breached",
            Self::Cancelled => "cancelled",
        }
    }
}

impl SlaClock {
    /// Whether both are the same instance of the same clock.
    pub fn is_instance_of(&self, other: &Self) -> bool {
        (self.metric, self.instance) == (other.metric, other.instance)
    }

    /// Whether it has not stopped.
    pub fn is_open(&self) -> bool {
        self.outcome.is_none()
    }

    /// When it is due, if it runs.
    pub fn running_due(&self) -> Option<Timestamp> {
        if self.is_open() { self.due } else { None }
    }

    /// Seconds used at `now`, or when it stopped.
    pub fn used_at(&self, now: Timestamp) -> u64 {
        let end = self.paused_at.unwrap_or(now).max(self.started_at);
        let span = u64::try_from((end - self.started_at).num_seconds()).unwrap_or(0);
        self.used_seconds.unwrap_or_else(|| span.saturating_sub(self.paused_seconds))
    }

    /// Whether it is or was too late at `now`, discovered or not.
    pub fn is_breached(&self, now: Timestamp) -> bool {
        match self.outcome {
            Some(outcome) => outcome == Outcome::Breached || self.breached_before,
            None => self.breached_before || self.used_at(now) > u64::from(self.target.0),
        }
    }

    /// Where it stands at `now`.
    pub fn state(&self, now: Timestamp) -> ClockState {
        match self.outcome {
            Some(Outcome::Met) if self.breached_before => ClockState::Breached,
            Some(Outcome::Met) => ClockState::Met,
            Some(Outcome::Breached) => ClockState::Breached,
            Some(Outcome::Cancelled) => ClockState::Cancelled,
            None if self.is_breached(now) => ClockState::Breached,
            None if self.paused_at.is_some() => ClockState::Paused,
            None => ClockState::Running,
        }
    }
}
