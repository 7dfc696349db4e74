//! The vectors of `sla.json`: a life is played, and every expected key is asked of the ticket.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use helpdesk_core::env::Timestamp;
use helpdesk_core::sla::{Metric, Outcome, SlaClock};
use serde_json::{Map, Value, json};

use crate::answer;
use crate::life::Life;
use crate::promise;
use crate::tally::Verdict;

pub(crate) fn run(vector: &Value) -> Verdict {
    let mut expected = vector["expected"].clone();
    if let (Some(expected), Some(correct)) = (expected.as_object_mut(), vector["correct"].as_object()) {
        expected.extend(correct.clone());
    }
    let got = match Life::of(vector) {
        Err(problem) => json!({ "error": problem }),
        Ok(_) if expected.get("error").is_some() => json!("no error"),
        Ok(life) => {
            let asked = Asked { life: &life, vector };
            let keys = expected.as_object().into_iter().flatten();
            keys.map(|(key, value)| (key.clone(), asked.answer(key, value))).collect::<Map<_, _>>().into()
        }
    };
    let by_minute = vector["precision"].as_str().is_some_and(|precision| precision.contains("minute"));
    let form = |value: &Value| normal(value, by_minute);
    Verdict::of(&form(&exact(vector, expected)), &form(&got))
}

/// Where the source's own figures lost seconds, the exact ones.
fn exact(vector: &Value, mut expected: Value) -> Value {
    let exact = &vector["expected_exact_seconds"];
    for (key, value) in expected.as_object_mut().into_iter().flatten() {
        let seconds = if exact.is_number() && key.ends_with("_in_min") { exact } else { &exact[key.as_str()] };
        if !seconds.is_null() {
            value.clone_from(seconds);
        }
    }
    expected
}

/// Instants in one form, whole numbers as such.
fn normal(value: &Value, by_minute: bool) -> Value {
    match value {
        Value::String(text) => match text.parse::<DateTime<Utc>>() {
            Ok(at) if by_minute => answer::instant(at.duration_trunc(TimeDelta::minutes(1)).unwrap_or(at)),
            Ok(at) => answer::instant(at),
            Err(_) => value.clone(),
        },
        Value::Array(items) => items.iter().map(|item| normal(item, by_minute)).collect(),
        Value::Object(map) => map.iter().map(|(key, value)| (key.clone(), normal(value, by_minute))).collect(),
        other => other.clone(),
    }
}

struct Asked<'a> {
    life: &'a Life,
    vector: &'a Value,
}

