//! What a calendar should say, found by looking at every second of a window: a clock on the wall is watched, and opens
//! and closes when it shows the times that the rules name. It shares nothing with the code under test but the offset of
//! the zone at an instant.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, Utc};
use helpdesk_core::env::Zone;

use crate::hours::{DAY, Hours};

/// Offsets change on whole quarter hours, or within one that has another offset at its end.
const QUARTER: i64 = 900;

/// Seconds of UTC from `first` on, and which are open.
pub(crate) struct Model {
    first: i64,
    open: Vec<bool>,
    /// How many open seconds there are before each.
    before: Vec<u32>,
    /// The seconds at which it opens or closes.
    edges: Vec<i64>,
}

impl Model {
    /// Looks at the seconds from `from` to `to`.
    pub(crate) fn new(zone: Zone, hours: &Hours, from: DateTime<Utc>, to: DateTime<Utc>) -> Self {
        let wall = Wall::watched(zone, from.timestamp(), to.timestamp());
        let mut open = vec![false; wall.furthest.len()];
        let mut date = wall.date(0);
        while date <= wall.date(wall.furthest.len() - 1) {
            paint(&mut open, &wall, date, &hours.on(date));
            date = date + Days::new(1);
        }
        let mut before = Vec::with_capacity(open.len());
        let (mut sum, mut edges, mut was) = (0, Vec::new(), open[0]);
        for (second, is) in open.iter().enumerate() {
            before.push(sum);
            sum += u32::from(*is);
            if *is != was {
                edges.push(i64::try_from(second).unwrap());
                was = *is;
            }
        }
        Self { first: from.timestamp(), open, before, edges }
    }

    /// Seconds from the beginning of the window to its end.
    pub(crate) fn seconds(&self) -> i64 {
        i64::try_from(self.open.len()).unwrap()
    }

    /// The instant so many seconds after the beginning of the window.
    pub(crate) fn at(&self, second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(self.first + second, 0).unwrap()
    }

    pub(crate) fn is_open(&self, second: i64) -> bool {
        self.open[usize::try_from(second).unwrap()]
    }

    /// Open seconds from the beginning of the window to a second.
    pub(crate) fn before(&self, second: i64) -> i64 {
        self.before[usize::try_from(second).unwrap()].into()
    }

    /// The seconds at which it opens or closes, in order.
    pub(crate) fn edges(&self) -> &[i64] {
        &self.edges
    }

    /// The first second from `from` on that is open or not; none in the window.
    pub(crate) fn next(&self, from: i64, open: bool) -> Option<i64> {
        if self.is_open(from) == open {
            return Some(from);
        }
        self.edges.get(self.edges.partition_point(|edge| *edge <= from)).copied()
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

/// Marks the open stretches of a date, within that date's own time.
fn paint(open: &mut [bool], wall: &Wall, date: NaiveDate, bits: &[bool]) {
    let midnight = date.and_time(NaiveTime::MIN).and_utc().timestamp();
    let day = i64::try_from(DAY).unwrap();
    let (begin, end) = (wall.reaches(midnight), wall.reaches(midnight + day));
    let mut from = 0;
    for stretch in bits.chunk_by(|one, other| one == other) {
        let until = from + stretch.len();
        if stretch[0] {
            let shown = |second: usize| wall.shows(midnight + i64::try_from(second).unwrap());
            let opens = if from == 0 { begin } else { shown(from).clamp(begin, end) };
            let closes = if until == DAY { end } else { shown(until).clamp(begin, end) };
            if opens < closes {
                open[opens..closes].fill(true);
            }
        }
        from = until;
    }
}

/// A clock on the wall, watched for a while. Local time is in seconds from 1970-01-01T00:00:00 on that clock.
struct Wall {
    /// The furthest local time that it has shown by each second.
    furthest: Vec<i64>,
    /// The local time that `rings` begins with.
    lowest: i64,
    /// The second at which each local time comes; `NEVER` outside the window.
    rings: Vec<u32>,
}

const NEVER: u32 = u32::MAX;

impl Wall {
    fn watched(zone: Zone, from: i64, to: i64) -> Self {
        let shown = every_second(zone, from, to);
        let (lowest, highest) = (*shown.iter().min().unwrap(), *shown.iter().max().unwrap());
        let mut rings = vec![NEVER; usize::try_from(highest - lowest).unwrap() + 1];
        let mut furthest = Vec::with_capacity(shown.len());
        let (mut before, mut most) = (shown[0], shown[0]);
        for (second, local) in (0..).zip(shown) {
            let place = usize::try_from(local - lowest).unwrap();
            // What is skipped comes as if the clock had gone on.
            if local > before + 1 {
                let last = usize::try_from(before - lowest).unwrap();
                for (skipped, later) in (last + 1..place).zip(second..) {
                    rings[skipped] = later;
                }
            }
            // What comes twice comes the first time.
            rings[place] = rings[place].min(second);
            (before, most) = (local, most.max(local));
            furthest.push(most);
        }
        Self { furthest, lowest, rings }
    }

    fn date(&self, second: usize) -> NaiveDate {
        DateTime::from_timestamp(self.furthest[second], 0).unwrap().date_naive()
    }

    /// The second at which it first shows a local time or a later one.
    fn reaches(&self, local: i64) -> usize {
        self.furthest.partition_point(|most| *most < local)
    }

    /// The second at which a local time comes.
    fn shows(&self, local: i64) -> usize {
        let Ok(place) = usize::try_from(local - self.lowest) else { return 0 };
        let second = self.rings.get(place).copied().filter(|second| *second != NEVER);
        second.map_or(self.furthest.len(), |second| usize::try_from(second).unwrap())
    }
}

/// What the clock shows in each second. Where a quarter of an hour begins and ends with the same offset it is that of
/// every second in it; else each is asked for.
fn every_second(zone: Zone, from: i64, to: i64) -> Vec<i64> {
    let shown = |second: i64| zone.local(DateTime::from_timestamp(second, 0).unwrap()).and_utc().timestamp();
    let mut all = Vec::with_capacity(usize::try_from(to - from).unwrap());
    let mut at = from;
    while at < to {
        let end = (at + QUARTER).min(to);
        let ahead = shown(at) - at;
        if shown(end) - end == ahead {
            all.extend(at + ahead..end + ahead);
        } else {
            all.extend((at..end).map(shown));
        }
        at = end;
    }
    all
}
