//! The names that policies and calendars go by.

use crate::text::slug;

slug!(
    /// A service level policy.
    PolicyName, "policy"
);

slug!(
    /// A calendar of a tenant; `24x7` stands for no calendar.
    CalendarName, "calendar"
);

impl PolicyName {
    /// The name of the one policy of [`ServiceLevels::usual`](super::ServiceLevels::usual).
    pub(super) fn usual() -> Self {
        Self("usual".to_owned())
    }
}

impl CalendarName {
    /// The name of the calendar that is always open.
    pub const ALWAYS: &'static str = "24x7";

    /// Always open.
    pub fn always() -> Self {
        Self(Self::ALWAYS.to_owned())
    }

    /// Whether it stands for no calendar.
    pub fn is_always(&self) -> bool {
        self.as_str() == Self::ALWAYS
    }
}

impl Default for CalendarName {
    fn default() -> Self {
        Self::always()
    }
}
