//! Time zones: the one place that knows the zone database, which is compiled in, so that no answer depends on the
//! machine. Business hours are not here; see `sla::calendar`.

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use jiff::tz::{AmbiguousOffset, TimeZone, TimeZoneDatabase};

use super::Timestamp;

/// A time zone of the IANA database.
///
/// ```
/// use helpdesk_core::env::Zone;
/// let berlin = Zone::named("Europe/Berlin").unwrap();
/// let noon = "2026-07-01T10:00:00Z".parse().unwrap();
/// assert_eq!(berlin.local(noon).to_string(), "2026-07-01 12:00:00");
/// assert_eq!(Zone::named("Europe/Atlantis"), None);
/// ```
#[derive(Clone, Copy)]
pub struct Zone(&'static Known);

/// A zone of the database, read when it is first asked for.
struct Known {
    name: String,
    zone: OnceLock<TimeZone>,
}

static DATABASE: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// Every zone there is, by name in lower case.
static ZONES: LazyLock<Vec<(String, Known)>> = LazyLock::new(|| {
    let names = DATABASE.available().map(|name| name.as_str().to_owned());
    let known = names.map(|name| (name.to_ascii_lowercase(), Known { name, zone: OnceLock::new() }));
    let mut zones: Vec<_> = known.collect();
    zones.sort_by(|one, other| one.0.cmp(&other.0));
    zones
});

static UTC: LazyLock<Known> = LazyLock::new(|| Known { name: "UTC".to_owned(), zone: OnceLock::from(TimeZone::UTC) });

/// The first and the last instant that zones are asked about; beyond them the nearer one is meant.
const FIRST: i64 = -30_000_000_000;
const LAST: i64 = 253_400_000_000;

impl Zone {
    /// Universal time.
    pub fn utc() -> Self {
        Self(&UTC)
    }

    /// The zone of a name such as `Europe/Berlin`; upper and lower case are the same. None if there is no such zone.
    pub fn named(name: &str) -> Option<Self> {
        let wanted = name.to_ascii_lowercase();
        let found = ZONES.binary_search_by(|(known, _)| known.as_str().cmp(&wanted)).ok()?;
        let known = &ZONES[found].1;
        if known.zone.get().is_none() {
            let zone = DATABASE.get(&known.name).ok().filter(|zone| !zone.is_unknown())?;
            known.zone.get_or_init(|| zone);
        }
        Some(Self(known))
    }

    /// Its name as the database writes it.
    pub fn name(self) -> &'static str {
        &self.0.name
    }

    /// A zone is given out only once it has been read.
    fn rules(self) -> &'static TimeZone {
        self.0.zone.get_or_init(|| TimeZone::UTC)
    }

    /// What a clock on the wall shows at an instant.
    pub fn local(self, at: Timestamp) -> NaiveDateTime {
        let second = at.timestamp();
        let wall = DateTime::from_timestamp(second.saturating_add(self.offset_at(second)), at.timestamp_subsec_nanos());
        wall.unwrap_or(at).naive_utc()
    }

    /// The instant at which a clock on the wall shows `wall`. A time that the spring gap leaves out is moved forward
    /// by the gap; of a time that the autumn overlap has twice, the first is meant.
    ///
    /// ```
    /// use helpdesk_core::env::Zone;
    /// let berlin = Zone::named("Europe/Berlin").unwrap();
    /// let instant = |wall: &str| berlin.resolve(wall.parse().unwrap()).to_rfc3339();
    /// assert_eq!(instant("2026-03-29T02:30:00"), "2026-03-29T01:30:00+00:00"); // a clock shows 03:30
    /// assert_eq!(instant("2026-10-25T02:30:00"), "2026-10-25T00:30:00+00:00"); // summer time still
    /// ```
    pub fn resolve(self, wall: NaiveDateTime) -> Timestamp {
        let resolved = self.rules().to_ambiguous_timestamp(civil(wall)).compatible();
        let second = resolved.map_or_else(|_| wall.and_utc().timestamp(), jiff::Timestamp::as_second);
        Timestamp::from_timestamp(second, wall.nanosecond()).unwrap_or(wall.and_utc())
    }

    /// The first instant of a date: midnight, or where that is left out, the instant of the change. Of a date that is
    /// left out altogether, the first instant of the next one.
    pub(crate) fn day_start(self, date: NaiveDate) -> i64 {
        let midnight = self.rules().to_ambiguous_timestamp(civil(date.and_time(NaiveTime::MIN)));
        let gap = matches!(midnight.offset(), AmbiguousOffset::Gap { .. });
        let Ok(resolved) = midnight.compatible() else { return date.and_time(NaiveTime::MIN).and_utc().timestamp() };
        let change =
            gap.then(|| self.rules().preceding(resolved + jiff::SignedDuration::from_secs(1)).next()).flatten();
        change.map_or(resolved, |change| change.timestamp()).as_second()
    }

    /// How many seconds local time is ahead at an instant, in seconds since the Unix epoch.
    pub(crate) fn offset_at(self, second: i64) -> i64 {
        self.rules().to_offset(instant(second)).seconds().into()
    }

    /// Every change of the offset in `[from, to)`: the instant, and the seconds that local time is ahead from then on.
    pub(crate) fn changes(self, from: i64, to: i64) -> impl Iterator<Item = (i64, i64)> {
        let mut offset = self.offset_at(from.saturating_sub(1));
        let all = self.rules().following(instant(from.saturating_sub(1)));
        let all = all.map(|change| (change.timestamp().as_second(), i64::from(change.offset().seconds())));
        all.take_while(move |(at, _)| *at < to).filter(move |(_, next)| std::mem::replace(&mut offset, *next) != *next)
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Zone").field(&self.name()).finish()
    }
}

