//! What a calendar should say, found by looking at every minute of a window. It shares nothing with the code under test
//! but the offset of the zone at an instant; every period and every change of an offset is on a whole minute.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use helpdesk_core::env::Zone;

use crate::hours::Hours;

/// Minutes of UTC from `first` on, and which are open.
pub(crate) struct Model {
    first: i64,
    /// What a clock on the wall shows in each minute.
    walls: Vec<NaiveDateTime>,
    open: Vec<bool>,
    /// How many open minutes there are before each.
    before: Vec<i64>,
}

impl Model {
    /// Looks at the minutes from `from` to `to`.
    pub(crate) fn new(zone: Zone, hours: &Hours, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let first = from.timestamp() / 60;
        let count = usize::try_from(to.timestamp() / 60 - first).unwrap();
        let at = |minute: usize| DateTime::from_timestamp((first + i64::try_from(minute).unwrap()) * 60, 0).unwrap();
        let walls = (0..count).map(|minute| zone.local(at(minute))).collect();
        let mut model = Self { first, walls, open: vec![false; count], before: Vec::new() };
        let mut date = model.walls[0].date();
        while date <= model.walls[count - 1].date() {
            model.paint(date, &hours.on(date));
            date = date + Days::new(1);
        }
        let counts = model.open.iter().scan(0, |sum, open| {
            let before = *sum;
            *sum += i64::from(*open);
            Some(before)
        });
        model.before = counts.collect();
        model
    }

    /// Marks the open stretches of a date, within that date's own time.
    fn paint(&mut self, date: NaiveDate, bits: &[bool]) {
        let (begin, end) = (self.day_start(date), self.day_start(date + Days::new(1)));
        let wall = |minute: usize| date.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::try_from(minute).unwrap());
        let mut minute = 0;
        while minute < bits.len() {
            let length = bits[minute..].iter().take_while(|bit| **bit == bits[minute]).count();
            if bits[minute] {
                let until = minute + length;
                let from = if minute == 0 { begin } else { self.resolve(wall(minute)) };
                let to = if until == bits.len() { end } else { self.resolve(wall(until)) };
                let (from, to) = (from.clamp(begin, end), to.clamp(begin, end));
                if from < to {
                    self.open[from..to].fill(true);
                }
            }
            minute += length;
        }
    }

    /// The first minute whose date is not before `date`.
    fn day_start(&self, date: NaiveDate) -> usize {
        self.walls.iter().position(|wall| wall.date() >= date).unwrap_or(self.walls.len())
    }

    /// The first minute at which clocks show `wall`; if none does, as far behind the change as `wall` is beyond it.
    fn resolve(&self, wall: NaiveDateTime) -> usize {
        if let Some(minute) = self.walls.iter().position(|shown| *shown == wall) {
            return minute;
        }
        let Some(after) = self.walls.iter().position(|shown| *shown > wall) else { return self.walls.len() };
        let Some(before) = after.checked_sub(1) else { return 0 };
        let beyond = (wall - self.walls[before]).num_minutes() - 1;
        (after + usize::try_from(beyond).unwrap()).min(self.walls.len())
    }

    /// Seconds from the beginning of the window to its end.
    pub(crate) fn seconds(&self) -> i64 {
        i64::try_from(self.open.len()).unwrap() * 60
    }

    /// The instant so many seconds after the beginning of the window.
    pub(crate) fn at(&self, second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(self.first * 60 + second, 0).unwrap()
    }

    pub(crate) fn is_open(&self, second: i64) -> bool {
        self.open[usize::try_from(second / 60).unwrap()]
    }

    /// Open seconds from the beginning of the window to a second.
    pub(crate) fn before(&self, second: i64) -> i64 {
        let whole = usize::try_from(second / 60).unwrap();
        self.before[whole] * 60 + if second % 60 > 0 && self.open[whole] { second % 60 } else { 0 }
    }

    /// The first second from `from` on that is open or not; none in the window.
    pub(crate) fn next(&self, from: i64, open: bool) -> Option<i64> {
        let minute = usize::try_from(from / 60).unwrap();
        let found = minute + self.open[minute..].iter().position(|bit| *bit == open)?;
        Some(from.max(i64::try_from(found).unwrap() * 60))
    }

    /// The second at which so many open ones have passed since `from`, at the next opening if a period is used up.
    pub(crate) fn add(&self, from: i64, mut seconds: i64) -> Option<i64> {
        let mut at = self.next(from, true)?;
        loop {
            let close = self.next(at, false)?;
            if seconds < close - at {
                return Some(at + seconds);
            }
            seconds -= close - at;
            at = self.next(close, true)?;
        }
    }
}
