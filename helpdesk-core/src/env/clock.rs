//! The clock the desk reads, and the precision of every instant in it. No arithmetic of business time here.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SubsecRound, Utc};

/// An instant in UTC. Everything the desk stores is cut to microseconds.
pub type Timestamp = DateTime<Utc>;

/// Tells the time. The host decides where it reads it: a host on several machines may read its database.
///
/// ```
/// use helpdesk_core::env::{Clock, ManualClock};
/// let clock = ManualClock::at("2026-11-02T09:00:00Z".parse().unwrap());
/// clock.advance(chrono::TimeDelta::minutes(5));
/// assert_eq!(clock.now().to_rfc3339(), "2026-11-02T09:05:00+00:00");
/// ```
pub trait Clock: Send + Sync {
    /// The present instant, in microseconds. It may step back; tickets do not follow it backwards.
    fn now(&self) -> Timestamp;
}

/// The operating system's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that reads the wall clock")]
    fn now(&self) -> Timestamp {
        micros(Timestamp::from(std::time::SystemTime::now()))
    }
}

/// A clock that stands still until it is told to move: for tests, replays and demonstrations.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock showing `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(to_micros(now)))
    }

    /// Moves the hands to `now`, backwards too.
    pub fn set(&self, now: Timestamp) {
        self.0.store(to_micros(now), Ordering::SeqCst);
    }

    /// Moves the hands by `by`.
    pub fn advance(&self, by: chrono::TimeDelta) {
        let by = by.num_microseconds().unwrap_or(i64::MAX);
        self.0.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_timestamp_micros(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX_UTC)
    }
}

/// The first and the last instant at which a desk works: what it adds to the last one, the longest targets and waits
/// included, is still a year of four digits. A clock outside is taken for the nearer end.
pub fn bounds() -> (Timestamp, Timestamp) {
    let at = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap_or_default();
    (Timestamp::UNIX_EPOCH, at(LAST_SECOND))
}

/// 9000-01-01T00:00:00Z, in seconds since the Unix epoch.
const LAST_SECOND: i64 = 221_845_392_000;

/// Cuts an instant to microseconds, the precision of every store.
pub fn micros(instant: Timestamp) -> Timestamp {
    instant.trunc_subsecs(6)
}

/// Microseconds since the Unix epoch.
pub fn to_micros(instant: Timestamp) -> i64 {
    instant.timestamp_micros()
}

/// Microseconds since the Unix epoch, the first that are not before `instant`: what is kept has whole microseconds, what
/// is asked need not.
pub fn to_micros_up(instant: Timestamp) -> i64 {
    let micros = to_micros(instant);
    if instant.timestamp_subsec_nanos().is_multiple_of(1000) { micros } else { micros.saturating_add(1) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_instant_is_the_year_nine_thousand() {
        assert_eq!(bounds().1.to_rfc3339(), "9000-01-01T00:00:00+00:00");
    }
}
