//! What does business time cost, over a day, a month, a year and ten years? Monday to Friday 9 to 17 in Berlin with ten
//! holidays a year: the calendar, against a walk from day to day and against two crates that do the same.

use std::collections::HashSet;
use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use helpdesk_core::env::Zone;
use helpdesk_core::sla::calendar::{Calendar, CalendarDefinition};
use ule_hours::jiff;

use crate::measure::{Rounds, head, line, ratio};
use crate::{Asked, Failure};

const ZONE: &str = "Europe/Berlin";
const DAY: i64 = 86_400;
/// Starts that a rival is asked about in turn, four days and some minutes apart, so that no answer can be foreseen.
const STARTS: i64 = 64;
/// How long a rival is asked in a round.
const ROUND: Duration = Duration::from_millis(4);

/// A rival: open seconds between two instants, and the instant after so many of them, all in seconds.
trait Rival {
    fn name(&self) -> &'static str;
    fn elapsed(&self, from: i64, to: i64) -> i64;
    fn add(&self, from: i64, seconds: i64) -> Result<i64, Failure>;
}

pub(crate) fn ask(asked: &Asked) -> Result<(), Failure> {
    let rivals: [&dyn Rival; 4] = [&Ours::new()?, &Walk::new()?, &UleHours::new()?, &Workclock::new()?];
    let mut columns = vec!["what"];
    columns.extend(rivals.iter().map(|rival| rival.name()));
    columns.extend(["walk : ours", "ule-hours : ours", "workclock : ours"]);
    head("Business time, Monday to Friday 9 to 17, Berlin, ten holidays a year", &columns);
    let spans = [("a day", DAY), ("a month", 30 * DAY), ("a year", 365 * DAY), ("ten years", 3652 * DAY)];
    for (name, span) in spans {
        compare(asked, &format!("elapsed, {name}"), &rivals, |rival, at| Ok(rival.elapsed(at, at + span)))?;
    }
    for (name, hours) in [("8 h", 8), ("a year of it, 2,000 h", 2_000), ("ten years of it, 20,000 h", 20_000)] {
        compare(asked, &format!("add {name}"), &rivals, |rival, at| rival.add(at, hours * 3600))?;
    }
    fill(asked)
}

type Question<'a> = &'a dyn Fn(&dyn Rival, i64) -> Result<i64, Failure>;

fn compare(
    asked: &Asked,
    name: &str,
    rivals: &[&dyn Rival; 4],
    question: impl Fn(&dyn Rival, i64) -> Result<i64, Failure>,
) -> Result<(), Failure> {
    // They must agree, or the comparison is of different things.
    for n in 0..STARTS {
        let answers: Vec<_> = rivals.iter().map(|rival| question(*rival, start(n))).collect::<Result<_, _>>()?;
        if answers.iter().any(|answer| *answer != answers[0]) {
            return Err(format!("{name} from {}: {answers:?}", start(n)).into());
        }
    }
    let mut rounds: [Rounds; 4] = Default::default();
    for _ in 0..asked.rounds {
        for (rival, rounds) in rivals.iter().zip(&mut rounds) {
            rounds.add(one_round(&question, *rival)?);
        }
    }
    let took = rounds.map(|rounds| rounds.middle().as_secs_f64() / 1e6);
    let mut cells = vec![name.to_owned()];
    cells.extend(took.iter().map(|took| format!("{:.0} ns", took * 1e9)));
    cells.extend(took[1..].iter().map(|other| ratio(*other, took[0])));
    line(&cells);
    Ok(())
}

/// What a million calls would take.
fn one_round(question: Question<'_>, rival: &dyn Rival) -> Result<Duration, Failure> {
    let begun = Instant::now();
    let mut calls = 0_u32;
    while begun.elapsed() < ROUND {
        for n in 0..STARTS {
            black_box(question(rival, black_box(start(n)))?);
            calls += 1;
        }
    }
    Ok(begun.elapsed() * 1_000 / calls * 1_000)
}

/// Within the opening hours or not, in 2026.
fn start(n: i64) -> i64 {
    1_767_600_000 + n * (4 * DAY + 4_567)
}

/// What compiling costs: the first question, and fifty years.
fn fill(asked: &Asked) -> Result<(), Failure> {
    head("Compiling the same calendar", &["what", "time", "bytes"]);
    for (name, years) in [("the first question of today", 1), ("fifty years", 50)] {
        let (mut rounds, mut bytes) = (Rounds::default(), 0);
        for _ in 0..asked.rounds {
            let ours = Ours::new()?;
            let begun = Instant::now();
            let from = start(0);
            black_box(ours.elapsed(from, from + (years - 1) * 365 * DAY));
            rounds.add(begun.elapsed());
            bytes = ours.0.compiled_bytes();
        }
        line(&[name.to_owned(), crate::measure::micros(rounds.middle()), bytes.to_string()]);
    }
    Ok(())
}

