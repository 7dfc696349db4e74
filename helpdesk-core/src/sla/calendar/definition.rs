//! A calendar as people write it: plain words in TOML or JSON. Nothing is checked here; `Calendar::new` does.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

/// Most periods that one day, override or set of breaks may have.
pub const MAX_PERIODS: usize = 24;
/// Most entries of `holidays`, of `overrides` and of `breaks`, each.
pub const MAX_DATES: usize = 2_000;

/// The days of a week as they are written, in order.
pub(super) const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Business hours as data.
///
/// A *period* is written `09:00-17:00`; a full day `00:00-24:00`; one over midnight `23:00-07:00+1`. Seconds may
/// follow (`09:00:30`), and an en dash may stand for the hyphen.
///
/// A date has its own 24 hours, whatever the period they come from: the part of a period after midnight belongs to the
/// next date, and that date's override, holiday or break decides about it.
///
/// ```
/// use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
/// let text = r#"{
///   "zone": "Europe/Berlin",
///   "holidays": ["2026-04-03", "12-25", "2026-12-28..2026-12-31"],
///   "weekly": { "mon": ["09:00-12:00", "13:00-17:00"], "fri": ["22:00-06:00+1"] },
///   "overrides": { "2026-12-23": ["09:00-12:00"] },
///   "breaks": { "2026-12-21": ["11:00-11:30"] }
/// }"#;
/// let definition: CalendarDefinition = serde_json::from_str(text).unwrap();
/// let calendar = Calendar::new(&definition).unwrap();
/// assert_eq!(calendar.definition(), &definition);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CalendarDefinition {
    /// The IANA time zone, such as `Europe/Berlin`.
    pub zone: String,
    /// Closed days: dates `2026-04-03`, yearly ones `12-25`, ranges `2026-12-28..2026-12-31` with both ends in. They
    /// win over everything else.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<String>,
    /// The periods of each weekday, `mon` to `sun`; a day that is not named is closed.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", serialize_with = "in_order_of_the_week")]
    pub weekly: BTreeMap<String, Vec<String>>,
    /// The periods of single dates, in place of the weekday's; none for a closed date.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub overrides: BTreeMap<String, Vec<String>>,
    /// Periods taken away from single dates.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub breaks: BTreeMap<String, Vec<String>>,
}

impl CalendarDefinition {
    /// A definition with a zone and no hours yet.
    pub fn new(zone: impl Into<String>) -> Self {
        Self {
            zone: zone.into(),
            holidays: Vec::new(),
            weekly: BTreeMap::new(),
            overrides: BTreeMap::new(),
            breaks: BTreeMap::new(),
        }
    }

    /// Always open. The zone says where its dates begin.
    pub fn always(zone: impl Into<String>) -> Self {
        DAYS.into_iter().fold(Self::new(zone), |week, day| week.open(day, ["00:00-24:00"]))
    }

    /// Monday to Friday from `hours`, such as `09:00-17:00`.
    pub fn weekdays(zone: impl Into<String>, hours: &str) -> Self {
        DAYS.into_iter().take(5).fold(Self::new(zone), |week, day| week.open(day, [hours]))
    }

    /// Sets the periods of a weekday (`mon` to `sun`).
    pub fn open<'a>(mut self, day: &str, periods: impl IntoIterator<Item = &'a str>) -> Self {
        self.weekly.insert(day.to_owned(), owned(periods));
        self
    }

    /// Adds holidays: dates, month-days or ranges.
    pub fn holidays<T: Into<String>>(mut self, days: impl IntoIterator<Item = T>) -> Self {
        self.holidays.extend(days.into_iter().map(Into::into));
        self
    }

    /// Sets the periods of a date in place of its weekday's.
    pub fn replacing<'a>(mut self, date: &str, periods: impl IntoIterator<Item = &'a str>) -> Self {
        self.overrides.insert(date.to_owned(), owned(periods));
        self
    }

    /// Takes periods away from a date.
    pub fn without<'a>(mut self, date: &str, periods: impl IntoIterator<Item = &'a str>) -> Self {
        self.breaks.insert(date.to_owned(), owned(periods));
        self
    }
}

fn owned<'a>(periods: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    periods.into_iter().map(str::to_owned).collect()
}

fn in_order_of_the_week<S: Serializer>(
    weekly: &BTreeMap<String, Vec<String>>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let rank = |day: &str| DAYS.iter().position(|known| *known == day);
    let mut days: Vec<_> = weekly.iter().collect();
    days.sort_by_key(|(day, _)| rank(day).unwrap_or(DAYS.len()));
    serializer.collect_map(days)
}
