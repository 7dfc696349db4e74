//! All open time of a calendar, compiled as it is asked for: block after block outwards from an anchor, each counting
//! on from its neighbour. Filled blocks never change, so a timeline is shared between threads without a lock. Working
//! days are counted in the same way, on a timeline of their own.

use std::sync::OnceLock;

use super::block::{BLOCK_DAYS, BLOCK_SECONDS, Block, Side, index};
use super::compile;
use super::rules::Rules;

/// The first second that can be asked about: 1970-01-01T00:00:00Z.
pub(super) const FIRST: i64 = 0;
/// The last one: 9999-01-01T00:00:00Z.
pub(super) const LAST: i64 = 253_370_764_800;

/// Blocks until the last second, counted from the first.
const BLOCKS: usize = 542;
/// Blocks of 400 years.
const CYCLE: usize = 27;
/// The block that is counted from: June 2014 to April 2029, so that what is asked today is compiled first.
const ANCHOR: usize = 3;
/// The first block in which every zone keeps the rule it then has for ever (March 2103). The zone database foretells
/// single changes until 2087, for the Ramadans of Morocco and Gaza; a test looks at every zone.
const REGULAR: usize = 9;

/// The open seconds of a calendar.
#[derive(Debug)]
pub(super) enum Timeline {
    /// Every second.
    Always,
    /// Those that the rules say.
    Compiled(Compiled),
}

/// What a timeline counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Counted {
    /// Open seconds, as UTC has them.
    Seconds,
    /// Working days: the first second of each of the calendar's dates that has open time, as if its zone were UTC.
    Dates,
}

#[derive(Debug)]
pub(super) struct Compiled {
    counted: Counted,
    /// From this block on, open time repeats every [`CYCLE`] blocks.
    regular: usize,
    blocks: Box<[OnceLock<Block>]>,
}

impl Timeline {
    pub(super) fn new(rules: &Rules, counted: Counted) -> Self {
        if counted == Counted::Seconds && rules.is_always_open() {
            return Self::Always;
        }
        // A day more, since the last date may reach over midnight, and another for the zone.
        let last_day = rules.last_date().map_or(0, |date| compile::day_of(date) + 3);
        let regular = REGULAR.max(index(last_day / BLOCK_DAYS) + 1).min(BLOCKS);
        let blocks = (0..BLOCKS.min(regular + CYCLE)).map(|_| OnceLock::new()).collect();
        Self::Compiled(Compiled { counted, regular, blocks })
    }

    /// Open seconds before a second, counted from one that is the same for every call.
    pub(super) fn open_before(&self, rules: &Rules, second: i64) -> i64 {
        match self {
            Self::Always => second,
            Self::Compiled(compiled) => {
                let (block, before) = compiled.at(rules, index(second / BLOCK_SECONDS), Side::Open);
                before + block.open_before(second % BLOCK_SECONDS)
            }
        }
    }

    /// Closed seconds before a second, likewise.
    pub(super) fn closed_before(&self, rules: &Rules, second: i64) -> i64 {
        second - self.open_before(rules, second)
    }

    /// The second at which the one numbered `count` of a side begins, counted as by `…_before`. It is quickest where
    /// the answer is near `near`. None outside the bounds.
    pub(super) fn begins(&self, rules: &Rules, side: Side, count: i64, near: i64) -> Option<i64> {
        let second = match (self, side) {
            (Self::Always, Side::Open) => count,
            (Self::Always, Side::Closed) => return None,
            (Self::Compiled(compiled), _) => {
                let k = compiled.holding(rules, side, count, index(near / BLOCK_SECONDS))?;
                let (block, before) = compiled.at(rules, k, side);
                i64::try_from(k).ok()? * BLOCK_SECONDS + block.begins(side, count - before)
            }
        };
        (FIRST..=LAST).contains(&second).then_some(second)
    }

