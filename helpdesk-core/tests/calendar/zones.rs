//! Zones with something to them, and when their offsets change.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDate, Utc};
use helpdesk_core::env::Zone;

/// Twenty-five of them: no change at all, half and quarter hours, changes at midnight, changes that are no summer time,
/// days that were left out.
pub(crate) const ZONES: &[&str] = &[
    "Etc/UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Dublin",
    "Europe/Lisbon",
    "Europe/Volgograd",
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",
    "America/Havana",
    "America/Caracas",
    "America/Nuuk",
    "Africa/Casablanca",
    "Africa/Cairo",
    "Asia/Gaza",
    "Asia/Tehran",
    "Asia/Kathmandu",
    "Asia/Pyongyang",
    "Asia/Amman",
    "Antarctica/Troll",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
    "Pacific/Kiritimati",
    "Pacific/Easter",
];

pub(crate) const FIRST_YEAR: i32 = 1990;
pub(crate) const LAST_YEAR: i32 = 2060;

/// The changes of a zone's offset from 1990 to 2060.
pub(crate) fn changes(zone: &str) -> &'static [DateTime<Utc>] {
    static CHANGES: LazyLock<BTreeMap<&str, Vec<DateTime<Utc>>>> =
        LazyLock::new(|| ZONES.iter().map(|name| (*name, looked_for(name))).collect());
    &CHANGES[zone]
}

/// Looks at every sixth hour, and then closer.
fn looked_for(name: &str) -> Vec<DateTime<Utc>> {
    const STEP: i64 = 6 * 3600;
    let zone = Zone::named(name).unwrap();
    let offset = |second: i64| {
        let at = DateTime::from_timestamp(second, 0).unwrap();
        zone.local(at).and_utc().timestamp() - second
    };
    let year = |year| NaiveDate::from_ymd_opt(year, 1, 1).unwrap().and_hms_opt(0, 0, 0).unwrap().and_utc().timestamp();
    let mut found = Vec::new();
    let mut at = year(FIRST_YEAR);
    while at < year(LAST_YEAR) {
        if offset(at) != offset(at + STEP) {
            let (mut low, mut high) = (at, at + STEP);
            while high - low > 1 {
                let middle = i64::midpoint(low, high);
                if offset(middle) == offset(low) { low = middle } else { high = middle }
            }
            found.push(DateTime::from_timestamp(high, 0).unwrap());
        }
        at += STEP;
    }
    found
}
