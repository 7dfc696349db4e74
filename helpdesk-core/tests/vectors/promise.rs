//! What a vector promises, as a policy: each system's ways are options of ours, none is code.

use helpdesk_core::Settings;
use helpdesk_core::sla::calendar::Calendar;
use helpdesk_core::sla::{
    CalendarName, ClockRule, EscalationLevel, Metric, PausedIn, PausedTime, PolicyName, Seconds, ServiceLevels,
    SlaPolicy, Span, Start, Target,
};
use helpdesk_core::text::Invalid;
use helpdesk_core::ticket::{Priority, StatusKey};
use serde_json::Value;

use crate::given::{self, word};

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
    let mut policy = SlaPolicy::new(PolicyName::new("vector").map_err(|error| error.to_string())?);
    policy.calendar = hours.clone();
    for (name, metric) in CLOCKS {
        let rule = rule(vector, sla, name)?;
        match metric {
            Metric::FirstResponse => policy.first_response = rule,
            Metric::NextResponse => policy.next_response = rule,
            Metric::PeriodicUpdate => policy.periodic_update = rule,
            _ => policy.resolution = rule,
        }
    }
    conditions(&mut policy, &sla["applies_if"])?;
    let sla =
        ServiceLevels { calendars: [(hours, calendar)].into(), policies: vec![policy], ..ServiceLevels::default() };
    Ok(Settings { sla, ..Settings::default() })
}

fn rule(vector: &Value, sla: &Value, name: &str) -> Result<Option<ClockRule>, String> {
    let mut rule = ClockRule { target: target(sla, name)?, ..ClockRule::default() };
    for (priority, over) in sla["by_priority"].as_object().into_iter().flatten() {
        if let Some(target) = target(over, name)? {
            rule.targets.insert(self::priority(priority), target);
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

fn conditions(policy: &mut SlaPolicy, conditions: &Value) -> Result<(), String> {
    for (name, value) in conditions.as_object().into_iter().flatten() {
        let values = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
        match name.as_str() {
            "priority" => policy.when.priorities = values.iter().map(|value| priority(&word(value))).collect(),
            "channel" => policy.when.channels = named(&values)?,
            "tag" | "tags" => policy.when.tags = named(&values)?,
            "category" => policy.when.categories = named(&values)?,
            "team" | "group" | "queue" => policy.when.teams = named(&values)?,
            "organization" => policy.when.organizations = named(&values)?,
            other => return Err(format!("a condition on {other}")),
        }
    }
    Ok(())
}

fn named<T: std::str::FromStr<Err = Invalid>>(values: &[Value]) -> Result<Vec<T>, String> {
    values.iter().map(|value| word(value).parse().map_err(|error: Invalid| error.to_string())).collect()
}

/// The priority that a source's word stands for.
pub(crate) fn priority(name: &str) -> Priority {
    let name = name.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|word| name.contains(word));
    match () {
        () if is(&["urgent", "critical", "very high", "emergency"]) => Priority::Critical,
        () if is(&["high", "major"]) => Priority::High,
        () if is(&["low", "minor"]) => Priority::Low,
        () => Priority::Medium,
    }
}

/// The status that a source's word stands for.
pub(crate) fn status(name: &str) -> Result<StatusKey, String> {
    StatusKey::new(name.to_lowercase().replace([' ', '/'], "_")).map_err(|error| error.to_string())
}
