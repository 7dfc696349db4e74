//! Tones: what a colour means. Never the only sign; the word stands beside it.

use helpdesk_core::ticket::{Priority, StatusCategory};

/// How something is said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it is.
    #[default]
    Plain,
    /// Look here first.
    Alarm,
    /// Look here.
    Warning,
    /// All is well.
    Good,
    /// In the background.
    Faint,
}

impl Tone {
    /// The colour in tables.
    pub(super) fn color(self) -> Option<comfy_table::Color> {
        match self {
            Self::Plain => None,
            Self::Alarm => Some(comfy_table::Color::Red),
            Self::Warning => Some(comfy_table::Color::Yellow),
            Self::Good => Some(comfy_table::Color::Green),
            Self::Faint => Some(comfy_table::Color::DarkGrey),
        }
    }
}

impl From<Priority> for Tone {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::Critical => Self::Alarm,
            Priority::High => Self::Warning,
            Priority::Medium => Self::Plain,
            Priority::Low => Self::Faint,
        }
    }
}

impl From<StatusCategory> for Tone {
    fn from(category: StatusCategory) -> Self {
        match category {
            StatusCategory::New => Self::Warning,
            StatusCategory::Active => Self::Plain,
            StatusCategory::Resolved => Self::Good,
            StatusCategory::WaitingOnRequester
            | StatusCategory::WaitingOnOther
            | StatusCategory::Closed
            | StatusCategory::Spam => Self::Faint,
        }
    }
}
