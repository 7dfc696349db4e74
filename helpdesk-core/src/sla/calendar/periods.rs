//! Open time as a list of periods, forwards and backwards, and what two calendars have in common. Periods that touch
//! are one, also over midnight.

use super::Calendar;
use super::timeline::LAST;
use crate::env::Timestamp;

/// A stretch of open time: `from` in, `to` out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Period {
    /// Its first instant.
    pub from: Timestamp,
    /// Its closing.
    pub to: Timestamp,
}

impl Calendar {
    /// The periods from `start` on, the first one cut to begin no earlier. It ends where open time ends, and the last
    /// period of a calendar that never closes again ends in 9999.
    ///
    /// ```
    /// # use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
    /// let office = Calendar::new(&CalendarDefinition::weekdays("UTC", "09:00-17:00")).unwrap();
    /// let friday = "2026-11-06T12:00:00Z".parse().unwrap();
    /// let days: Vec<_> = office.periods_after(friday).take(2).map(|period| period.from.to_rfc3339()).collect();
    /// assert_eq!(days, ["2026-11-06T12:00:00+00:00", "2026-11-09T09:00:00+00:00"]);
    /// ```
    pub fn periods_after(&self, start: Timestamp) -> PeriodsAfter {
        PeriodsAfter { calendar: self.clone(), at: Some(start) }
    }

    /// The periods until `end`, the latest first and cut to end no later.
    pub fn periods_before(&self, end: Timestamp) -> PeriodsBefore {
        PeriodsBefore { calendar: self.clone(), at: Some(end) }
    }

    /// What is open in both calendars from `start` on. Calendars that are never open together are looked through to the
    /// last second that can be asked about, nearly 8,000 years, before the iterator ends: no work for a request.
    pub fn common_periods_after(&self, other: &Self, start: Timestamp) -> impl Iterator<Item = Period> + use<> {
        let (mut ours, mut theirs) = (self.periods_after(start).peekable(), other.periods_after(start).peekable());
        std::iter::from_fn(move || {
            loop {
                let (a, b) = (*ours.peek()?, *theirs.peek()?);
                if a.to <= b.to {
                    ours.next();
                }
                if b.to <= a.to {
                    theirs.next();
                }
                let both = Period { from: a.from.max(b.from), to: a.to.min(b.to) };
                if both.from < both.to {
                    return Some(both);
                }
            }
        })
    }
}

/// The periods from an instant on; see [`Calendar::periods_after`].
#[derive(Debug, Clone)]
pub struct PeriodsAfter {
    calendar: Calendar,
    at: Option<Timestamp>,
}

impl Iterator for PeriodsAfter {
    type Item = Period;

    fn next(&mut self) -> Option<Period> {
        let from = self.calendar.next_open(self.at.take()?).ok()?;
        match self.calendar.next_close(from) {
            Ok(to) => {
                self.at = Some(to);
                Some(Period { from, to })
            }
            Err(_) => Timestamp::from_timestamp(LAST, 0).filter(|to| from < *to).map(|to| Period { from, to }),
        }
    }
}

/// The periods until an instant, the latest first; see [`Calendar::periods_before`].
#[derive(Debug, Clone)]
pub struct PeriodsBefore {
    calendar: Calendar,
    at: Option<Timestamp>,
}

impl Iterator for PeriodsBefore {
    type Item = Period;

    fn next(&mut self) -> Option<Period> {
        let to = self.calendar.prev_close(self.at.take()?).ok()?;
        let from = self.calendar.opening_before(to);
        self.at = Some(from);
        Some(Period { from, to })
    }
}
