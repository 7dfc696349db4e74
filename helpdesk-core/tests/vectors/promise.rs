//! What a vector promises, as a policy: each system's ways are options of ours, none is code.

use std::str::FromStr;

use helpdesk_core::Settings;
use helpdesk_core::sla::calendar::Calendar;
use helpdesk_core::sla::{
    CalendarName, ClockRule, EscalationLevel, Metric, PausedIn, PausedTime, PolicyName, Seconds, ServiceLevels,
    SlaPolicy, Span, Start, Target,
};
use helpdesk_core::text::Invalid;
use helpdesk_core::ticket::{Priority, Tag};
use serde_json::Value;

use crate::given::{self, word};
use crate::words::{Priorities, key, status};

/// The names that the vectors have for our clocks.
pub(crate) const CLOCKS: [(&str, Metric); 4] = [
    ("first_response", Metric::FirstResponse),
    ("next_response", Metric::NextResponse),
    ("update", Metric::PeriodicUpdate),
    ("solution", Metric::Resolution),
];

/// The clock of a name.
pub(crate) fn clock(name: &str) -> Option<Metric> {
    CLOCKS.into_iter().find(|(clock, _)| *clock == name).map(|(_, metric)| metric)
}

/// The settings under which a vector's ticket lives.
pub(crate) fn settings(vector: &Value, calendar: &Value, sla: &Value) -> Result<Settings, String> {
    let hours = CalendarName::new("hours").map_err(|error| error.to_string())?;
    let calendar = Calendar::new(&given::definition(calendar, false)).map_err(|error| error.to_string())?;
    let priorities = Priorities::of(vector);
    let mut policy = SlaPolicy::new(PolicyName::new("vector").map_err(|error| error.to_string())?);
    policy.calendar = hours.clone();
    for (name, metric) in CLOCKS {
        let rule = rule(vector, sla, name, &priorities)?;
        match metric {
            Metric::FirstResponse => policy.first_response = rule,
            Metric::NextResponse => policy.next_response = rule,
            Metric::PeriodicUpdate => policy.periodic_update = rule,
            _ => policy.resolution = rule,
        }
    }
    conditions(&mut policy, &sla["applies_if"], &priorities)?;
    let sla =
        ServiceLevels { calendars: [(hours, calendar)].into(), policies: vec![policy], ..ServiceLevels::default() };
    Ok(Settings { sla, ..Settings::default() })
}

fn rule(vector: &Value, sla: &Value, name: &str, priorities: &Priorities) -> Result<Option<ClockRule>, String> {
    let mut rule = ClockRule { target: target(sla, name)?, ..ClockRule::default() };
    let mut none = Vec::new();
    for (word, over) in sla["by_priority"].as_object().into_iter().flatten() {
        let priority = priorities.get(word);
        match target(over, name)? {
            Some(target) => drop(rule.targets.insert(priority, target)),
            None if over.get(format!("{name}_min")).is_some() => none.push(priority),
            None => {}
        }
    }
    // A priority that is promised nothing: every other one then has a target of its own.
    if let Some(target) = rule.target.take_if(|_| !none.is_empty()) {
        for priority in Priority::ALL.into_iter().filter(|priority| !none.contains(priority)) {
            rule.targets.entry(priority).or_insert_with(|| target.clone());
        }
    }
    if rule.target.is_none() && rule.targets.is_empty() {
        return Ok(None);
    }
    let pauses = sla["pause_states"].as_object();
    if let Some(states) = pauses.map(|pauses| pauses.get(name)) {
        let states = states.and_then(Value::as_array).into_iter().flatten();
        rule.pauses = Some(states.map(|state| status(&word(state)).map(PausedIn::Status)).collect::<Result<_, _>>()?);
    }
    let meant = word(&vector["semantics"]);
    rule.starts = match (meant.split([':', ' ']).next().unwrap_or_default(), name) {
        (system, "next_response") if system.starts_with("zammad") || system == "rt" => Some(Start::Message),
        (system, "first_response" | "update") if system.starts_with("zammad") => Some(Start::Creation),
        _ => None,
    };
    if meant.starts_with("rt") && sla["exclude_paused_time"] != true {
        rule.paused_time = PausedTime::Counted;
    }
    for level in vector["expected"]["levels"].as_array().into_iter().flatten().filter(|level| level["of"] == name) {
        rule.levels.push(EscalationLevel::at(word(&level["offset"]).parse().map_err(|_| "an unknown offset")?));
    }
    Ok(Some(rule))
}

fn target(sla: &Value, name: &str) -> Result<Option<Target>, String> {
    let minutes = &sla[format!("{name}_min")];
    if let Some(minutes) = minutes.as_i64() {
        let minutes = u32::try_from(minutes).map_err(|_| "a negative target")?;
        return Ok(Some(Span::Time(Seconds::minutes(minutes)).into()));
    }
    if let Some(minutes) = minutes.as_f64() {
        let span = format!("{}s", (minutes * 60.0).round()).parse::<Span>();
        return span.map(|span| Some(span.into())).map_err(|error| error.to_string());
    }
    if sla["end_of_working_day"] == true {
        return Err("end_of_working_day is not offered".into());
    }
    let days = sla["target_days"].as_u64().filter(|_| matches!(name, "first_response" | "solution"));
    Ok(days.and_then(|days| u32::try_from(days).ok()).map(|days| Span::WorkingDays(days).into()))
}

fn conditions(policy: &mut SlaPolicy, conditions: &Value, priorities: &Priorities) -> Result<(), String> {
    let when = &mut policy.when;
    for (name, value) in conditions.as_object().into_iter().flatten() {
        let values = each(value);
        match name.as_str() {
            "priority" => when.priorities = values.iter().map(|value| priorities.get(value)).collect(),
            "channel" => when.channels = named(&values)?,
            "category" => when.categories = named(&keys(&values))?,
            "team" | "group" | "queue" => when.teams = named(&keys(&values))?,
            "organization" => when.organizations = named(&keys(&values))?,
            _ if !when.tags.is_empty() => return Err(format!("one more condition, on {name}")),
            _ => when.tags = said(name, value)?,
        }
    }
    Ok(())
}

/// What a ticket says of itself that we have no field for, as tags; tags are tags.
pub(crate) fn said(name: &str, value: &Value) -> Result<Vec<Tag>, String> {
    let told =
        |value: &String| if matches!(name, "tag" | "tags") { key(value) } else { key(&format!("{name} {value}")) };
    named(&each(value).iter().map(told).collect::<Vec<_>>())
}

/// The first of some fields of a ticket, as a name of ours.
pub(crate) fn field<T: FromStr<Err = Invalid>>(event: &Value, names: &[&str]) -> Result<Option<T>, String> {
    let value = names.iter().map(|name| &event[*name]).find(|value| value.is_string());
    Ok(value.map(|value| named(&keys(&each(value)))).transpose()?.and_then(|mut found| found.pop()))
}

fn each(value: &Value) -> Vec<String> {
    let plain = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    value.as_array().map_or_else(|| vec![plain(value)], |values| values.iter().map(plain).collect())
}

fn keys(words: &[String]) -> Vec<String> {
    words.iter().map(|word| key(word)).collect()
}

fn named<T: FromStr<Err = Invalid>>(values: &[String]) -> Result<Vec<T>, String> {
    values.iter().map(|value| value.parse().map_err(|error: Invalid| error.to_string())).collect()
}
