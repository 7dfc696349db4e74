//! What is wrong with a calendar's definition, naming the field, and what keeps a computation from an answer.

use crate::text::{Invalid, Problem};

/// A definition that is refused.
///
/// ```
/// use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition, CalendarProblem};
/// let refused = Calendar::new(&CalendarDefinition::new("Europe/Berlin").open("mon", ["17:00-09:00"])).unwrap_err();
/// assert_eq!((refused.field.as_str(), refused.problem), ("weekly.mon[0]", CalendarProblem::Reversed));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct CalendarError {
    /// The field, as in the definition: `zone`, `weekly.mon[1]`, `holidays[0]`, `overrides.2026-12-24[0]`.
    pub field: String,
    /// What is wrong with it.
    pub problem: CalendarProblem,
}

impl CalendarError {
    pub(super) fn new(field: impl Into<String>, problem: CalendarProblem) -> Self {
        Self { field: field.into(), problem }
    }
}

/// The kinds of wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalendarProblem {
    /// Not a zone of the IANA database.
    #[error("is no IANA time zone such as Europe/Berlin")]
    UnknownZone,
    /// Not one of `mon` to `sun`.
    #[error("is no day: mon, tue, wed, thu, fri, sat or sun")]
    UnknownDay,
    /// Not a period.
    #[error("must be a period such as 09:00-17:00 or 23:00-07:00+1")]
    MalformedPeriod,
    /// A time that no day has.
    #[error("goes beyond 24:00")]
    BeyondMidnight,
    /// Opens and closes at the same time.
    #[error("has no length")]
    ZeroLength,
    /// Closes before it opens.
    #[error("ends before it begins; a period over midnight is written 23:00-07:00+1")]
    Reversed,
    /// A period over midnight that is longer than a day.
    #[error("is longer than 24 hours")]
    TooLong,
    /// Has time in common with another period.
    #[error("overlaps another period")]
    Overlap,
    /// Not a date or month-day that exists.
    #[error("must be a date such as 2026-12-24, a month and day such as 12-25, or a range 2026-12-24..2026-12-31")]
    MalformedDate,
    /// The last date of a range is before its first.
    #[error("ends before it begins")]
    ReversedRange,
    /// Never open.
    #[error("has no open time at all")]
    NoOpenTime,
    /// More than `max` entries.
    #[error("has more than {max} entries")]
    TooMany {
        /// The limit.
        max: usize,
    },
}

impl From<CalendarError> for Invalid {
    fn from(error: CalendarError) -> Self {
        let problem = match error.problem {
            CalendarProblem::UnknownZone => Problem::Malformed { expected: "an IANA time zone such as Europe/Berlin" },
            CalendarProblem::UnknownDay => Problem::Malformed { expected: "mon, tue, wed, thu, fri, sat or sun" },
            CalendarProblem::MalformedPeriod => Problem::Malformed { expected: "a period such as 09:00-17:00" },
            CalendarProblem::BeyondMidnight => Problem::OutOfRange { expected: "at most 24:00" },
            CalendarProblem::ZeroLength => Problem::OutOfRange { expected: "a period with a length" },
            CalendarProblem::Reversed => {
                Problem::OutOfRange { expected: "an end after the beginning; over midnight as 23:00-07:00+1" }
            }
            CalendarProblem::TooLong => Problem::OutOfRange { expected: "at most 24 hours" },
            CalendarProblem::Overlap => Problem::OutOfRange { expected: "periods that do not overlap" },
            CalendarProblem::MalformedDate => {
                Problem::Malformed { expected: "2026-12-24, 12-25 or 2026-12-24..2026-12-31" }
            }
            CalendarProblem::ReversedRange => Problem::OutOfRange { expected: "a last date after the first" },
            CalendarProblem::NoOpenTime => Problem::Empty,
            CalendarProblem::TooMany { max } => Problem::TooMany { max },
        };
        Self::new(error.field, problem)
    }
}

/// Why a computation has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReckonError {
    /// An amount below zero; going back has operations of its own.
    #[error("the amount of time is negative")]
    Negative,
    /// The answer would lie before 1970 or after 9998: there is not that much open time.
    #[error("there is not that much open time between 1970 and 9998")]
    OutOfReach,
}
