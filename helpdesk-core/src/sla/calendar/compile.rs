//! From wall time to seconds: the hours of each date become segments of UTC, those are cut into its days, and days
//! that are alike are kept once. Nothing is asked here; see `block` and `timeline`.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, TimeDelta};

use super::block::{BLOCK_DAYS, Block, DAY_SECONDS};
use super::rules::Rules;
use super::span::{DAY, Span};
use crate::env::Zone;

/// How far a date may reach into UTC's days before and after it, and how near a change of the offset must be to matter.
const MARGIN_DAYS: i64 = 2;

/// Compiles the days from `first_day` on (days since the Unix epoch).
pub(super) fn block(rules: &Rules, first_day: i64) -> Block {
    let mut days = Days::default();
    let mut open: Option<(i64, i64)> = None;
    // A time that is moved out of a gap may come after the next one, so the segments of a date are sorted and joined.
    let mut today = Vec::new();
    let (begin, end) = (first_day * DAY_SECONDS, (first_day + BLOCK_DAYS) * DAY_SECONDS);
    let mut walls = Walls::new(rules.zone, begin, end);
    for day in first_day - MARGIN_DAYS..first_day + BLOCK_DAYS + MARGIN_DAYS {
        let Some(date) = date_of(day) else { continue };
        today.extend(rules.hours_on(date).iter().map(|span| walls.segment(day, date, *span)));
        today.sort_unstable();
        for (from, to) in today.drain(..) {
            let (from, to) = (from.max(begin), to.min(end));
            if from >= to {
                continue;
            }
            match &mut open {
                Some(last) if from <= last.1 => last.1 = last.1.max(to),
                _ => {
                    if let Some((from, to)) = open.replace((from, to)) {
                        days.add(from - begin, to - begin);
                    }
                }
            }
        }
    }
    if let Some((from, to)) = open {
        days.add(from - begin, to - begin);
    }
    days.into_block()
}

/// Compiles which dates from `first_day` on have open time; each of them has one second, its first.
pub(super) fn working_days(rules: &Rules, first_day: i64) -> Block {
    let mut days = Days::default();
    let mut walls = Walls::new(rules.zone, first_day * DAY_SECONDS, (first_day + BLOCK_DAYS) * DAY_SECONDS);
    for day in first_day..first_day + BLOCK_DAYS {
        let Some(date) = date_of(day) else { continue };
        let hours = rules.hours_on(date);
        if hours.iter().map(|span| walls.segment(day, date, *span)).any(|(from, to)| from < to) {
            let second = (day - first_day) * DAY_SECONDS;
            days.add(second, second + 1);
        }
    }
    days.into_block()
}

/// The periods of a date as seconds since the Unix epoch: in order, none empty; they may overlap after a gap.
pub(super) fn segments_of(rules: &Rules, date: NaiveDate, hours: &[Span]) -> Vec<(i64, i64)> {
    let day = day_of(date);
    let mut walls = Walls::new(rules.zone, day * DAY_SECONDS, (day + 1) * DAY_SECONDS);
    let segments = hours.iter().map(|span| walls.segment(day, date, *span));
    let mut segments: Vec<_> = segments.filter(|(from, to)| from < to).collect();
    segments.sort_unstable();
    segments
}

pub(super) fn date_of(day: i64) -> Option<NaiveDate> {
    DateTime::from_timestamp(day.checked_mul(DAY_SECONDS)?, 0).map(|at| at.date_naive())
}

/// Days since the Unix epoch.
pub(super) fn day_of(date: NaiveDate) -> i64 {
    (date - DateTime::UNIX_EPOCH.date_naive()).num_days()
}

/// Turns wall time into instants. Far from every change of the offset that is an addition.
struct Walls {
    zone: Zone,
    /// The changes to come: instant, and seconds that local time is ahead from then on.
    changes: std::iter::Peekable<std::vec::IntoIter<(i64, i64)>>,
    /// Seconds that local time is ahead now, and until when that is beyond doubt.
    ahead: i64,
    /// Changes that have passed matter until this second.
    unsure_until: i64,
}

impl Walls {
    fn new(zone: Zone, begin: i64, end: i64) -> Self {
        let far = 2 * MARGIN_DAYS * DAY_SECONDS;
        let changes: Vec<_> = zone.changes(begin - far, end + far).collect();
        Self {
            zone,
            changes: changes.into_iter().peekable(),
            ahead: zone.offset_at(begin - far - 1),
            unsure_until: i64::MIN,
        }
    }

    /// A period of a date, cut to that date's own time. Dates come in order.
    fn segment(&mut self, day: i64, date: NaiveDate, span: Span) -> (i64, i64) {
        let (midnight, margin) = (day * DAY_SECONDS, MARGIN_DAYS * DAY_SECONDS);
        while let Some((at, ahead)) = self.changes.next_if(|(at, _)| *at < midnight + margin) {
            self.ahead = ahead;
            self.unsure_until = at + margin;
        }
        if midnight > self.unsure_until {
            return (midnight + i64::from(span.from) - self.ahead, midnight + i64::from(span.to) - self.ahead);
        }
        let next = date.succ_opt().unwrap_or(date);
        let (first, last) = (self.zone.day_start(date), self.zone.day_start(next));
        let resolve = |second: u32| match second {
            0 => first,
            DAY => last,
            second => {
                let wall = date.and_time(chrono::NaiveTime::MIN) + TimeDelta::seconds(second.into());
                self.zone.resolve(wall).timestamp().clamp(first, last)
            }
        };
        (resolve(span.from), resolve(span.to))
    }
}

/// The days of a block as they come up, equal ones once.
#[derive(Default)]
struct Days {
    sorts: Vec<u16>,
    kinds: Vec<Vec<Span>>,
    known: HashMap<Vec<Span>, u16>,
    today: Vec<Span>,
}

impl Days {
    /// Adds a segment, in seconds from the beginning of the block, after all others.
    fn add(&mut self, from: i64, to: i64) {
        let mut from = from;
        while from < to {
            let day = from / DAY_SECONDS;
            self.reach(day);
            let end = to.min((day + 1) * DAY_SECONDS);
            let second = |at: i64| u32::try_from(at - day * DAY_SECONDS).unwrap_or_default();
            self.today.push(Span { from: second(from), to: second(end) });
            from = end;
        }
    }

    /// Ends days until `day` is the one under way.
    fn reach(&mut self, day: i64) {
        while i64::try_from(self.sorts.len()).unwrap_or(i64::MAX) < day {
            let today = std::mem::take(&mut self.today);
            let sort = if let Some(sort) = self.known.get(&today) {
                *sort
            } else {
                let sort = u16::try_from(self.kinds.len()).unwrap_or(u16::MAX);
                self.kinds.push(today.clone());
                self.known.insert(today, sort);
                sort
            };
            self.sorts.push(sort);
        }
    }

    fn into_block(mut self) -> Block {
        self.reach(BLOCK_DAYS);
        Block::new(self.sorts, &self.kinds)
    }
}
