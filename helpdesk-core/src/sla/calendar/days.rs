//! Working days, holidays and breaks by the calendar's own dates, and wall time. Working days are counted as open time
//! is: nothing walks from day to day.

use chrono::{NaiveDate, NaiveDateTime};

use super::block::{DAY_SECONDS, Side, index};
use super::reckon::{clamped, instant};
use super::timeline::{Counted, FIRST, LAST, Timeline};
use super::{Calendar, Period, ReckonError, compile};
use crate::env::{Timestamp, Zone};

impl Calendar {
    /// The time zone.
    pub fn zone(&self) -> Zone {
        self.0.rules.zone
    }

    /// The instant of a wall time in the calendar's zone; see [`Zone::resolve`] for gaps and overlaps.
    pub fn resolve(&self, wall: NaiveDateTime) -> Timestamp {
        self.zone().resolve(wall)
    }

    /// The date in the calendar's zone. Where clocks go back over midnight, a date that has begun stays.
    pub fn date_of(&self, at: Timestamp) -> NaiveDate {
        let date = self.zone().local(at).date();
        let next = date.succ_opt().filter(|next| self.zone().day_start(*next) <= at.timestamp());
        next.unwrap_or(date)
    }

    /// Whether a date is a holiday.
    pub fn is_holiday(&self, date: NaiveDate) -> bool {
        self.0.rules.is_holiday(date)
    }

    /// Whether an instant is in a break that is taken away from its date, in business hours or not.
    pub fn is_break(&self, at: Timestamp) -> bool {
        let date = self.date_of(at);
        let breaks = compile::segments_of(&self.0.rules, date, self.0.rules.breaks_on(date));
        breaks.into_iter().any(|(from, to)| (from..to).contains(&at.timestamp()))
    }

    /// Whether a date has any open time.
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        !self.0.rules.hours_on(date).is_empty() && !self.segments(date).is_empty()
    }

    /// The open time that belongs to a date, from its first opening to its last closing; none if it has none.
    pub fn hours_of(&self, date: NaiveDate) -> Option<Period> {
        let segments = self.segments(date);
        let from = instant(segments.first().map(|(from, _)| *from)).ok()?;
        let to = instant(segments.iter().map(|(_, to)| *to).max()).ok()?;
        Some(Period { from, to })
    }

    /// The working days after a date, which itself is not among them. It ends in 9998.
    ///
    /// ```
    /// # use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
    /// let office = CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00").holidays(["2026-12-25"]);
    /// let office = Calendar::new(&office).unwrap();
    /// let thursday = "2026-12-24".parse().unwrap();
    /// assert_eq!(office.working_days_after(thursday).next(), Some("2026-12-28".parse().unwrap()));
    /// ```
    pub fn working_days_after(&self, date: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        let calendar = self.clone();
        std::iter::successors(self.add_working_days(date, 1).ok(), move |date| calendar.add_working_days(*date, 1).ok())
    }

    /// The working days before a date, the latest first. It ends in 1970.
    pub fn working_days_before(&self, date: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        let calendar = self.clone();
        std::iter::successors(self.add_working_days(date, -1).ok(), move |date| {
            calendar.add_working_days(*date, -1).ok()
        })
    }

    /// How many working days there are in `[from, to)`; 0 if `to` is before `from`. Both ends in is `[from, to + 1)`.
    pub fn working_days_between(&self, from: NaiveDate, to: NaiveDate) -> usize {
        index(self.working_days_until(day(to)) - self.working_days_until(day(from)))
    }

    /// The date that is `days` working days later, or earlier if negative; the date itself for 0. From a day that is
    /// none of work the nearest working day in that direction is the first.
    ///
    /// # Errors
    /// If there are not that many.
    pub fn add_working_days(&self, date: NaiveDate, days: i32) -> Result<NaiveDate, ReckonError> {
        let (day, days) = (day(date), i64::from(days));
        let count = match days {
            0 => return Ok(date),
            // The day itself is none of those after it.
            1.. => self.working_days_until(self::day(date.succ_opt().unwrap_or(date))) + days - 1,
            _ => self.working_days_until(day) + days,
        };
        let found = self.working_days().begins(&self.0.rules, Side::Open, count, day * DAY_SECONDS);
        let found = found.filter(|second| *second < LAST);
        found.and_then(|second| compile::date_of(second / DAY_SECONDS)).ok_or(ReckonError::OutOfReach)
    }

    /// The same wall time `days` working days later, or earlier if negative; `start` for 0. It need not be open then:
    /// [`next_open`](Self::next_open) of it is, and [`hours_of`](Self::hours_of) its date tells when that day closes.
    ///
    /// # Errors
    /// If there are not that many working days.
    ///
    /// ```
    /// # use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
    /// let office = Calendar::new(&CalendarDefinition::weekdays("Europe/Berlin", "09:00-17:00")).unwrap();
    /// // Thursday in summer time to Monday in winter time: twelve o'clock stays twelve o'clock.
    /// let noon = office.resolve("2026-10-22T12:00:00".parse().unwrap());
    /// let later = office.add_business_days(noon, 2).unwrap();
    /// assert_eq!(office.zone().local(later).to_string(), "2026-10-26 12:00:00");
    /// ```
    pub fn add_business_days(&self, start: Timestamp, days: i32) -> Result<Timestamp, ReckonError> {
        if days == 0 {
            return instant(Some(clamped(start)));
        }
        let wall = self.zone().local(start);
        let date = self.add_working_days(wall.date(), days)?;
        instant(Some(self.resolve(date.and_time(wall.time())).timestamp()))
    }

    /// How many working days there are before a day, counted from one that is the same for every call.
    fn working_days_until(&self, day: i64) -> i64 {
        self.working_days().open_before(&self.0.rules, day * DAY_SECONDS)
    }

    fn working_days(&self) -> &Timeline {
        self.0.working_days.get_or_init(|| Timeline::new(&self.0.rules, Counted::Dates))
    }

    fn segments(&self, date: NaiveDate) -> Vec<(i64, i64)> {
        compile::segments_of(&self.0.rules, date, &self.0.rules.hours_on(date))
    }
}

/// A date as a day since the Unix epoch, within what can be asked about.
fn day(date: NaiveDate) -> i64 {
    compile::day_of(date).clamp(FIRST / DAY_SECONDS, LAST / DAY_SECONDS)
}
