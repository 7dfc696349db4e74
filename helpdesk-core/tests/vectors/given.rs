//! Reads what a vector gives: its calendar, and the fields of its question.

use chrono::{DateTime, NaiveDate, Utc};
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition, CalendarError};
use serde_json::{Map, Value};

use crate::answer::Refused;

/// What stands for a value of the wrong sort: no day, date, period or zone.
const NONSENSE: &str = "?";

/// The definition of a calendar. `overnight` says what a period that ends no later than it begins is: one over
/// midnight, or a mistake.
pub(crate) fn definition(calendar: &Value, overnight: bool) -> CalendarDefinition {
    let mut definition = CalendarDefinition::new(word(&calendar["timezone"]));
    let dated = |name: &str| -> Vec<(String, Vec<String>)> {
        match &calendar[name] {
            Value::Null => Vec::new(),
            Value::Object(map) => map.iter().map(|(day, pairs)| (day.clone(), periods(pairs, overnight))).collect(),
            _ => vec![(NONSENSE.to_owned(), Vec::new())],
        }
    };
    definition.weekly.extend(dated("weekly"));
    definition.overrides.extend(dated("shifts"));
    definition.breaks.extend(dated("breaks"));
    for name in ["holidays", "recurring_holidays"] {
        definition.holidays.extend(list(&calendar[name]).iter().map(word));
    }
    let ranges = list(&calendar["holiday_ranges"]).into_iter();
    definition.holidays.extend(ranges.map(|pair| format!("{}..{}", word(&pair[0]), word(&pair[1]))));
    definition
}

/// The calendar of a vector that asks about zone and dates alone may have no hours: it is then always open.
pub(crate) fn calendar(calendar: &Value, overnight: bool, needs_hours: bool) -> Result<Calendar, CalendarError> {
    let mut definition = definition(calendar, overnight);
    if !needs_hours && calendar["weekly"].as_object().is_none_or(Map::is_empty) {
        definition.weekly = CalendarDefinition::always("UTC").weekly;
    }
    Calendar::new(&definition)
}

fn periods(pairs: &Value, overnight: bool) -> Vec<String> {
    let pair = |pair: &Value| {
        let (from, to) = (word(&pair[0]), word(&pair[1]));
        let next_day = if overnight && to <= from { "+1" } else { "" };
        format!("{from}-{to}{next_day}")
    };
    list(pairs).iter().map(pair).collect()
}

/// What is no list where one is meant is a list of nonsense, for the library to refuse.
fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items.clone(),
        _ => vec![NONSENSE.into()],
    }
}

pub(crate) fn word(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The question of a vector.
pub(crate) struct Asked<'a>(pub(crate) &'a Value);

impl Asked<'_> {
    /// The first of some fields that is given.
    fn field(&self, names: &[&str]) -> &Value {
        names.iter().map(|name| &self.0[*name]).find(|value| !value.is_null()).unwrap_or(&Value::Null)
    }

    pub(crate) fn instant(&self, name: &str) -> Result<DateTime<Utc>, Refused> {
        word(&self.0[name]).parse().map_err(|_| Refused::unreadable(name))
    }

    /// A date, or that of an instant in the calendar's zone.
    pub(crate) fn date(&self, calendar: &Calendar, names: &[&str]) -> Result<NaiveDate, Refused> {
        let text = word(self.field(names));
        let instant = || text.parse().ok().map(|at| calendar.date_of(at));
        text.parse().ok().or_else(instant).ok_or_else(|| Refused::unreadable(names[0]))
    }

    pub(crate) fn count(&self, names: &[&str]) -> Result<i64, Refused> {
        self.field(names).as_i64().ok_or_else(|| Refused::unreadable(names[0]))
    }

    /// What the source means by something, in its words; empty if it does not say.
    pub(crate) fn meaning(&self, of: &str) -> &str {
        self.0["semantics"][of].as_str().unwrap_or_default()
    }
}
