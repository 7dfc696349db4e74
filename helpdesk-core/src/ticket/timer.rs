//! The instants at which something is due to happen to a ticket by itself.

use serde::{Deserialize, Serialize};

use super::Ticket;
use crate::env::Timestamp;
use crate::sla::Metric;

/// What fires.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum TimerKey {
    /// A waiting ticket wakes up.
    WakeUp,
    /// A resolved ticket closes.
    AutoClose,
    /// A level of an SLA clock is reached, or its due time is missed.
    Clock(Metric),
}

impl TimerKey {
    /// The name on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::WakeUp => "wake_up",
            Self::AutoClose => "auto_close",
            Self::Clock(Metric::FirstResponse) => "sla_first_response",
            Self::Clock(Metric::NextResponse) => "sla_next_response",
            Self::Clock(Metric::PeriodicUpdate) => "sla_periodic_update",
            Self::Clock(Metric::Resolution) => "sla_resolution",
        }
    }
}

impl std::str::FromStr for TimerKey {
    type Err = crate::text::Invalid;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "wake_up" => Ok(Self::WakeUp),
            "auto_close" => Ok(Self::AutoClose),
            _ => text
                .strip_prefix("sla_")
                .and_then(|metric| metric.parse().ok())
                .map(Self::Clock)
                .ok_or_else(|| crate::text::Invalid::malformed("timer", "the name of a timer")),
        }
    }
}

/// A timer of a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Timer {
    /// When it is due.
    pub at: Timestamp,
    /// What fires.
    pub key: TimerKey,
}

impl Ticket {
    /// The timers that run on this ticket; at most one of each key.
    pub fn timers(&self) -> Vec<Timer> {
        if self.deleted_at.is_some() {
            return Vec::new();
        }
        let wake = self.wake_up.as_ref().map(|wake| Timer { at: wake.at, key: TimerKey::WakeUp });
        let close = self.auto_close_at.map(|at| Timer { at, key: TimerKey::AutoClose });
        let clocks = self
            .sla
            .iter()
            .filter_map(|clock| Some(Timer { at: clock.next_timer()?, key: TimerKey::Clock(clock.metric) }));
        wake.into_iter().chain(close).chain(clocks).collect()
    }

    /// The earliest timer: what the desk's sweep looks for.
    pub fn next_timer(&self) -> Option<Timer> {
        self.timers().into_iter().min()
    }
}
