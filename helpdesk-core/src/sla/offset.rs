//! When a level is due, relative to its clock's due time or as a share of its target.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::seconds::Span;
use crate::text::Invalid;

/// `-30m`, `+1h`, `+3d` or `75%`; counted in the clock's calendar.
///
/// ```
/// use helpdesk_core::sla::Offset;
/// assert_eq!("- 30m".parse::<Offset>().unwrap().to_string(), "-30m");
/// assert_eq!("75 %".parse::<Offset>().unwrap(), Offset::Percent(75));
/// assert!("30m".parse::<Offset>().is_err(), "before or after?");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Offset {
    /// So long before it is due; never before the clock's start.
    Before(Span),
    /// When so much of the target is used, in percent: 1 to 1,000.
    Percent(u16),
    /// So long after it was due.
    After(Span),
}

impl Offset {
    /// The most percent.
    pub const MAX_PERCENT: u16 = 1_000;

    /// Whether it warns: it lies before the due time.
    pub fn is_warning(self) -> bool {
        match self {
            Self::Before(span) => !span.is_zero(),
            Self::Percent(percent) => percent < 100,
            Self::After(_) => false,
        }
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(span) => write!(f, "-{span}"),
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::After(span) => write!(f, "+{span}"),
        }
    }
}

impl FromStr for Offset {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let malformed = || Invalid::malformed("level", "an offset such as -30m, +1h, +3d or 75%");
        let text = text.trim();
        let span = |text: &str| text.trim_start().parse().map_err(|_| malformed());
        if let Some(percent) = text.strip_suffix('%') {
            let percent = percent.trim_end().parse().ok();
            let percent = percent.filter(|percent| (1..=Self::MAX_PERCENT).contains(percent));
            return percent.map(Self::Percent).ok_or_else(malformed);
        }
        match (text.strip_prefix(['-', '−']), text.strip_prefix('+')) {
            (Some(rest), _) => span(rest).map(Self::Before),
            (_, Some(rest)) => span(rest).map(Self::After),
            _ => Err(malformed()),
        }
    }
}

impl TryFrom<String> for Offset {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Offset> for String {
    fn from(offset: Offset) -> Self {
        offset.to_string()
    }
}
