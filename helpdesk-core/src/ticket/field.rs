//! Custom fields: their definitions, which a tenant gives, and their values, checked against them.

use serde::{Deserialize, Serialize};

use crate::limits::Limits;
use crate::text::{Invalid, Labels, Problem, body, slug};

slug!(
    /// A custom field's key.
    FieldKey, "field"
);

/// A custom field as the tenant defines it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldDef {
    /// The key that tickets carry.
    pub key: FieldKey,
    /// The name in each language.
    pub labels: Labels,
    /// What it may hold.
    pub kind: FieldKind,
    /// Whether a new ticket must have it.
    #[serde(default)]
    pub required: bool,
    /// Whether the requester sees it. Hidden unless said.
    #[serde(default)]
    pub visible_to_requester: bool,
}

/// What a custom field may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum FieldKind {
    /// A text of several lines.
    Text,
    /// A whole number.
    Integer,
    /// A number; finite.
    Number,
    /// Yes or no.
    Bool,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// One of these.
    Choice(Vec<String>),
    /// Any of these, none twice.
    Choices(Vec<String>),
}

/// What a custom field holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Integer(i64),
    /// A number.
    Number(f64),
    /// A text, a day or one choice.
    Text(String),
    /// Several choices.
    List(Vec<String>),
}

impl FieldDef {
    /// Checks a value against this definition and cleans its text.
    ///
    /// # Errors
    /// If it is of another kind, too long, not finite, no day, or not among the choices. The error names
    /// the field as `fields.KEY`.
    pub fn check(&self, value: FieldValue, limits: &Limits) -> Result<FieldValue, Invalid> {
        let name = || format!("fields.{}", self.key);
        let wrong = |expected| Err(Invalid::malformed(name(), expected));
        match (&self.kind, value) {
            (FieldKind::Text, FieldValue::Text(text)) => body("field", &text, limits.field_bytes)
                .map(FieldValue::Text)
                .map_err(|invalid| Invalid::new(name(), invalid.problem)),
            (FieldKind::Integer, value @ FieldValue::Integer(_)) | (FieldKind::Bool, value @ FieldValue::Bool(_)) => {
                Ok(value)
            }
            #[expect(clippy::cast_precision_loss, reason = "a number field holds floating point by definition")]
            (FieldKind::Number, FieldValue::Integer(whole)) => Ok(FieldValue::Number(whole as f64)),
            (FieldKind::Number, FieldValue::Number(number)) if number.is_finite() => Ok(FieldValue::Number(number)),
            (FieldKind::Date, FieldValue::Text(day)) => match day.parse::<chrono::NaiveDate>() {
                Ok(day) => Ok(FieldValue::Text(day.to_string())),
                Err(_) => wrong("a day, YYYY-MM-DD"),
            },
            (FieldKind::Choice(choices), FieldValue::Text(choice)) if choices.contains(&choice) => {
                Ok(FieldValue::Text(choice))
            }
            (FieldKind::Choices(choices), FieldValue::List(list)) if list.iter().all(|c| choices.contains(c)) => {
                let twice = list.iter().enumerate().any(|(i, c)| list[..i].contains(c));
                if twice { Err(Invalid::new(name(), Problem::Duplicate)) } else { Ok(FieldValue::List(list)) }
            }
            (kind, _) => wrong(kind.expected()),
        }
    }

    /// Reads a value from a text as this definition means it, unchecked otherwise.
    pub fn parse(&self, text: &str) -> FieldValue {
        let as_text = || FieldValue::Text(text.to_owned());
        match self.kind {
            FieldKind::Integer => text.parse().map_or_else(|_| as_text(), FieldValue::Integer),
            FieldKind::Number => text.parse().map_or_else(|_| as_text(), FieldValue::Number),
            FieldKind::Bool => text.parse().map_or_else(|_| as_text(), FieldValue::Bool),
            FieldKind::Choices(_) => FieldValue::List(text.split(',').map(|c| c.trim().to_owned()).collect()),
            FieldKind::Text | FieldKind::Date | FieldKind::Choice(_) => as_text(),
        }
    }
}

impl FieldKind {
    fn expected(&self) -> &'static str {
        match self {
            Self::Text => "a text",
            Self::Integer => "a whole number",
            Self::Number => "a finite number",
            Self::Bool => "true or false",
            Self::Date => "a day, YYYY-MM-DD",
            Self::Choice(_) => "one of the defined choices",
            Self::Choices(_) => "a list of the defined choices",
        }
    }
}
