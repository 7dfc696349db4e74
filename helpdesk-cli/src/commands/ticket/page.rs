//! The page of one ticket that people read: what is known in words of their language, then the conversation.

use helpdesk_core::sla::{ClockState, Metric};
use helpdesk_core::text::Labels;
use helpdesk_core::ticket::{Priority, StatusCategory};
use serde_json::Value;

use crate::lang::{self, Phrase};
use crate::output::{Object, Output, printable, relative};

/// A message as it is shown.
pub(super) struct Said<'a> {
    /// Its position.
    pub(super) position: u32,
    /// When it was written.
    pub(super) at: helpdesk_core::env::Timestamp,
    /// Who wrote it, for programs.
    pub(super) who: String,
    /// The same for people.
    pub(super) name: String,
    /// Who may read it, for programs.
    pub(super) sort: &'static str,
    /// Whether the requester may not.
    pub(super) internal: bool,
    /// The text.
    pub(super) body: &'a str,
}

/// The page: what is known but what is `left_out`, then what was said.
pub(super) fn page<'a>(
    title: &str,
    object: &Object,
    left_out: &[&str],
    said: impl Iterator<Item = Said<'a>>,
    output: &Output,
) -> String {
    let language = output.language;
    let (bold, faint) = if output.color {
        (anstyle::Style::new().bold(), anstyle::Style::new().dimmed())
    } else {
        (anstyle::Style::new(), anstyle::Style::new())
    };
    let mut text = format!("{bold}{}{bold:#}\n", printable(title));
    for (name, value) in object.fields() {
        if is_said(value) && !left_out.contains(&&**name) && *name != "subject" && *name != "number" {
            let label = lang::field(name).map_or(&**name, |phrase| phrase.get(language));
            text.extend([format!("{faint}{label:>20}{faint:#}  {}\n", printable(&spoken(name, value, output)))]);
        }
    }
    for Said { position, at, name, internal, body, .. } in said {
        let ago = relative(at, output.now, language);
        let read = if internal { Phrase(", internal", ", intern").get(language) } else { "" };
        let head = format!("\n{bold}{position}. {}{bold:#} {faint}{ago}{read}{faint:#}\n", printable(&name));
        text.extend([head.as_str(), &printable(body), "\n"]);
    }
    text
}

fn is_said(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(list) => !list.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        other => *other != 0,
    }
}

/// A value as people read it.
fn spoken(name: &str, value: &Value, output: &Output) -> String {
    let field = |of: &Value, name: &str| of[name].as_str().unwrap_or_default().to_owned();
    let word = |labels: Labels| labels.get(output.language).to_owned();
    match (name, value) {
        ("requester", person) => match (field(person, "name"), field(person, "email")) {
            (name, email) if name.is_empty() && email.is_empty() => field(person, "id"),
            (name, email) if name.is_empty() || email.is_empty() => name + &email,
            (name, email) => format!("{name} <{email}>"),
        },
        ("sla", Value::Array(clocks)) => {
            let clock = |clock: &Value| {
                let (metric, state) = (field(clock, "metric"), field(clock, "state"));
                let metric = metric.parse().map_or(metric, |metric: Metric| word(metric.labels()));
                let known = ClockState::ALL.into_iter().find(|known| known.as_str() == state);
                let state = known.map_or(state, |state| word(state.labels()));
                let due = clock["due"].as_str().and_then(|due| due.parse().ok());
                let due = due.map(|due| format!(", {}", relative(due, output.now, output.language)));
                format!("{metric}: {state}{}", due.unwrap_or_default())
            };
            clocks.iter().map(clock).collect::<Vec<_>>().join("; ")
        }
        ("links", Value::Array(links)) => {
            let link = |link: &Value| format!("{} #{}", field(link, "kind"), field(link, "number"));
            links.iter().map(link).collect::<Vec<_>>().join(", ")
        }
        ("status", Value::String(status)) => match StatusCategory::ALL.into_iter().find(|c| c.as_str() == status) {
            // A requester is told the category alone.
            Some(category) => word(category.labels()),
            None => status.parse().map_or_else(|_| status.clone(), |key| output.status(&key).to_owned()),
        },
        ("priority", Value::String(priority)) => {
            priority.parse().map_or_else(|_| priority.clone(), |priority: Priority| word(priority.labels()))
        }
        (_, Value::Bool(true)) => Phrase("yes", "ja").get(output.language).to_owned(),
        (_, Value::Object(fields)) => {
            fields.iter().map(|(name, value)| format!("{name}: {}", plain(value))).collect::<Vec<_>>().join(", ")
        }
        (name, Value::String(at)) if name.ends_with("_at") => match at.parse() {
            Ok(instant) => format!("{} ({at})", relative(instant, output.now, output.language)),
            Err(_) => at.clone(),
        },
        (_, other) => plain(other),
    }
}

/// A value as it is, without quotes where it is a text or a list of texts.
pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(Value::is_string) => {
            list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
        }
        other => other.to_string(),
    }
}
