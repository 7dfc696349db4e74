//! Ticket numbers: the tenant's template, the printed number, and the key that finds it however it is written.
//! Drawing the next sequence is the store's act; this file only says of which scope and how it is printed.

use chrono::Datelike;
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::env::{Timestamp, Zone};
use crate::party::TeamId;
use crate::text::{Invalid, Problem};

/// Most bytes of a number, printed or typed.
const MAX_BYTES: usize = 128;

/// A number as it is printed, without the `#`: `2025-004782`. The default is empty: not drawn yet.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct TicketNumber(String);

impl TicketNumber {
    /// Takes a number that was printed before, by this desk or by the one it is moved from.
    ///
    /// # Errors
    /// If it has no digit or letter, or more than 128 bytes.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        NumberKey::parse(text)?;
        Ok(Self(text.trim().trim_start_matches('#').to_owned()))
    }

    /// The number.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that finds it.
    pub fn key(&self) -> NumberKey {
        NumberKey(normalise(&self.0))
    }
}

impl std::fmt::Display for TicketNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// What every spelling of a number has in common: its groups of letters and digits, without leading zeros.
///
/// It does not depend on the template, so numbers stay findable when the template changes.
///
/// ```
/// use helpdesk_core::ticket::NumberKey;
/// let canonical = NumberKey::parse("#2025-004782").unwrap();
/// for spelling in ["2025-4782", "2025/4782", " # 2025 004782", "２０２５-４７８２"] {
///     assert_eq!(NumberKey::parse(spelling).unwrap(), canonical, "{spelling}");
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NumberKey(String);

impl NumberKey {
    /// Reads any spelling of a number.
    ///
    /// # Errors
    /// If it has no digit, or more than 128 bytes.
    pub fn parse(text: &str) -> Result<Self, Invalid> {
        const FIELD: &str = "number";
        if text.len() > MAX_BYTES {
            return Err(Invalid::new(FIELD, Problem::TooLong { max: MAX_BYTES, unit: "bytes" }));
        }
        let key = normalise(text);
        if key.bytes().any(|b| b.is_ascii_digit()) {
            Ok(Self(key))
        } else {
            Err(Invalid::malformed(FIELD, "a ticket number such as #2025-004782"))
        }
    }

    /// The key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn normalise(text: &str) -> String {
    let folded: String = text.nfkc().collect::<String>().to_lowercase();
    let mut key = String::with_capacity(folded.len());
    for group in folded.split(|c: char| !c.is_alphanumeric()).filter(|group| !group.is_empty()) {
        if !key.is_empty() {
            key.push('-');
        }
        let digits = group.bytes().all(|b| b.is_ascii_digit());
        let trimmed = if digits { group.trim_start_matches('0') } else { group };
        key.push_str(if trimmed.is_empty() { "0" } else { trimmed });
    }
    key
}

/// A tenant's template: text and the parts `{year}`, `{yy}`, `{month}`, `{team}`, `{seq:WIDTH}`, `{check}`.
///
/// A sequence wider than `WIDTH` widens the number; it never wraps. It restarts each year if the template has
/// a year, else never.
///
/// ```
/// use helpdesk_core::env::Zone;
/// use helpdesk_core::ticket::NumberTemplate;
/// let template = NumberTemplate::default();
/// let at = "2025-12-31T23:30:00Z".parse().unwrap();
/// let plan = template.plan(at, Zone::named("Europe/Berlin").unwrap(), None);
/// assert_eq!(plan.print(4782).as_str(), "2026-004782", "it is next year already in Berlin");
/// assert_eq!(plan.print(1_234_567).as_str(), "2026-1234567");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NumberTemplate {
    text: String,
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Year,
    ShortYear,
    Month,
    Team,
    Seq(usize),
    Check,
}

