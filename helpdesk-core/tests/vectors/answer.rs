//! Answers in the words of the vectors.

use chrono::{DateTime, NaiveDate, SubsecRound, TimeDelta, Utc};
use helpdesk_core::sla::calendar::{CalendarError, Period, ReckonError};
use serde_json::{Value, json};

/// Why there is no answer. The words are not compared.
pub(crate) struct Refused(String);

impl Refused {
    /// The vector is not of the form that was agreed.
    pub(crate) fn unreadable(field: &str) -> Self {
        Self(format!("the vector's {field} cannot be read"))
    }
}

impl From<CalendarError> for Refused {
    fn from(error: CalendarError) -> Self {
        Self(error.to_string())
    }
}

impl From<ReckonError> for Refused {
    fn from(error: ReckonError) -> Self {
        Self(error.to_string())
    }
}

impl From<Refused> for Value {
    fn from(refused: Refused) -> Self {
        json!({ "error": refused.0 })
    }
}

pub(crate) fn instant(at: DateTime<Utc>) -> Value {
    json!(at.to_rfc3339())
}

pub(crate) fn dates(dates: impl Iterator<Item = NaiveDate>) -> Value {
    dates.map(|date| date.to_string()).collect::<Vec<_>>().into()
}

pub(crate) fn periods(periods: impl Iterator<Item = Period>) -> Value {
    periods.map(|period| json!([instant(period.from), instant(period.to)])).collect::<Vec<_>>().into()
}

/// Instants stand in the vectors with any offset: the same ones, in UTC and as of their second. Sources that have no
/// 24:00 write the last fraction of a second before it.
pub(crate) fn in_utc(expected: &Value) -> Value {
    let second = |at: DateTime<Utc>| (at + TimeDelta::milliseconds(1)).trunc_subsecs(0);
    match expected {
        Value::String(text) => text.parse().map_or_else(|_| expected.clone(), |at| instant(second(at))),
        Value::Array(items) => items.iter().map(in_utc).collect(),
        other => other.clone(),
    }
}
