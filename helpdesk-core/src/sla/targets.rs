//! How long things may take, per clock and priority.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Metric;
use crate::ticket::Priority;

/// A span in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

impl Seconds {
    /// So many minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// So many hours.
    pub const fn hours(hours: u32) -> Self {
        Self(hours.saturating_mul(3600))
    }

    /// So many days of 24 hours.
    pub const fn days(days: u32) -> Self {
        Self(days.saturating_mul(86_400))
    }

    /// The span for arithmetic with instants.
    pub fn as_delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::seconds(i64::from(self.0))
    }
}

/// The targets of a tenant, per clock and priority. A clock without one does not run.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SlaTargets {
    /// From creation to the first public answer of an agent.
    pub first_response: BTreeMap<Priority, Seconds>,
    /// From creation to Resolved, without the time that somebody else was to move.
    pub resolution: BTreeMap<Priority, Seconds>,
}

impl SlaTargets {
    /// Targets that a small desk can start with, shorter the higher the priority.
    ///
    /// ```
    /// use helpdesk_core::sla::{Metric, SlaTargets};
    /// use helpdesk_core::ticket::Priority;
    /// let usual = SlaTargets::usual();
    /// let of = |priority| usual.of(Metric::Resolution, priority).unwrap();
    /// assert!(Priority::ALL.windows(2).all(|pair| of(pair[0]) > of(pair[1])));
    /// ```
    pub fn usual() -> Self {
        let hours = |low, medium, high, critical| {
            let spans = [low, medium, high, critical].map(Seconds::hours);
            Priority::ALL.into_iter().zip(spans).collect()
        };
        Self { first_response: hours(24, 8, 4, 1), resolution: hours(14 * 24, 5 * 24, 48, 8) }
    }

    /// Whether no clock has a target.
    pub fn is_empty(&self) -> bool {
        self.first_response.is_empty() && self.resolution.is_empty()
    }

    /// The target of a clock at a priority.
    pub fn of(&self, metric: Metric, priority: Priority) -> Option<Seconds> {
        match metric {
            Metric::FirstResponse => self.first_response.get(&priority).copied(),
            Metric::Resolution => self.resolution.get(&priority).copied(),
        }
    }
}
