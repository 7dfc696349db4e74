//! Service levels in their simple form: two clocks in wall time, paused while somebody else is to move.
//! Calendars, policies and escalation levels build on these rows.

mod advance;
pub mod calendar;
mod clock;
mod targets;

pub use advance::advance;
pub use clock::{ClockState, Metric, Outcome, SlaClock};
pub use targets::{Seconds, SlaTargets};

/// The guide's examples, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/sla.md")]
struct Guide;
