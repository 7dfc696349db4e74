//! The free words of the sources: which priority, status and category of ours stands for each. Two words of a vector
//! are never the same thing.

use std::collections::BTreeMap;

use helpdesk_core::ticket::{Priority, StatusCategory, StatusKey};
use serde_json::Value;

/// The priorities that the words of a vector stand for.
pub(crate) struct Priorities(BTreeMap<String, Priority>);

impl Priorities {
    /// Every word of a vector, those first that say what they mean.
    pub(crate) fn of(vector: &Value) -> Self {
        let mut words = Vec::new();
        gather(vector, &mut words);
        let mut known = Self(BTreeMap::new());
        let spare = [Priority::High, Priority::Low, Priority::Critical, Priority::Medium];
        words.sort_by_key(|word| meant(word).is_none());
        for word in words {
            let taken = |priority: &Priority| known.0.values().any(|other| other == priority);
            let free = spare.iter().find(|priority| !taken(priority)).copied();
            let own = meant(&word).filter(|priority| !taken(priority));
            known.0.entry(word).or_insert(own.or(free).unwrap_or_default());
        }
        known
    }

    pub(crate) fn get(&self, word: &str) -> Priority {
        self.0.get(word).copied().unwrap_or_default()
    }
}

/// The words that stand where a priority is meant.
fn gather(value: &Value, words: &mut Vec<String>) {
    let mut add = |word: &Value| words.extend(word.as_str().map(str::to_owned));
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match (key.as_str(), value) {
                    ("priority", Value::Array(items)) => items.iter().for_each(&mut add),
                    ("priority", word) => add(word),
                    ("by_priority", Value::Object(each)) => each.keys().for_each(|word| add(&word.as_str().into())),
                    _ => {}
                }
            }
            map.values().for_each(|value| gather(value, words));
        }
        Value::Array(items) => items.iter().for_each(|item| gather(item, words)),
        _ => {}
    }
}

fn meant(word: &str) -> Option<Priority> {
    let word = word.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|known| word.contains(known));
    match () {
        () if is(&["urgent", "critical", "very high", "emergency"]) => Some(Priority::Critical),
        () if is(&["high", "major"]) => Some(Priority::High),
        () if is(&["low", "minor"]) => Some(Priority::Low),
        () if is(&["normal", "medium", "default"]) => Some(Priority::Medium),
        () => None,
    }
}

/// A word as a key of ours.
pub(crate) fn key(word: &str) -> String {
    let lower = word.to_lowercase();
    let letter = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    format!("w_{}", lower.chars().map(letter).collect::<String>())
}

/// The status that a source's word stands for.
pub(crate) fn status(word: &str) -> Result<StatusKey, String> {
    let plain = word.to_lowercase().replace([' ', '/'], "_");
    StatusKey::new(plain).or_else(|_| StatusKey::new(key(word))).map_err(|error| error.to_string())
}

/// What a source's status means. One that some clock pauses in waits, unless its name says that it is an end.
pub(crate) fn category(word: &str, paused: &[String]) -> StatusCategory {
    let name = word.to_lowercase();
    let is = |words: &[&str]| words.iter().any(|known| name.starts_with(known));
    match () {
        () if name == "new" => StatusCategory::New,
        () if is(&["resolved", "solved"]) => StatusCategory::Resolved,
        () if is(&["closed", "merged", "removed", "deleted", "rejected", "cancel"]) => StatusCategory::Closed,
        () if name == "spam" => StatusCategory::Spam,
        () if paused.iter().any(|paused| paused.to_lowercase() == name) => StatusCategory::WaitingOnRequester,
        () if is(&["pending", "waiting", "stalled"]) => StatusCategory::WaitingOnRequester,
        () if is(&["on_hold", "on hold", "onhold"]) => StatusCategory::WaitingOnOther,
        () => StatusCategory::Active,
    }
}
