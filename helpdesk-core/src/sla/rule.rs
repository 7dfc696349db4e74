//! The rule of one clock: its targets, when it starts, when it pauses, and its levels. Checked in `check`.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::level::EscalationLevel;
use super::metric::Metric;
use super::names::CalendarName;
use super::seconds::Span;
use crate::text::Invalid;
use crate::ticket::{Priority, StatusCategory, StatusKey};

/// How one clock of a policy works. What is not said is as the metric has it by default.
///
/// ```
/// use helpdesk_core::sla::{ClockRule, Metric, Span};
/// use helpdesk_core::ticket::Priority;
/// let text = r#"{ "target": "2d", "targets": { "critical": { "span": "4h", "calendar": "24x7" } } }"#;
/// let rule: ClockRule = serde_json::from_str(text).unwrap();
/// assert_eq!(rule.target_for(Priority::Low).unwrap().span, Span::WorkingDays(2));
/// assert!(rule.target_for(Priority::Critical).unwrap().calendar.as_ref().unwrap().is_always());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ClockRule {
    /// The target of every priority that has none of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<Target>,
    /// Targets of single priorities. A priority without one has no clock.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub targets: BTreeMap<Priority, Target>,
    /// The calendar, in place of the policy's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<CalendarName>,
    /// When it starts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub starts: Option<Start>,
    /// First response only: whether the public message with which an agent opens a ticket is the first answer.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub opening_answers: bool,
    /// In which statuses it pauses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pauses: Option<Vec<PausedIn>>,
    /// What becomes of the time that it paused.
    #[serde(skip_serializing_if = "PausedTime::is_default")]
    pub paused_time: PausedTime,
    /// What happens on the way.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub levels: Vec<EscalationLevel>,
}

/// How long something may take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Target {
    /// So long.
    pub span: Span,
    /// In this calendar, in place of the clock's.
    pub calendar: Option<CalendarName>,
}

impl From<Span> for Target {
    fn from(span: Span) -> Self {
        Self { span, calendar: None }
    }
}

/// A target as it is written: a span, or a span with a calendar.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged, expecting = "a span such as 30m, 8h or 2d, or a table with span and calendar")]
enum Written {
    Span(Span),
    InCalendar { span: Span, calendar: CalendarName },
}

impl From<Written> for Target {
    fn from(written: Written) -> Self {
        match written {
            Written::Span(span) => span.into(),
            Written::InCalendar { span, calendar } => Self { span, calendar: Some(calendar) },
        }
    }
}

impl From<Target> for Written {
    fn from(Target { span, calendar }: Target) -> Self {
        calendar.map_or(Self::Span(span), |calendar| Self::InCalendar { span, calendar })
    }
}

/// When a clock starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// First response: with the requester's first words, which for a ticket of hers is its creation.
    Request,
    /// Next response: with the oldest unanswered message after the first answer.
    AfterFirstResponse,
    /// Next response: with the oldest unanswered message, the first words included.
    Message,
    /// Periodic update: with each public message of an agent.
    Reply,
    /// First response, periodic update, resolution: with the ticket's creation, whoever opened it.
    Creation,
}

impl Start {
    /// The starts of a metric, its default first.
    pub fn of(metric: Metric) -> &'static [Self] {
        match metric {
            Metric::FirstResponse => &[Self::Request, Self::Creation],
            Metric::NextResponse => &[Self::AfterFirstResponse, Self::Message],
            Metric::PeriodicUpdate => &[Self::Reply, Self::Creation],
            Metric::Resolution => &[Self::Creation],
        }
    }
}

/// What becomes of paused time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PausedTime {
    /// It is taken off: the due time moves on.
    #[default]
    Excluded,
    /// It counts: nothing is due while the clock pauses, but the due time stays.
    Counted,
}

impl PausedTime {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_default(&self) -> bool {
        *self == Self::Excluded
    }
}

/// A status, or every status of a category. A word that is the name of a category means the category.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum PausedIn {
    /// Every status that means this.
    Category(StatusCategory),
    /// This status.
    Status(StatusKey),
}

impl PausedIn {
    fn covers(&self, status: &StatusKey, category: StatusCategory) -> bool {
        match self {
            Self::Category(paused) => *paused == category,
            Self::Status(paused) => paused == status,
        }
    }
}

impl fmt::Display for PausedIn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Category(category) => f.write_str(category.as_str()),
            Self::Status(status) => status.fmt(f),
        }
    }
}

impl FromStr for PausedIn {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let category = StatusCategory::ALL.into_iter().find(|category| category.as_str() == text);
        category.map_or_else(|| StatusKey::new(text).map(Self::Status), |category| Ok(Self::Category(category)))
    }
}

impl TryFrom<String> for PausedIn {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<PausedIn> for String {
    fn from(paused: PausedIn) -> Self {
        paused.to_string()
    }
}

impl ClockRule {
    /// A rule with one target for every priority.
    pub fn within(span: Span) -> Self {
        Self { target: Some(span.into()), ..Self::default() }
    }

    /// A rule with a target for each of these priorities.
    pub fn by_priority(targets: impl IntoIterator<Item = (Priority, Span)>) -> Self {
        let targets = targets.into_iter().map(|(priority, span)| (priority, span.into())).collect();
        Self { targets, ..Self::default() }
    }

    /// The target of a priority, if there is one.
    pub fn target_for(&self, priority: Priority) -> Option<&Target> {
        self.targets.get(&priority).or(self.target.as_ref())
    }

    /// When the clock of `metric` starts.
    pub(super) fn start(&self, metric: Metric) -> Start {
        self.starts.unwrap_or(Start::of(metric)[0])
    }

    /// Whether the clock of `metric` pauses in a status. Unless said, resolution and periodic update pause while
    /// the ticket waits for somebody, and the response clocks never.
    pub(super) fn pauses_in(&self, metric: Metric, status: &StatusKey, category: StatusCategory) -> bool {
        match &self.pauses {
            Some(pauses) => pauses.iter().any(|paused| paused.covers(status, category)),
            None => matches!(metric, Metric::Resolution | Metric::PeriodicUpdate) && category.is_waiting(),
        }
    }
}