    /// Bytes that its compiled part takes now.
    pub(super) fn bytes(&self) -> usize {
        match self {
            Self::Always => 0,
            Self::Compiled(compiled) => {
                let filled = compiled.blocks.iter().filter_map(OnceLock::get).map(Block::bytes);
                size_of_val(&*compiled.blocks) + filled.sum::<usize>()
            }
        }
    }
}

impl Compiled {
    /// A block, and the seconds of a side before it.
    fn at(&self, rules: &Rules, k: usize, side: Side) -> (&Block, i64) {
        let (own, laps) = match k.checked_sub(self.regular + CYCLE) {
            None => (k, 0),
            Some(over) => (self.regular + over % CYCLE, signed(over / CYCLE) + 1),
        };
        let block = self.filled(rules, own);
        let lap = if laps == 0 { 0 } else { laps * self.lap(rules, Side::Open) };
        let open = block.before + lap;
        match side {
            Side::Open => (block, open),
            Side::Closed => (block, signed(k) * BLOCK_SECONDS - open),
        }
    }

    /// The seconds of a side in 400 regular years.
    fn lap(&self, rules: &Rules, side: Side) -> i64 {
        let (first, last) = (self.filled(rules, self.regular), self.filled(rules, self.regular + CYCLE - 1));
        let open = last.before + last.total(Side::Open) - first.before;
        match side {
            Side::Open => open,
            Side::Closed => signed(CYCLE) * BLOCK_SECONDS - open,
        }
    }

    /// The block that has the second numbered `count` of a side, looked for from block `near` on.
    fn holding(&self, rules: &Rules, side: Side, count: i64, near: usize) -> Option<usize> {
        let last = self.blocks.len() - 1;
        let mut k = near.min(self.regular).min(last);
        loop {
            let (block, before) = self.at(rules, k, side);
            if count < before {
                k = k.checked_sub(1)?;
            } else if count < before + block.total(side) {
                return Some(k);
            } else if k < self.regular.min(last) {
                k += 1;
            } else {
                break;
            }
        }
        if self.regular + CYCLE > self.blocks.len() {
            return (k + 1..=last).find(|k| self.reaches(rules, side, count, *k));
        }
        let lap = self.lap(rules, side);
        let over = count - self.at(rules, self.regular, side).1;
        let laps = over.checked_div(lap).filter(|laps| *laps < signed(BLOCKS))?;
        let first = self.regular + CYCLE * index(laps);
        (first..BLOCKS.min(first + CYCLE)).find(|k| self.reaches(rules, side, count, *k))
    }

    /// Whether the second numbered `count` of a side is in or before block `k`.
    fn reaches(&self, rules: &Rules, side: Side, count: i64, k: usize) -> bool {
        let (block, before) = self.at(rules, k, side);
        count < before + block.total(side)
    }

    fn filled(&self, rules: &Rules, k: usize) -> &Block {
        self.blocks[k].get().unwrap_or_else(|| self.fill(rules, k))
    }

    /// Compiles a block and those between it and the anchor. Whoever comes first compiles; the outcome is the same.
    #[cold]
    fn fill(&self, rules: &Rules, k: usize) -> &Block {
        let compile = |k: usize| match self.counted {
            Counted::Seconds => compile::block(rules, signed(k) * BLOCK_DAYS),
            Counted::Dates => compile::working_days(rules, signed(k) * BLOCK_DAYS),
        };
        let mut at = self.blocks[ANCHOR].get_or_init(|| compile(ANCHOR));
        for k in ANCHOR + 1..=k {
            let before = at.before + at.total(Side::Open);
            at = self.blocks[k].get_or_init(|| compile(k).counted_from(before));
        }
        for k in (k..ANCHOR).rev() {
            let after = at.before;
            at = self.blocks[k].get_or_init(|| {
                let block = compile(k);
                let before = after - block.total(Side::Open);
                block.counted_from(before)
            });
        }
        at
    }
}

/// A number of blocks for arithmetic with seconds.
fn signed(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
