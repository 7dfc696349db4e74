//! Service levels: calendars, policies, and the clocks of a ticket. Pure; what a decision computes here is recorded in
//! its events and only applied later, so that no fold needs a calendar.

mod advance;
pub mod calendar;
mod check;
mod clock;
mod editions;
mod escalate;
mod explain;
mod fold;
mod level;
mod levels;
mod metric;
mod names;
mod offset;
mod policy;
mod reckon;
mod rule;
mod seconds;
mod standing;
mod start;
mod step;
mod story;
mod terms;

pub use advance::advance;
pub use clock::{NextLevel, Pause, SlaClock};
pub use editions::Editions;
pub(crate) use escalate::due_by;
pub use explain::{ClockExplanation, Explanation, Matched, Met};
pub(crate) use fold::fold;
pub use level::{EscalationLevel, Recipient};
pub use levels::ServiceLevels;
pub use metric::{ClockId, ClockState, Metric, Outcome};
pub use names::{CalendarName, PolicyName};
pub use offset::Offset;
pub use policy::{Conditions, SlaPolicy};
pub use rule::{ClockRule, PausedIn, PausedTime, Start, Target};
pub use seconds::{Seconds, Span};
pub use standing::Standing;
pub use step::Reach;

/// The guide's examples, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/sla.md")]
struct Guide;