/// Ten days of each year that are not at weekends more often than others.
fn holidays() -> Result<Vec<NaiveDate>, Failure> {
    let days = [(1, 1), (1, 6), (4, 3), (4, 6), (5, 1), (5, 14), (6, 4), (10, 3), (12, 25), (12, 26)];
    let years = (2020..=2050).flat_map(|year| days.map(|(month, day)| NaiveDate::from_ymd_opt(year, month, day)));
    years.collect::<Option<_>>().ok_or_else(|| "a date".into())
}

fn instant(second: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(second, 0).unwrap_or_default()
}

struct Ours(Calendar);

impl Ours {
    fn new() -> Result<Self, Failure> {
        let definition = CalendarDefinition::weekdays(ZONE, "09:00-17:00");
        let dates = holidays()?;
        Ok(Self(Calendar::new(&definition.holidays(dates.iter().map(ToString::to_string)))?))
    }
}

impl Rival for Ours {
    fn name(&self) -> &'static str {
        "ours"
    }

    fn elapsed(&self, from: i64, to: i64) -> i64 {
        self.0.elapsed(instant(from), instant(to))
    }

    fn add(&self, from: i64, seconds: i64) -> Result<i64, Failure> {
        Ok(self.0.add(instant(from), seconds)?.timestamp())
    }
}

/// What one would write first: from day to day.
struct Walk {
    zone: Zone,
    holidays: HashSet<NaiveDate>,
}

impl Walk {
    fn new() -> Result<Self, Failure> {
        Ok(Self { zone: Zone::named(ZONE).ok_or("a zone")?, holidays: holidays()?.into_iter().collect() })
    }

    /// The open seconds of each working day from that of an instant on.
    fn days(&self, from: i64) -> impl Iterator<Item = (i64, i64)> {
        let first = self.zone.local(instant(from)).date();
        let dates = std::iter::successors(Some(first), |date| date.checked_add_days(Days::new(1)));
        let weekend = |date: NaiveDate| matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let wall = |date: NaiveDate, hour| self.zone.resolve(date.and_time(NaiveTime::MIN) + TimeDelta::hours(hour));
        let open = dates.filter(move |date| !weekend(*date) && !self.holidays.contains(date));
        open.map(move |date| (wall(date, 9).timestamp().max(from), wall(date, 17).timestamp()))
    }
}

impl Rival for Walk {
    fn name(&self) -> &'static str {
        "a walk from day to day"
    }

    fn elapsed(&self, from: i64, to: i64) -> i64 {
        let days = self.days(from).take_while(|(open, _)| *open < to);
        days.map(|(open, close)| (close.min(to) - open).max(0)).sum()
    }

    fn add(&self, from: i64, seconds: i64) -> Result<i64, Failure> {
        let mut left = seconds;
        for (open, close) in self.days(from).filter(|(open, close)| open < close) {
            if left < close - open {
                return Ok(open + left);
            }
            left -= close - open;
        }
        Err("no open time".into())
    }
}

fn stamp(second: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(second).unwrap_or_default()
}

fn civil(date: NaiveDate) -> Result<jiff::civil::Date, Failure> {
    Ok(jiff::civil::Date::new(date.year().try_into()?, date.month().try_into()?, date.day().try_into()?)?)
}

struct UleHours(ule_hours::Schedule);

impl UleHours {
    fn new() -> Result<Self, Failure> {
        let mut builder = ule_hours::Schedule::builder(ZONE)?.mon_fri("09:00-17:00")?.horizon_days(20_000);
        for date in holidays()? {
            builder = builder.closed_on(civil(date)?);
        }
        Ok(Self(builder.build()))
    }
}

impl Rival for UleHours {
    fn name(&self) -> &'static str {
        "ule-hours 0.1.2"
    }

    fn elapsed(&self, from: i64, to: i64) -> i64 {
        self.0.between(stamp(from), stamp(to)).as_secs()
    }

    fn add(&self, from: i64, seconds: i64) -> Result<i64, Failure> {
        // It ends at the closing where a day is used up exactly: ask for the second after, and take it back.
        let due = self.0.add(stamp(from), jiff::SignedDuration::from_secs(seconds + 1))?;
        Ok(due.as_second() - 1)
    }
}

struct Workclock(workclock::Schedule);

impl Workclock {
    fn new() -> Result<Self, Failure> {
        let time = |hour| jiff::civil::time(hour, 0, 0, 0);
        let days = workclock::WorkDay::new(time(9), time(17), workclock::Weekdays::MON_TO_FRI);
        let closed = holidays()?.into_iter().map(civil).collect::<Result<Vec<_>, _>>()?;
        let builder = workclock::Schedule::builder().time_zone(ZONE).rule(days);
        Ok(Self(builder.rule(workclock::Holidays::new(closed)).build()?))
    }
}

impl Rival for Workclock {
    fn name(&self) -> &'static str {
        "workclock 0.1.4"
    }

    fn elapsed(&self, from: i64, to: i64) -> i64 {
        self.0.between(stamp(from), stamp(to)).as_secs()
    }

    fn add(&self, from: i64, seconds: i64) -> Result<i64, Failure> {
        let due = self.0.add(stamp(from), jiff::SignedDuration::from_secs(seconds + 1))?;
        Ok(due.as_second() - 1)
    }
}
