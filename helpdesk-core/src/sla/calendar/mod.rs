//! Business time: which seconds count, and arithmetic with them at a cost that does not grow with the span. Pure: no
//! clock, no ids, nothing stored; clocks and policies build on it.

mod block;
mod compile;
mod days;
mod definition;
mod error;
mod german;
mod holidays;
mod periods;
mod reckon;
mod rules;
mod span;
mod timeline;

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};

pub use definition::{CalendarDefinition, MAX_DATES, MAX_PERIODS};
pub use error::{CalendarError, CalendarProblem, ReckonError};
#[cfg(feature = "german-holidays")]
pub use german::{GermanState, german_holidays};
pub use periods::{Period, PeriodsAfter, PeriodsBefore};

use rules::Rules;
use timeline::{Counted, Timeline};

/// Business hours, checked and ready to reckon with. Cloning is cheap; clones share what is compiled.
///
/// Instants are taken in whole seconds, as of their second; those outside 1970 to 9998 are taken for the nearer end.
/// Spans are physical seconds: a day on which clocks go back has 25 hours. Intervals are half-open: at the closing
/// instant it is closed.
///
/// ```
/// use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
/// let office = Calendar::new(&CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00")).unwrap();
/// let friday = "2026-11-06T15:00:00Z".parse().unwrap(); // 16:00 in Berlin
/// let due = office.add(friday, 8 * 3600).unwrap();
/// assert_eq!(due.to_rfc3339(), "2026-11-09T15:00:00+00:00");
/// assert_eq!(office.elapsed(friday, due), 8 * 3600);
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "CalendarDefinition", into = "CalendarDefinition")]
pub struct Calendar(Arc<Inner>);

struct Inner {
    definition: CalendarDefinition,
    rules: Rules,
    timeline: Timeline,
    /// Made when it is first asked for: most calendars never are.
    working_days: OnceLock<Timeline>,
}

impl Calendar {
    /// Checks a definition and makes a calendar of it. Open time is compiled when it is first asked for.
    ///
    /// # Errors
    /// The first thing that is wrong with the definition, naming the field.
    pub fn new(definition: &CalendarDefinition) -> Result<Self, CalendarError> {
        let (rules, definition) = Rules::read(definition)?;
        let (timeline, working_days) = (Timeline::new(&rules, Counted::Seconds), OnceLock::new());
        Ok(Self(Arc::new(Inner { definition, rules, timeline, working_days })))
    }

    /// No calendar: every second counts, and dates are those of UTC.
    ///
    /// ```
    /// # use helpdesk_core::sla::calendar::Calendar;
    /// let (from, to) = ("2026-10-24T00:00:00Z".parse().unwrap(), "2026-10-26T00:00:00Z".parse().unwrap());
    /// assert_eq!(Calendar::always().elapsed(from, to), 2 * 24 * 3600);
    /// ```
    pub fn always() -> Self {
        match Self::new(&CalendarDefinition::always("UTC")) {
            Ok(calendar) => calendar,
            Err(error) => unreachable!("a week of full days in UTC is a calendar: {error}"),
        }
    }

    /// What it was made of, in its one written form: two calendars are equal if these are.
    pub fn definition(&self) -> &CalendarDefinition {
        &self.0.definition
    }

    /// Whether every second counts.
    pub fn is_always_open(&self) -> bool {
        matches!(self.0.timeline, Timeline::Always)
    }

    /// Bytes that the part compiled so far takes.
    pub fn compiled_bytes(&self) -> usize {
        self.0.timeline.bytes() + self.0.working_days.get().map_or(0, Timeline::bytes)
    }
}

impl fmt::Debug for Calendar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Calendar").field(&self.0.definition).finish()
    }
}

impl PartialEq for Calendar {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0.definition == other.0.definition
    }
}

impl Eq for Calendar {}

impl TryFrom<CalendarDefinition> for Calendar {
    type Error = CalendarError;
    fn try_from(definition: CalendarDefinition) -> Result<Self, CalendarError> {
        Self::new(&definition)
    }
}

impl From<Calendar> for CalendarDefinition {
    fn from(calendar: Calendar) -> Self {
        calendar.0.definition.clone()
    }
}