impl NumberTemplate {
    /// Checks and takes a template.
    ///
    /// # Errors
    /// If a part is unknown, `{seq}` does not stand there exactly once, its width is above 12, `{check}` does
    /// not come after it, or digits touch it (a number that widens could then not be told from another).
    pub fn new(text: &str) -> Result<Self, Invalid> {
        const FORM: &str =
            "text with {year}, {yy}, {month}, {team}, {check} and exactly one {seq:WIDTH} set off by a sign";
        let wrong = || Invalid::malformed("number_template", FORM);
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            if open > 0 {
                parts.push(Part::Text(rest[..open].to_owned()));
            }
            let close = rest[open..].find('}').ok_or_else(wrong)? + open;
            parts.push(match &rest[open + 1..close] {
                "year" => Part::Year,
                "yy" => Part::ShortYear,
                "month" => Part::Month,
                "team" => Part::Team,
                "check" => Part::Check,
                "seq" => Part::Seq(1),
                other => {
                    let width = other.strip_prefix("seq:").and_then(|width| width.parse().ok());
                    Part::Seq(width.filter(|width| (1..=12).contains(width)).ok_or_else(wrong)?)
                }
            });
            rest = &rest[close + 1..];
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let set_off = |part: Option<&Part>, last: bool| match part {
            None => true,
            Some(Part::Text(text)) => {
                let edge = if last { text.chars().next_back() } else { text.chars().next() };
                edge.is_some_and(|c| !c.is_alphanumeric())
            }
            Some(_) => false,
        };
        let seqs: Vec<usize> = (0..parts.len()).filter(|&i| matches!(parts[i], Part::Seq(_))).collect();
        let &[seq] = seqs.as_slice() else { return Err(wrong()) };
        let before = seq.checked_sub(1).and_then(|i| parts.get(i));
        let check_late = parts.iter().position(|part| *part == Part::Check).is_none_or(|check| check > seq);
        let plain =
            parts.iter().all(|part| !matches!(part, Part::Text(text) if text.contains(['{', '}', '\n', '\r', '#'])));
        if text.len() > MAX_BYTES / 2
            || !set_off(before, true)
            || !set_off(parts.get(seq + 1), false)
            || !check_late
            || !plain
        {
            return Err(wrong());
        }
        Ok(Self { text: text.to_owned(), parts })
    }

    /// What a number drawn at `at` in the tenant's zone will look like, but for its sequence.
    pub fn plan(&self, at: Timestamp, zone: Zone, team: Option<&TeamId>) -> NumberPlan {
        let local = zone.local(at);
        let yearly = self.parts.iter().any(|part| matches!(part, Part::Year | Part::ShortYear));
        let scope = if yearly { format!("ticket/{}", local.year()) } else { "ticket".to_owned() };
        let mut plan = NumberPlan { scope, before: String::new(), width: 1, after: String::new(), check: None };
        let mut seen = false;
        for part in &self.parts {
            let target = if seen { &mut plan.after } else { &mut plan.before };
            match part {
                Part::Text(text) => target.push_str(text),
                Part::Year => part_number(target, local.year(), 4),
                Part::ShortYear => part_number(target, local.year().rem_euclid(100), 2),
                Part::Month => part_number(target, local.month(), 2),
                Part::Team => {
                    let name = team.map_or("", TeamId::as_str);
                    target.extend(name.chars().filter(|c| c.is_alphanumeric()).take(12));
                }
                Part::Seq(width) => {
                    plan.width = *width;
                    seen = true;
                }
                Part::Check => plan.check = Some(target.len()),
            }
        }
        plan
    }
}

impl Default for NumberTemplate {
    fn default() -> Self {
        Self { text: "{year}-{seq:06}".to_owned(), parts: vec![Part::Year, Part::Text("-".to_owned()), Part::Seq(6)] }
    }
}

impl TryFrom<String> for NumberTemplate {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl From<NumberTemplate> for String {
    fn from(template: NumberTemplate) -> Self {
        template.text
    }
}

/// A number but for its sequence, which the store draws in the same act that stores the ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NumberPlan {
    scope: String,
    before: String,
    width: usize,
    after: String,
    check: Option<usize>,
}

impl NumberPlan {
    /// What the sequence counts: the store keeps one counter per tenant and scope.
    pub fn scope(&self) -> &str {
        &self.scope
    }

    /// The number with this sequence.
    pub fn print(&self, seq: u64) -> TicketNumber {
        let seq = format!("{seq:0width$}", width = self.width);
        let mut after = self.after.clone();
        if let Some(at) = self.check {
            let digits = self.before.bytes().chain(seq.bytes()).filter(u8::is_ascii_digit).map(|b| u32::from(b - b'0'));
            after.insert_str(at, &luhn(digits).to_string());
        }
        TicketNumber(format!("{}{seq}{after}", self.before))
    }

    /// The sequence of `number`, if this plan could have printed it: so that numbers taken from elsewhere
    /// push the counter on.
    pub fn sequence_of(&self, number: &TicketNumber) -> Option<u64> {
        let middle = number.as_str().strip_prefix(self.before.as_str())?;
        let end = middle.find(|c: char| !c.is_ascii_digit()).unwrap_or(middle.len());
        let seq = middle[..end].parse().ok()?;
        (self.print(seq).key() == number.key()).then_some(seq)
    }
}

fn part_number(target: &mut String, value: impl std::fmt::Display, width: usize) {
    use std::fmt::Write;
    // Writing to a string cannot fail.
    let _ = write!(target, "{value:0width$}");
}

/// The check digit of Luhn's algorithm (ISO/IEC 7812-1, annex B).
fn luhn(digits: impl DoubleEndedIterator<Item = u32>) -> u32 {
    let sum: u32 = digits
        .rev()
        .enumerate()
        .map(|(i, digit)| if i % 2 == 0 { digit * 2 / 10 + digit * 2 % 10 } else { digit })
        .sum();
    (10 - sum % 10) % 10
}

#[cfg(test)]
#[path = "number_tests.rs"]
mod tests;
