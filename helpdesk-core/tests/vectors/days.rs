//! Day arithmetic as the sources mean it. They agree on a step from working day to working day and differ in what they
//! do with a start outside business hours, which each vector's `semantics.days` tells.

use chrono::{DateTime, NaiveDate, Utc};
use helpdesk_core::sla::calendar::Calendar;
use serde_json::{Value, json};

use crate::answer::{self, Refused};
use crate::given::Asked;

/// What a source does around the step.
struct Manner {
    /// A start on a day that is none of work goes to the next one that is, before days are counted.
    settles: bool,
    /// The outcome goes to the nearest open instant in the direction of the step.
    snaps: bool,
    /// Going back, it goes to the opening of the day instead.
    to_opening: bool,
}

impl Manner {
    fn of(asked: &Asked<'_>) -> Self {
        let words = asked.meaning("days");
        // The words of sources that know one period a day and settle on its opening.
        let to_opening = words.contains("one interval per day");
        let says_how = words.contains("snap") || words.contains("keeps the time of day");
        Self { settles: !says_how, snaps: to_opening || words.contains("snap"), to_opening }
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
    if manner.settles && !calendar.is_working_day(calendar.date_of(at)) {
        at = settled(calendar, at, back, manner.to_opening)?;
    }
    at = calendar.add_business_days(at, days)?;
    if asked.0["end_of_working_day"] == true {
        let hours = calendar.hours_of(calendar.date_of(at)).ok_or_else(|| Refused::unreadable("working day"))?;
        return Ok(answer::instant(hours.to));
    }
    if manner.snaps && !calendar.is_open(at) {
        at = match (back, manner.to_opening) {
            (false, _) => calendar.next_open(at)?,
            (true, false) => calendar.prev_close(at)?,
            (true, true) => opening(calendar, calendar.date_of(calendar.prev_close(at)?))?,
        };
    }
    Ok(answer::instant(at))
}

/// The nearest working day in the direction: at the same time, or at its opening.
fn settled(calendar: &Calendar, at: DateTime<Utc>, back: bool, to_opening: bool) -> Result<DateTime<Utc>, Refused> {
    let there = calendar.add_business_days(at, if back { -1 } else { 1 })?;
    if to_opening { opening(calendar, calendar.date_of(there)) } else { Ok(there) }
}

fn opening(calendar: &Calendar, date: NaiveDate) -> Result<DateTime<Utc>, Refused> {
    calendar.hours_of(date).map(|hours| hours.from).ok_or_else(|| Refused::unreadable("working day"))
}

pub(crate) fn add_dates(calendar: &Calendar, asked: &Asked<'_>) -> Result<Value, Refused> {
    let days = step(asked, 1)?;
    let mut date = asked.date(calendar, &["date", "start"])?;
    if Manner::of(asked).settles && !calendar.is_working_day(date) {
        date = calendar.add_working_days(date, if days < 0 { -1 } else { 1 })?;
    }
    Ok(json!(calendar.add_working_days(date, days)?.to_string()))
}

/// A count, or the dates themselves where they are expected. Sources with one period a day count `[from, to)`, the
/// others `(from, to]`, taking a date for its end.
pub(crate) fn dates_between(calendar: &Calendar, asked: &Asked<'_>) -> Result<Value, Refused> {
    let from = asked.date(calendar, &["date", "start"])?;
    let to = asked.date(calendar, &["end_date", "end"])?;
    let (first, last) = (from.min(to), from.max(to));
    let from_the_first = Manner::of(asked).to_opening || asked.0["expected"].is_array();
    let shifted = |date: NaiveDate| if from_the_first { date } else { date.succ_opt().unwrap_or(date) };
    let (first, last) = (shifted(first), shifted(last));
    if asked.0["expected"].is_array() {
        let before = first.pred_opt().unwrap_or(first);
        return Ok(answer::dates(calendar.working_days_after(before).take_while(|date| *date < last)));
    }
    let count = i64::try_from(calendar.working_days_between(first, last)).unwrap_or(i64::MAX);
    Ok(json!(match (to < from, asked.meaning("reversed")) {
        (true, "negative") => -count,
        (true, "absolute") | (false, _) => count,
        (true, _) => 0,
    }))
}