impl Asked<'_> {
    fn answer(&self, key: &str, expected: &Value) -> Value {
        match key {
            "next_deadline" => due(self.life.ticket.due_at()),
            "levels" => self.levels(expected),
            "instances" => Self::each(expected, |item| self.instance(item)),
            "breached" => Self::by_clock(expected, |metric| json!(self.rows(metric).any(|row| self.is_late(row)))),
            "breach_events" => Self::by_clock(expected, |metric| json!(self.life.breaches(metric))),
            "running" => Self::by_clock(expected, |metric| json!(self.rows(metric).any(SlaClock::is_running))),
            "paused" => Self::by_clock(expected, |metric| json!(self.rows(metric).any(|row| row.paused_at.is_some()))),
            "clock_starts" => Self::by_clock(expected, |metric| self.start(metric)),
            "paused_business_seconds" if expected.is_object() => {
                Self::by_clock(expected, |metric| json!(self.rows(metric).next_back().map(|row| self.paused(row))))
            }
            "paused_business_seconds" => {
                let rows = [Metric::Resolution, Metric::FirstResponse, Metric::NextResponse, Metric::PeriodicUpdate];
                let row = rows.into_iter().find_map(|metric| self.rows(metric).next_back());
                json!(row.map(|row| self.paused(row)))
            }
            _ => self.of_clock(key).unwrap_or_else(|| json!("a key that is not known")),
        }
    }

    fn of_clock(&self, key: &str) -> Option<Value> {
        let found = |suffix: &str| key.strip_suffix(suffix).and_then(promise::clock);
        if let Some(metric) = found("_due") {
            return Some(due(self.rows(metric).filter_map(SlaClock::running_due).next_back()));
        }
        if let Some(metric) = found("_in_sec") {
            return Some(json!(self.measured(metric).and_then(|row| row.used_seconds)));
        }
        // The whole second, where the vector has it.
        let exactly = !self.vector["expected_exact_seconds"].is_null();
        let minutes = |seconds: i64| if exactly { seconds } else { seconds / 60 };
        let used = |row: &SlaClock| row.used_seconds.and_then(|used| i64::try_from(used).ok());
        if let Some(metric) = found("_diff_in_min") {
            let row = self.measured(metric);
            return Some(json!(row.and_then(|row| Some(minutes(i64::from(row.target.0)) - minutes(used(row)?)))));
        }
        found("_in_min").map(|metric| json!(self.measured(metric).and_then(used).map(minutes)))
    }

    fn rows(&self, metric: Metric) -> impl DoubleEndedIterator<Item = &SlaClock> {
        self.life.ticket.sla.iter().filter(move |row| row.metric == metric)
    }

    /// The row whose measure is shown: the longest exchange where the source keeps that, else the last one.
    fn measured(&self, metric: Metric) -> Option<&SlaClock> {
        let mut stopped = self.rows(metric).filter(|row| matches!(row.outcome, Some(Outcome::Met | Outcome::Breached)));
        let longest =
            self.vector["semantics"].as_str().is_some_and(|meant| meant.contains("the longest exchange is kept"));
        if longest { stopped.max_by_key(|row| row.used_seconds) } else { stopped.next_back() }
    }

    fn is_late(&self, row: &SlaClock) -> bool {
        row.is_breached(self.life.at)
    }

    fn paused(&self, row: &SlaClock) -> u64 {
        let calendar = self.life.settings.sla.calendar(&row.calendar);
        let now = row.paused_at.zip(calendar).map(|(from, calendar)| calendar.elapsed(from, self.life.at));
        row.paused_seconds() + now.and_then(|now| u64::try_from(now).ok()).unwrap_or(0)
    }

    fn start(&self, metric: Metric) -> Value {
        due(self.rows(metric).next_back().map(|row| row.started_at))
    }

    fn instance(&self, item: &Value) -> Value {
        let kind = item["kind"].as_str().and_then(promise::clock);
        let row = kind.and_then(|kind| self.rows(kind).find(|row| json!(row.instance) == item["n"]));
        let Some(row) = row else { return Value::Null };
        let answer = |key: &str| match key {
            "kind" | "n" => item[key].clone(),
            "in_sec" => json!(row.used_seconds),
            "in_min" => json!(row.used_seconds.map(|used| used / 60)),
            "breached" => json!(self.is_late(row)),
            "due" => due(row.running_due()),
            "start" | "started_at" => due(Some(row.started_at)),
            "stop" | "stopped_at" => due(row.stopped_at),
            "target_sec" => json!(row.target.0),
            "outcome" | "state" => json!(row.state(self.life.at).as_str()),
            _ => json!("a key that is not known"),
        };
        let keys = item.as_object().into_iter().flatten();
        keys.map(|(key, _)| (key.clone(), answer(key))).collect::<Map<_, _>>().into()
    }

    fn levels(&self, expected: &Value) -> Value {
        Self::each(expected, |item| {
            let metric = item["of"].as_str().and_then(promise::clock);
            let row = metric.and_then(|metric| self.rows(metric).next_back());
            let times = row.map(|row| self.life.settings.sla.level_times(row)).unwrap_or_default();
            let offset = item["offset"].as_str().and_then(|offset| offset.parse().ok());
            let at = times.into_iter().find(|time| Some(time.level) == offset).map(|time| time.at);
            json!({ "offset": item["offset"], "of": item["of"], "at": due(at) })
        })
    }

    fn each(expected: &Value, answer: impl Fn(&Value) -> Value) -> Value {
        expected.as_array().into_iter().flatten().map(answer).collect()
    }

    fn by_clock(expected: &Value, answer: impl Fn(Metric) -> Value) -> Value {
        let unknown = || json!("a clock that is not known");
        let keys = expected.as_object().into_iter().flatten();
        keys.map(|(key, _)| (key.clone(), promise::clock(key).map_or_else(unknown, &answer)))
            .collect::<Map<_, _>>()
            .into()
    }
}

fn due(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, answer::instant)
}
