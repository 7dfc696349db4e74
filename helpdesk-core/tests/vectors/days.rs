//! Day arithmetic as the sources mean it. They agree on a step from working day to working day and differ in what they
//! do with a start or an outcome outside business hours: each system's way is a value here.

use chrono::{DateTime, NaiveDate, Utc};
use helpdesk_core::sla::calendar::Calendar;
use serde_json::{Value, json};

use crate::answer::{self, Refused};
use crate::given::Asked;

/// Where a start on a day that is none of work goes before days are counted.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    /// Nowhere: the first day of work after it is the first that is counted.
    Stays,
    /// To the same time of the next day of work.
    NextDay,
    /// To its opening.
    Opening,
}

/// What becomes of an outcome outside the hours of its day.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Stays,
    /// It goes to the nearest open instant in the direction of the step.
    Snaps,
    /// Forward the same; back, to the opening of the day it comes to.
    Opens,
    /// After the last hour of its day, to that.
    Closes,
}

/// Which dates are counted between two.
#[derive(Clone, Copy, PartialEq)]
enum Between {
    /// `[from, to)`.
    WithTheFirst,
    /// `(from, to]`: a date is taken for its end.
    WithTheLast,
    /// `(from, to]` between the nearest open instants.
    OpenInstants,
    /// Whole lengths of a working day in the open time between.
    WholeDays,
}

struct Manner {
    start: Start,
    end: End,
    between: Between,
    /// A start on a day that is none of work comes out at a closing.
    to_closing: bool,
}

impl Manner {
    fn of(asked: &Asked<'_>) -> Self {
        let (words, source) = (asked.meaning("days"), asked.0["source"].as_str().unwrap_or_default());
        let is = |system: &str| source.starts_with(system);
        let plain = Self { start: Start::Stays, end: End::Stays, between: Between::WithTheLast, to_closing: false };
        if is("bokmann/") || words.contains("one interval per day") {
            return Self { start: Start::Opening, end: End::Opens, between: Between::WithTheFirst, ..plain };
        }
        if is("glpi-project/") || words.contains("end_of_working_day") {
            return Self { start: Start::Opening, end: End::Closes, ..plain };
        }
        if is("Intrepidd/") {
            return Self { start: Start::NextDay, ..plain };
        }
        if is("lennym/") {
            return Self { between: Between::OpenInstants, ..plain };
        }
        if is("freetrade-io/") {
            return Self { between: Between::WholeDays, to_closing: true, ..plain };
        }
        Self { end: if words.contains("snap") { End::Snaps } else { End::Stays }, ..plain }
    }
}

/// Days to step, in the direction of the operation.
fn step(asked: &Asked<'_>, direction: i64) -> Result<i32, Refused> {
    i32::try_from(asked.count(&["days"])? * direction).map_err(|_| Refused::unreadable("days"))
}

pub(crate) fn add_days(calendar: &Calendar, asked: &Asked<'_>, direction: i64) -> Result<Value, Refused> {
    let manner = Manner::of(asked);
    let days = step(asked, direction)?;
    let back = days < 0 || (days == 0 && direction < 0);
    let mut at = asked.instant("start")?;
    let closed = !calendar.is_working_day(calendar.date_of(at));
    if manner.start != Start::Stays && closed {
        at = calendar.add_business_days(at, if back { -1 } else { 1 })?;
        if manner.start == Start::Opening {
            at = opening(calendar, calendar.date_of(at))?;
        }
    }
    at = calendar.add_business_days(at, days)?;
    let closing = calendar.hours_of(calendar.date_of(at)).map(|hours| hours.to);
    if asked.0["end_of_working_day"] == true || (closed && manner.to_closing && days > 0) {
        return Ok(answer::instant(closing.ok_or_else(|| Refused::unreadable("working day"))?));
    }
    if !calendar.is_open(at) {
        at = match manner.end {
            End::Stays => at,
            End::Snaps | End::Opens if !back => calendar.next_open(at)?,
            End::Snaps => calendar.prev_close(at)?,
            End::Opens => opening(calendar, calendar.date_of(calendar.prev_close(at)?))?,
            End::Closes => closing.map_or(at, |closing| at.min(closing)),
        };
    }
    Ok(answer::instant(at))
}

fn opening(calendar: &Calendar, date: NaiveDate) -> Result<DateTime<Utc>, Refused> {
    calendar.hours_of(date).map(|hours| hours.from).ok_or_else(|| Refused::unreadable("working day"))
}

pub(crate) fn add_dates(calendar: &Calendar, asked: &Asked<'_>) -> Result<Value, Refused> {
    let days = step(asked, 1)?;
    let mut date = asked.date(calendar, &["date", "start"])?;
    if Manner::of(asked).start != Start::Stays && !calendar.is_working_day(date) {
        date = calendar.add_working_days(date, if days < 0 { -1 } else { 1 })?;
    }
    Ok(json!(calendar.add_working_days(date, days)?.to_string()))
}

/// A count, or the dates themselves where they are expected.
pub(crate) fn dates_between(calendar: &Calendar, asked: &Asked<'_>) -> Result<Value, Refused> {
    let (from, to) = (asked.date(calendar, &["date", "start"])?, asked.date(calendar, &["end_date", "end"])?);
    let (first, last) = (from.min(to), from.max(to));
    if asked.0["expected"].is_array() {
        let before = first.pred_opt().unwrap_or(first);
        return Ok(answer::dates(calendar.working_days_after(before).take_while(|date| *date < last)));
    }
    let next = |date: NaiveDate| date.succ_opt().unwrap_or(date);
    let instants = asked.instant("start").ok().zip(asked.instant("end").ok());
    let count = match (Manner::of(asked).between, instants) {
        (Between::WithTheFirst, _) => calendar.working_days_between(first, last),
        (Between::OpenInstants, Some((one, other))) => {
            let first = calendar.date_of(calendar.next_open(one.min(other))?);
            let last = calendar.date_of(calendar.prev_close(one.max(other))?);
            calendar.working_days_between(next(first), next(last))
        }
        (Between::WholeDays, Some((one, other))) => {
            let hours = calendar.periods_after(calendar.next_open(one.min(other))?).nth(1);
            let length = hours.map_or(0, |hours| (hours.to - hours.from).num_seconds());
            let days = calendar.elapsed(one.min(other), one.max(other)).checked_div(length);
            usize::try_from(days.unwrap_or_default()).unwrap_or_default()
        }
        _ => calendar.working_days_between(next(first), next(last)),
    };
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    Ok(json!(match (to < from, asked.meaning("reversed")) {
        (true, "negative") => -count,
        (true, "absolute") | (false, _) => count,
        (true, _) => 0,
    }))
}
