//! The vectors of `calendar.json`: one arm per operation, each a call or two of the library.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use helpdesk_core::sla::calendar::Calendar;
use serde_json::{Value, json};

use crate::answer::{self, Refused};
use crate::days;
use crate::given::{self, Asked};
use crate::tally::Verdict;

/// Operations that ask about zone, dates and breaks alone.
const WITHOUT_HOURS: [&str; 4] = ["resolve_local", "is_holiday", "is_holiday_date", "is_break"];

pub(crate) fn run(vector: &Value) -> Verdict {
    let op = vector["op"].as_str().unwrap_or_default();
    let asked = Asked(vector);
    let expected = answer::in_utc(&vector["expected"]);
    // The same hours with periods over midnight written in one piece, where a vector gives both.
    for (name, overnight) in [("calendar", false), ("calendar_overnight", true)] {
        if vector[name].is_null() {
            continue;
        }
        let needs_hours = !WITHOUT_HOURS.contains(&op);
        let got = given::calendar(&vector[name], overnight, needs_hours).map_err(Refused::from);
        let got = match got.and_then(|calendar| reckon(op, &calendar, &asked)) {
            Ok(Some(got)) => got,
            Ok(None) => return Verdict::Skipped { op: op.to_owned() },
            Err(refused) => refused.into(),
        };
        if let failed @ Verdict::Failed { .. } = Verdict::of(&expected, &got) {
            return failed;
        }
    }
    Verdict::Passed
}

/// The answer; none if the library has no such operation.
fn reckon(op: &str, calendar: &Calendar, asked: &Asked<'_>) -> Result<Option<Value>, Refused> {
    let start = || asked.instant("start");
    let take = || asked.count(&["take"]).map(|take| usize::try_from(take).unwrap_or_default());
    let answer = match op {
        "validate" => json!("ok"),
        "add" => answer::instant(calendar.add(start()?, asked.count(&["seconds"])?)?),
        "sub" => answer::instant(calendar.sub(start()?, asked.count(&["seconds"])?)?),
        "elapsed" => json!(elapsed(calendar, asked)?),
        "is_open" => json!(calendar.is_open(start()?)),
        "is_break" => json!(calendar.is_break(start()?)),
        "is_holiday" => json!(calendar.is_holiday(calendar.date_of(start()?))),
        "is_holiday_date" => json!(calendar.is_holiday(asked.date(calendar, &["date", "start"])?)),
        "is_working_day" => json!(calendar.is_working_day(asked.date(calendar, &["date", "start"])?)),
        "next_open" => answer::instant(calendar.next_open(start()?)?),
        "next_close" => answer::instant(calendar.next_close(start()?)?),
        "prev_close" => answer::instant(calendar.prev_close(start()?)?),
        "next_period_start" => answer::instant(calendar.next_period_start(start()?)?),
        "periods_after" => answer::periods(calendar.periods_after(start()?).take(take()?)),
        "periods_before" => answer::periods(calendar.periods_before(start()?).take(take()?)),
        "intersect_periods_after" => {
            answer::periods(calendar.common_periods_after(&other(asked.0)?, start()?).take(take()?))
        }
        "resolve_local" => {
            let wall = given::word(&asked.0["local"]).parse().map_err(|_| Refused::unreadable("local"))?;
            answer::instant(calendar.resolve(wall))
        }
        "add_days" => days::add_days(calendar, asked, 1)?,
        "sub_days" => days::add_days(calendar, asked, -1)?,
        "add_dates" => days::add_dates(calendar, asked)?,
        "dates_between" => days::dates_between(calendar, asked)?,
        "business_dates_after" => {
            let count = usize::try_from(asked.count(&["take", "days"])?).unwrap_or_default();
            answer::dates(calendar.working_days_after(asked.date(calendar, &["date", "start"])?).take(count))
        }
        _ => return Ok(None),
    };
    Ok(Some(answer))
}

fn elapsed(calendar: &Calendar, asked: &Asked<'_>) -> Result<i64, Refused> {
    let (mut from, mut to) = (asked.instant("start")?, asked.instant("end")?);
    if asked.meaning("precision").contains("seconds of both ends are dropped") {
        (from, to) = (minute(from), minute(to));
    }
    Ok(match asked.meaning("reversed") {
        "negative" => calendar.elapsed_signed(from, to),
        "absolute" => calendar.elapsed_signed(from, to).abs(),
        _ => calendar.elapsed(from, to),
    })
}

fn minute(at: DateTime<Utc>) -> DateTime<Utc> {
    at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at)
}

/// The second calendar of an intersection: whichever field looks like one. Where the sources intersect schedules, the
/// outcome has the zone of the first.
fn other(vector: &Value) -> Result<Calendar, Refused> {
    let fields = vector.as_object().into_iter().flatten();
    let candidates = fields.filter(|(name, _)| !["calendar", "calendar_overnight"].contains(&name.as_str()));
    let found = candidates.map(|(_, value)| value).find(|value| value["weekly"].is_object());
    let mut other = found.cloned().ok_or_else(|| Refused::unreadable("second calendar"))?;
    other["timezone"] = vector["calendar"]["timezone"].clone();
    Ok(given::calendar(&other, false, true)?)
}
