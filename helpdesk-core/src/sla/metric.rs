//! What clocks measure, how they end, and where they stand: words only.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::{Invalid, Labels};

/// What a clock measures. The four run side by side; none hides another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Metric {
    /// From the request to the first public answer of an agent.
    FirstResponse,
    /// From the oldest unanswered message of a requester to the answer; one instance per exchange.
    NextResponse,
    /// From each public message of an agent to the next.
    PeriodicUpdate,
    /// From creation to Resolved.
    Resolution,
}

impl Metric {
    /// Every metric.
    pub const ALL: [Self; 4] = [Self::FirstResponse, Self::NextResponse, Self::PeriodicUpdate, Self::Resolution];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::PeriodicUpdate => "periodic_update",
            Self::Resolution => "resolution",
        }
    }

    /// The name people read.
    pub fn labels(self) -> Labels {
        match self {
            Self::FirstResponse => Labels::new("First response", "Erste Antwort"),
            Self::NextResponse => Labels::new("Next response", "Nächste Antwort"),
            Self::PeriodicUpdate => Labels::new("Periodic update", "Zwischenbescheid"),
            Self::Resolution => Labels::new("Resolution", "Lösung"),
        }
    }
}

impl FromStr for Metric {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let named = Self::ALL.into_iter().find(|metric| metric.as_str() == text);
        named
            .ok_or_else(|| Invalid::malformed("metric", "first_response, next_response, periodic_update or resolution"))
    }
}

/// One run of a clock: `resolution/2` is the second of that metric on its ticket.
///
/// ```
/// use helpdesk_core::sla::{ClockId, Metric};
/// let id: ClockId = "resolution/2".parse().unwrap();
/// assert_eq!(id, ClockId { metric: Metric::Resolution, instance: 2 });
/// assert_eq!(id.to_string(), "resolution/2");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClockId {
    /// What it measures.
    pub metric: Metric,
    /// Which run of it, from 1.
    pub instance: u32,
}

impl fmt::Display for ClockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.metric.as_str(), self.instance)
    }
}

impl FromStr for ClockId {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::malformed("clock", "a metric and a number such as resolution/2");
        let (metric, instance) = text.split_once('/').ok_or_else(malformed)?;
        Ok(Self { metric: metric.parse()?, instance: instance.parse().map_err(|_| malformed())? })
    }
}

impl TryFrom<String> for ClockId {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<ClockId> for String {
    fn from(id: ClockId) -> Self {
        id.to_string()
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

/// Where a clock stands, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockState {
    /// It runs, in time so far.
    Running,
    /// It runs, and a level before its due time has been reached.
    Warning,
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
    /// Every state.
    pub const ALL: [Self; 6] = [Self::Running, Self::Warning, Self::Paused, Self::Met, Self::Breached, Self::Cancelled];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Warning => "warning",
            Self::Paused => "paused",
            Self::Met => "met",
            Self::Breached => "breached",
            Self::Cancelled => "cancelled",
        }
    }

    /// The word people read.
    pub fn labels(self) -> Labels {
        match self {
            Self::Running => Labels::new("running", "läuft"),
            Self::Warning => Labels::new("due soon", "bald fällig"),
            Self::Paused => Labels::new("paused", "pausiert"),
            Self::Met => Labels::new("met", "eingehalten"),
            Self::Breached => Labels::new("breached", "verletzt"),
            Self::Cancelled => Labels::new("cancelled", "entfallen"),
        }
    }
}
