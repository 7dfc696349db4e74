//! A tenant's service levels: its calendars and its policies in order. Which of them a ticket gets, and under which
//! terms a clock runs.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::clock::{NextLevel, SlaClock};
use super::editions::Editions;
use super::metric::Metric;
use super::names::{CalendarName, PolicyName};
use super::policy::SlaPolicy;
use super::reckon::level_at;
use super::rule::ClockRule;
use super::seconds::{Seconds, Span};
use super::terms::Terms;
use crate::ticket::{Priority, Ticket};

/// Calendars and policies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServiceLevels {
    /// The calendars, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub calendars: BTreeMap<CalendarName, Calendar>,
    /// The policies: a ticket gets the first whose conditions it meets.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub policies: Vec<SlaPolicy>,
    /// What stood before, for the clocks that still run under it. The desk sees to it.
    #[serde(skip_serializing_if = "Editions::is_empty")]
    pub editions: Editions,
}

static ALWAYS: LazyLock<Calendar> = LazyLock::new(Calendar::always);

impl ServiceLevels {
    /// Makes these levels the edition that follows on `before`. Editions until `applied` are not needed any more.
    pub(crate) fn follow_on(&mut self, before: &Self, applied: u32) {
        let policies = before.policies.iter().filter(|policy| self.policy(&policy.name) != Some(policy));
        let policies = policies.map(|policy| (policy.name.clone(), policy.clone()));
        let calendars = before.calendars.iter().filter(|(name, calendar)| self.calendars.get(name) != Some(calendar));
        let calendars = calendars.map(|(name, calendar)| (name.clone(), calendar.clone()));
        self.editions = before.editions.followed_by(policies, calendars, applied);
    }

    /// Levels that a small desk can start with: one policy, around the clock, shorter the higher the priority.
    ///
    /// ```
    /// use helpdesk_core::sla::{Metric, ServiceLevels, Span};
    /// use helpdesk_core::ticket::Priority;
    /// let usual = ServiceLevels::usual();
    /// let of = |priority| usual.policies[0].resolution.as_ref().unwrap().target_for(priority).unwrap().span;
    /// assert!(Priority::ALL.windows(2).all(|pair| of(pair[0]) > of(pair[1])));
    /// ```
    pub fn usual() -> Self {
        let hours = |low, medium, high, critical| {
            let spans = [low, medium, high, critical].map(|hours| Span::Time(Seconds::hours(hours)));
            Some(ClockRule::by_priority(Priority::ALL.into_iter().zip(spans)))
        };
        let policy = SlaPolicy {
            first_response: hours(24, 8, 4, 1),
            resolution: hours(14 * 24, 5 * 24, 48, 8),
            ..SlaPolicy::new(PolicyName::usual())
        };
        Self { policies: vec![policy], ..Self::default() }
    }

    /// Whether nothing is promised.
    pub fn is_empty(&self) -> bool {
        self.policies.is_empty()
    }

    /// The calendar of this name.
    pub fn calendar(&self, name: &CalendarName) -> Option<&Calendar> {
        if name.is_always() { Some(&ALWAYS) } else { self.calendars.get(name) }
    }

    /// The policy of this name.
    pub fn policy(&self, name: &PolicyName) -> Option<&SlaPolicy> {
        self.policies.iter().find(|policy| policy.name == *name)
    }

    /// The policy that a ticket gets: the first whose conditions it meets.
    pub fn policy_for(&self, ticket: &Ticket) -> Option<&SlaPolicy> {
        self.policies.iter().find(|policy| policy.when.meets(ticket))
    }

    /// Open seconds that a clock has used at `now`, or when it stopped, its pauses not counted. `None` if it runs in
    /// a calendar that is not there any more.
    pub fn used(&self, clock: &SlaClock, now: crate::env::Timestamp) -> Option<u64> {
        clock.used_seconds.or_else(|| Some(clock.used_by(self.calendar_of(clock)?, now)))
    }

    /// Open seconds that a clock has left at `now`; negative if it is over. `None` if it has stopped, or as
    /// [`used`](Self::used).
    pub fn left(&self, clock: &SlaClock, now: crate::env::Timestamp) -> Option<i64> {
        let used = i64::try_from(self.used(clock, now).filter(|_| clock.is_open())?).unwrap_or(i64::MAX);
        Some(i64::from(clock.target.0).saturating_sub(used))
    }

    /// When each level of an open clock comes or came, by the policy it runs under, in the order of time. None
    /// while the clock pauses.
    pub fn level_times(&self, clock: &SlaClock) -> Vec<NextLevel> {
        let Some((rule, calendar)) = self.rule_of(clock).zip(self.calendar_of(clock)) else { return Vec::new() };
        let levels = rule.levels.iter().filter(|_| clock.is_running());
        let timed =
            levels.filter_map(|level| Some(NextLevel { level: level.at, at: level_at(clock, level, calendar)? }));
        let mut sorted: Vec<NextLevel> = timed.collect();
        sorted.sort_by_key(|next| next.at);
        sorted
    }

    /// What a clock of a policy runs under.
    pub(super) fn terms<'a>(&'a self, policy: &'a SlaPolicy, metric: Metric, priority: Priority) -> Option<Terms<'a>> {
        self.terms_in(self.editions.current(), policy, metric, priority)
    }

    /// The same with calendars as they stood in an edition, from which the policy is.
    pub(super) fn terms_in<'a>(
        &'a self,
        edition: u32,
        policy: &'a SlaPolicy,
        metric: Metric,
        priority: Priority,
    ) -> Option<Terms<'a>> {
        let rule = policy.rule(metric)?;
        let target = rule.target_for(priority)?;
        let calendar_name = target.calendar.as_ref().or(rule.calendar.as_ref()).unwrap_or(&policy.calendar);
        let calendar = self.calendar_in(calendar_name, edition)?;
        Some(Terms { edition, policy, rule, target, calendar_name, calendar })
    }

    /// The policy of this name as it stood in an edition.
    pub(super) fn policy_in(&self, name: &PolicyName, edition: u32) -> Option<&SlaPolicy> {
        self.editions.policy(name, edition).or_else(|| self.policy(name))
    }

    fn calendar_in(&self, name: &CalendarName, edition: u32) -> Option<&Calendar> {
        self.editions.calendar(name, edition).or_else(|| self.calendar(name))
    }

    /// The rule that a clock runs under: its policy's as it stood when the clock came under it.
    pub(super) fn rule_of(&self, clock: &SlaClock) -> Option<&ClockRule> {
        self.policy_in(&clock.policy, clock.edition)?.rule(clock.metric)
    }

    /// The calendar that a clock runs in, likewise.
    pub(super) fn calendar_of(&self, clock: &SlaClock) -> Option<&Calendar> {
        self.calendar_in(&clock.calendar, clock.edition)
    }

    /// Whether a clock runs under what was edited since.
    pub(super) fn is_outdated(&self, clock: &SlaClock) -> bool {
        let rule = self.policy(&clock.policy).and_then(|policy| policy.rule(clock.metric));
        clock.is_open() && (self.rule_of(clock), self.calendar_of(clock)) != (rule, self.calendar(&clock.calendar))
    }
}
