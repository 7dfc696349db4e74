//! What is wrong with a value, and with which field. The words carry no content of the value itself.

use std::borrow::Cow;

/// A value that the desk refuses, naming the field.
///
/// ```
/// use helpdesk_core::text::{Problem, line};
/// let refused = line("subject", "two\nlines", 200).unwrap_err();
/// assert_eq!(refused.field, "subject");
/// assert_eq!(refused.problem, Problem::LineBreak);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {problem}")]
pub struct Invalid {
    /// The field, named as on the wire (`subject`, `tags`, `fields.severity`).
    pub field: Cow<'static, str>,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Invalid {
    /// Says that `field` has `problem`.
    pub fn new(field: impl Into<Cow<'static, str>>, problem: Problem) -> Self {
        Self { field: field.into(), problem }
    }

    /// Says that `field` is not of the form that `expected` tells.
    pub fn malformed(field: impl Into<Cow<'static, str>>, expected: &'static str) -> Self {
        Self::new(field, Problem::Malformed { expected })
    }
}

/// The kinds of wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// Nothing is left after cleaning.
    #[error("is empty")]
    Empty,
    /// More than `max` of `unit`.
    #[error("is longer than {max} {unit}")]
    TooLong {
        /// The limit.
        max: usize,
        /// What is counted: `characters` or `bytes`.
        unit: &'static str,
    },
    /// More than `max` entries.
    #[error("has more than {max} entries")]
    TooMany {
        /// The limit.
        max: usize,
    },
    /// A carriage return or line feed where one line is meant; it could forge a mail header.
    #[error("has a line break")]
    LineBreak,
    /// Not of the expected form.
    #[error("must be {expected}")]
    Malformed {
        /// The form, in words.
        expected: &'static str,
    },
    /// Outside the allowed values.
    #[error("is out of range: {expected}")]
    OutOfRange {
        /// The range, in words.
        expected: &'static str,
    },
    /// Names something that is not defined.
    #[error("is not defined")]
    Unknown,
    /// The same entry twice.
    #[error("stands there twice")]
    Duplicate,
}

impl Problem {
    /// The stable code of this problem.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "too_long",
            Self::TooMany { .. } => "too_many",
            Self::LineBreak => "line_break",
            Self::Malformed { .. } => "malformed",
            Self::OutOfRange { .. } => "out_of_range",
            Self::Unknown => "unknown",
            Self::Duplicate => "duplicate",
        }
    }

    /// Whether a limit was passed, rather than a form missed.
    pub fn is_limit(&self) -> bool {
        matches!(self, Self::TooLong { .. } | Self::TooMany { .. })
    }
}
