//! Spans as people write them: `30m`, `4h`, `1h30m`, `2d`. Whole seconds, or working days.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::text::Invalid;

/// A span in whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seconds(pub u32);

impl Seconds {
    /// So many minutes.
    pub const fn minutes(minutes: u32) -> Self {
        Self(minutes.saturating_mul(60))
    }

    /// So many hours.
    pub const fn hours(hours: u32) -> Self {
        Self(hours.saturating_mul(3600))
    }

    /// So many days of 24 hours.
    pub const fn days(days: u32) -> Self {
        Self(days.saturating_mul(86_400))
    }

    /// The span for arithmetic with instants.
    pub fn as_delta(self) -> chrono::TimeDelta {
        chrono::TimeDelta::seconds(i64::from(self.0))
    }
}

impl fmt::Display for Seconds {
    /// `1h30m`, `45s`; zero is `0s`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(self.0 / 3600, 'h'), (self.0 / 60 % 60, 'm'), (self.0 % 60, 's')];
        for (count, unit) in parts.into_iter().filter(|(count, _)| *count > 0) {
            write!(f, "{count}{unit}")?;
        }
        if self.0 == 0 { f.write_str("0s") } else { Ok(()) }
    }
}

/// A span of business time, or a number of working days.
///
/// ```
/// use helpdesk_core::sla::{Seconds, Span};
/// assert_eq!("1h30m".parse::<Span>().unwrap(), Span::Time(Seconds::minutes(90)));
/// assert_eq!("90m".parse::<Span>().unwrap().to_string(), "1h30m");
/// assert_eq!("2d".parse::<Span>().unwrap(), Span::WorkingDays(2));
/// assert!("-4h".parse::<Span>().is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Span {
    /// So much open time.
    Time(Seconds),
    /// So many working days, at the same time of day.
    WorkingDays(u32),
}

impl Span {
    /// Most working days: a century of them.
    pub const MAX_DAYS: u32 = 36_500;

    /// Whether it is nothing.
    pub fn is_zero(self) -> bool {
        matches!(self, Self::Time(Seconds(0)) | Self::WorkingDays(0))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Time(seconds) => seconds.fmt(f),
            Self::WorkingDays(days) => write!(f, "{days}d"),
        }
    }
}

impl FromStr for Span {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        parsed(text.trim()).ok_or_else(|| Invalid::malformed("span", "a span such as 30m, 1h30m, 8h or 2d"))
    }
}

fn parsed(text: &str) -> Option<Span> {
    if let Some(days) = text.strip_suffix('d') {
        let days = days.trim_end().parse().ok().filter(|days| *days <= Span::MAX_DAYS)?;
        return text.starts_with(|first: char| first.is_ascii_digit()).then_some(Span::WorkingDays(days));
    }
    let mut rest = text;
    let mut total: u32 = 0;
    for (unit, seconds) in [('h', 3600), ('m', 60), ('s', 1)] {
        let Some((count, after)) = rest.split_once(unit) else { continue };
        if count.is_empty() || !count.trim_end().bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        total = total.checked_add(count.trim_end().parse::<u32>().ok()?.checked_mul(seconds)?)?;
        rest = after.trim_start();
    }
    (rest.is_empty() && !text.is_empty()).then_some(Span::Time(Seconds(total)))
}

impl TryFrom<String> for Span {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

impl From<Seconds> for Span {
    fn from(seconds: Seconds) -> Self {
        Self::Time(seconds)
    }
}
