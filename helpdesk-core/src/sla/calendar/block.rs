//! Some years of open time, counted: how much of it lies before each day, and the hours of each day. Days here are
//! those of UTC, so that finding one is a division. Which hours are open was decided when it was compiled.

use super::span::{DAY, Span};

/// Days of a block. 27 blocks are the 400 years after which dates and weekdays repeat: 27 × 5411 = 146,097 days.
pub(super) const BLOCK_DAYS: i64 = 5_411;
/// Seconds of a block.
pub(super) const BLOCK_SECONDS: i64 = BLOCK_DAYS * DAY_SECONDS;
/// Seconds of a day of UTC.
pub(super) const DAY_SECONDS: i64 = DAY as i64;

/// Which seconds are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// Those within business hours.
    Open,
    /// Those outside.
    Closed,
}

/// Seconds and days within a block are counted from its beginning.
#[derive(Debug)]
pub(super) struct Block {
    /// Open seconds between the anchor of the timeline and the beginning; negative before the anchor.
    pub(super) before: i64,
    /// Open seconds before each day, and in all.
    open: Box<[u32]>,
    /// Which sort of day each is.
    sorts: Box<[u16]>,
    /// Where the hours of each sort begin in `hours`, and where the last ones end.
    starts: Box<[u32]>,
    hours: Box<[Span]>,
}

/// A place in a list from a count that is never negative.
pub(super) fn index(count: i64) -> usize {
    usize::try_from(count).unwrap_or_default()
}

impl Block {
    /// Puts the days together. `sorts` says for each day which entry of `kinds` it is.
    pub(super) fn new(sorts: Vec<u16>, kinds: &[Vec<Span>]) -> Self {
        let lengths: Vec<u32> = kinds.iter().map(|hours| hours.iter().map(|span| span.to - span.from).sum()).collect();
        let mut open = Vec::with_capacity(sorts.len() + 1);
        let mut sum = 0;
        for sort in &sorts {
            open.push(sum);
            sum += lengths[usize::from(*sort)];
        }
        open.push(sum);
        let mut starts = vec![0];
        for hours in kinds {
            starts.push(starts.last().copied().unwrap_or(0) + u32::try_from(hours.len()).unwrap_or(u32::MAX));
        }
        Self { before: 0, open: open.into(), sorts: sorts.into(), starts: starts.into(), hours: kinds.concat().into() }
    }

    /// The same with so many open seconds between the anchor and its beginning.
    pub(super) fn counted_from(self, before: i64) -> Self {
        Self { before, ..self }
    }

    /// Seconds of a side in the whole block.
    pub(super) fn total(&self, side: Side) -> i64 {
        self.count_before(index(BLOCK_DAYS), side)
    }

    /// Open seconds before a second.
    pub(super) fn open_before(&self, second: i64) -> i64 {
        let day = index(second / DAY_SECONDS);
        let within = u32::try_from(second % DAY_SECONDS).unwrap_or_default();
        let today = self.hours_of(day).iter().take_while(|span| span.from < within);
        let today: u32 = today.map(|span| span.to.min(within) - span.from).sum();
        i64::from(self.open[day] + today)
    }

    /// The second at which the one numbered `count` (from 0) of a side begins; there must be that many.
    pub(super) fn begins(&self, side: Side, count: i64) -> i64 {
        let day = match side {
            Side::Open => self.open.partition_point(|open| i64::from(*open) <= count) - 1,
            Side::Closed => self.day_of_closed(count),
        };
        let rest = u32::try_from(count - self.count_before(day, side)).unwrap_or_default();
        i64::try_from(day).unwrap_or_default() * DAY_SECONDS + i64::from(self.within(day, side, rest))
    }

    fn day_of_closed(&self, count: i64) -> usize {
        let (mut low, mut high) = (0, index(BLOCK_DAYS));
        while high - low > 1 {
            let middle = low.midpoint(high);
            if self.count_before(middle, Side::Closed) <= count { low = middle } else { high = middle }
        }
        low
    }

    /// The second of a day at which the one numbered `rest` of a side begins.
    fn within(&self, day: usize, side: Side, mut rest: u32) -> u32 {
        let mut passed = 0;
        for span in self.hours_of(day) {
            let (from, length) = match side {
                Side::Open => (span.from, span.to - span.from),
                Side::Closed => (passed, span.from - passed),
            };
            if rest < length {
                return from + rest;
            }
            rest -= length;
            passed = span.to;
        }
        passed + rest
    }

    fn count_before(&self, day: usize, side: Side) -> i64 {
        let open = i64::from(self.open[day]);
        match side {
            Side::Open => open,
            Side::Closed => i64::try_from(day).unwrap_or_default() * DAY_SECONDS - open,
        }
    }

    fn hours_of(&self, day: usize) -> &[Span] {
        let sort = usize::from(self.sorts[day]);
        &self.hours[self.starts[sort] as usize..self.starts[sort + 1] as usize]
    }

    /// Bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self)
            + size_of_val(&*self.open)
            + size_of_val(&*self.sorts)
            + size_of_val(&*self.starts)
            + size_of_val(&*self.hours)
    }
}