impl PartialEq for Zone {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
    }
}

impl Eq for Zone {}

fn instant(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(second.clamp(FIRST, LAST)).unwrap_or_default()
}

/// Years beyond 9999 are the nearer end; nothing here asks for them.
fn civil(wall: NaiveDateTime) -> jiff::civil::DateTime {
    let year = i16::try_from(wall.year().clamp(-9999, 9999)).unwrap_or_default();
    let small = |n: u32| i8::try_from(n).unwrap_or_default();
    let nanosecond = i32::try_from(wall.nanosecond() % 1_000_000_000).unwrap_or_default();
    jiff::civil::DateTime::new(
        year,
        small(wall.month()),
        small(wall.day()),
        small(wall.hour()),
        small(wall.minute()),
        small(wall.second()),
        nanosecond,
    )
    .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(zone: &str, date: &str) -> String {
        let second = Zone::named(zone).unwrap().day_start(date.parse().unwrap());
        DateTime::from_timestamp(second, 0).unwrap().to_rfc3339()
    }

    #[test]
    fn a_day_starts_at_midnight_or_at_the_change_that_leaves_midnight_out() {
        assert_eq!(day("Europe/Berlin", "2026-03-29"), "2026-03-28T23:00:00+00:00");
        // From 23:30 to 00:30: the day begins at half past midnight.
        assert_eq!(day("America/Toronto", "1919-03-31"), "1919-03-31T04:30:00+00:00");
        // Apia had no 30 December 2011.
        assert_eq!(day("Pacific/Apia", "2011-12-30"), day("Pacific/Apia", "2011-12-31"));
    }

    #[test]
    fn names_are_found_in_any_case_and_given_back_as_the_database_has_them() {
        assert_eq!(Zone::named("europe/berlin").unwrap().name(), "Europe/Berlin");
        for nothing in ["", "Etc/Unknown", "Berlin", "../../etc/passwd", "Europe/Berlin\0"] {
            assert_eq!(Zone::named(nothing), None, "{nothing:?}");
        }
        assert_eq!(Zone::named("utc"), Some(Zone::utc()));
    }

    #[test]
    fn every_zone_keeps_one_rule_from_the_year_2100_on() {
        // Business time repeats every 400 years from 2103 on: no zone may have single changes after that.
        const CYCLE: i64 = 146_097 * 86_400;
        let (from, to) = (4_102_444_800, 5_364_662_400);
        assert!(ZONES.len() > 500);
        for (name, _) in ZONES.iter() {
            let Some(zone) = Zone::named(name) else { continue };
            let first: Vec<_> = zone.changes(from, to).collect();
            let later = zone.changes(from + CYCLE, to + CYCLE).map(|(at, ahead)| (at - CYCLE, ahead));
            assert_eq!(first, later.collect::<Vec<_>>(), "{name}");
        }
    }
}
