//! What a clock runs under, looked up: policy, rule, target and calendar together.

use super::calendar::Calendar;
use super::names::CalendarName;
use super::policy::SlaPolicy;
use super::rule::{ClockRule, Target};

/// What a clock runs under.
#[derive(Clone, Copy)]
pub(super) struct Terms<'a> {
    /// The edition of the levels that it stands in.
    pub(super) edition: u32,
    pub(super) policy: &'a SlaPolicy,
    pub(super) rule: &'a ClockRule,
    pub(super) target: &'a Target,
    pub(super) calendar_name: &'a CalendarName,
    pub(super) calendar: &'a Calendar,
}
