//! Arithmetic with open time: adding, taking back, measuring, and the next or last opening and closing. Each is one or
//! two look-ups in the timeline, whatever lies between. Working days are in `days`.

use chrono::DateTime;

use super::block::Side;
use super::timeline::{FIRST, LAST};
use super::{Calendar, ReckonError};
use crate::env::Timestamp;

impl Calendar {
    /// The instant at which `seconds` of open time have passed since `start`. Where they use a period up exactly, that
    /// is the next opening, so that whatever happens at or before it has used no more. Zero gives the next open
    /// instant.
    ///
    /// # Errors
    /// If `seconds` is negative, or there is not that much open time.
    ///
    /// ```
    /// # use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
    /// let office = Calendar::new(&CalendarDefinition::weekdays("UTC", "09:00-17:00")).unwrap();
    /// let monday = "2026-11-02T09:00:00Z".parse().unwrap();
    /// assert_eq!(office.add(monday, 8 * 3600).unwrap().to_rfc3339(), "2026-11-03T09:00:00+00:00");
    /// assert_eq!(office.exhausted_at(monday, 8 * 3600).unwrap().to_rfc3339(), "2026-11-02T17:00:00+00:00");
    /// ```
    pub fn add(&self, start: Timestamp, seconds: i64) -> Result<Timestamp, ReckonError> {
        let start = clamped(start);
        instant(self.begins(Side::Open, self.counted(start, seconds)?, start))
    }

    /// The instant at which `seconds` of open time are used up: as [`add`](Self::add), but where they use a period up
    /// exactly, its closing. Zero gives `start`.
    ///
    /// # Errors
    /// As [`add`](Self::add).
    pub fn exhausted_at(&self, start: Timestamp, seconds: i64) -> Result<Timestamp, ReckonError> {
        let start = clamped(start);
        let count = self.counted(start, seconds)?;
        if seconds == 0 {
            return instant(Some(start));
        }
        instant(self.begins(Side::Open, count - 1, start).map(|last| last + 1))
    }

    /// The instant from which to `end` there are `seconds` of open time. Where they use a period up exactly, that is
    /// its opening. Zero gives the same as [`prev_close`](Self::prev_close).
    ///
    /// # Errors
    /// If `seconds` is negative, or there is not that much open time.
    pub fn sub(&self, end: Timestamp, seconds: i64) -> Result<Timestamp, ReckonError> {
        if seconds < 0 {
            return Err(ReckonError::Negative);
        }
        if seconds == 0 {
            return self.prev_close(end);
        }
        let end = clamped(end);
        let count = self.open_before(end).checked_sub(seconds).ok_or(ReckonError::OutOfReach)?;
        instant(self.begins(Side::Open, count, end))
    }

    /// Open seconds in `[from, to)`; 0 if `to` is before `from`.
    pub fn elapsed(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.elapsed_signed(from, to).max(0)
    }

    /// Open seconds in `[from, to)`; negative if `to` is before `from`.
    pub fn elapsed_signed(&self, from: Timestamp, to: Timestamp) -> i64 {
        self.open_before(clamped(to)) - self.open_before(clamped(from))
    }

    /// Whether it is open at an instant. It is at an opening, and is not at a closing.
    pub fn is_open(&self, at: Timestamp) -> bool {
        let at = clamped(at);
        self.open_before(at + 1) > self.open_before(at)
    }

    /// The first instant from `at` on at which it is open: `at` itself if it is.
    ///
    /// # Errors
    /// If it never opens again.
    pub fn next_open(&self, at: Timestamp) -> Result<Timestamp, ReckonError> {
        self.add(at, 0)
    }

    /// The first closing after `at`: of the period it is in, else of the next one.
    ///
    /// # Errors
    /// If it never closes again.
    pub fn next_close(&self, at: Timestamp) -> Result<Timestamp, ReckonError> {
        let open = clamped(self.next_open(at)?);
        instant(self.begins(Side::Closed, self.closed_before(open), open))
    }

    /// The first opening after `at`, later than it even if it is an opening.
    ///
    /// # Errors
    /// If no other period follows.
    pub fn next_period_start(&self, at: Timestamp) -> Result<Timestamp, ReckonError> {
        if self.is_open(at) { self.next_open(self.next_close(at)?) } else { self.next_open(at) }
    }

    /// The last instant up to `at` before which it was open: `at` itself within a period and at its closing, else the
    /// closing of the period before. The mirror image of [`next_open`](Self::next_open).
    ///
    /// # Errors
    /// If it was never open before.
    pub fn prev_close(&self, at: Timestamp) -> Result<Timestamp, ReckonError> {
        let at = clamped(at);
        let last = self.begins(Side::Open, self.open_before(at) - 1, at);
        instant(last.map(|last| last + 1))
    }

    /// The opening of the period that closes at `close`, or goes on there.
    pub(super) fn opening_before(&self, close: Timestamp) -> Timestamp {
        let close = clamped(close);
        let last = self.begins(Side::Closed, self.closed_before(close) - 1, close);
        instant(last.map(|last| last + 1)).unwrap_or(DateTime::UNIX_EPOCH)
    }

    /// The number of the open second that begins `seconds` after the first one from `start` on.
    fn counted(&self, start: i64, seconds: i64) -> Result<i64, ReckonError> {
        if seconds < 0 {
            return Err(ReckonError::Negative);
        }
        self.open_before(start).checked_add(seconds).ok_or(ReckonError::OutOfReach)
    }

    fn open_before(&self, second: i64) -> i64 {
        self.0.timeline.open_before(&self.0.rules, second)
    }

    fn closed_before(&self, second: i64) -> i64 {
        self.0.timeline.closed_before(&self.0.rules, second)
    }

    fn begins(&self, side: Side, count: i64, near: i64) -> Option<i64> {
        self.0.timeline.begins(&self.0.rules, side, count, near)
    }
}

/// The second of an instant, within what can be asked about.
pub(super) fn clamped(at: Timestamp) -> i64 {
    at.timestamp().clamp(FIRST, LAST)
}

/// The instant of a second, if there is an answer within what can be asked about.
pub(super) fn instant(second: Option<i64>) -> Result<Timestamp, ReckonError> {
    let second = second.filter(|second| (FIRST..=LAST).contains(second)).ok_or(ReckonError::OutOfReach)?;
    Timestamp::from_timestamp(second, 0).ok_or(ReckonError::OutOfReach)
}
