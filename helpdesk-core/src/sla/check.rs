//! What is wrong with service levels, naming the field. The types of the parts have checked the rest.

use super::level::EscalationLevel;
use super::levels::ServiceLevels;
use super::metric::Metric;
use super::names::CalendarName;
use super::policy::SlaPolicy;
use super::rule::{ClockRule, PausedIn, Start, Target};
use crate::limits::Limits;
use crate::text::{Invalid, Problem};
use crate::ticket::workflow::Workflow;

impl ServiceLevels {
    /// Checks that everything that is named is there, and that every rule can be followed.
    ///
    /// # Errors
    /// The first thing found wrong: `sla.policies.gold.resolution.targets.high.calendar`, say.
    pub fn check(&self, workflow: &Workflow, limits: &Limits) -> Result<(), Invalid> {
        limits.count("sla.calendars", self.calendars.len(), limits.sla_calendars)?;
        limits.count("sla.policies", self.policies.len(), limits.sla_policies)?;
        if self.calendars.keys().any(CalendarName::is_always) {
            let expected = "any name but 24x7, which stands for no calendar";
            return Err(Invalid::new("sla.calendars.24x7", Problem::OutOfRange { expected }));
        }
        for (i, policy) in self.policies.iter().enumerate() {
            let place = format!("sla.policies.{}", policy.name);
            if self.policies[..i].iter().any(|other| other.name == policy.name) {
                return Err(Invalid::new(place, Problem::Duplicate));
            }
            self.check_policy(policy, &place, workflow, limits)?;
        }
        Ok(())
    }

    fn check_policy(
        &self,
        policy: &SlaPolicy,
        place: &str,
        workflow: &Workflow,
        limits: &Limits,
    ) -> Result<(), Invalid> {
        self.named(&policy.calendar, place)?;
        let when = &policy.when;
        let sizes = [
            ("kinds", when.kinds.len()),
            ("priorities", when.priorities.len()),
            ("categories", when.categories.len()),
            ("teams", when.teams.len()),
            ("organizations", when.organizations.len()),
            ("tags", when.tags.len()),
            ("channels", when.channels.len()),
        ];
        for (name, count) in sizes {
            limits.count(&format!("{place}.when.{name}"), count, limits.sla_condition_values)?;
        }
        for metric in Metric::ALL {
            if let Some(rule) = policy.rule(metric) {
                self.check_rule(rule, metric, &format!("{place}.{}", metric.as_str()), workflow, limits)?;
            }
        }
        Ok(())
    }

    fn check_rule(
        &self,
        rule: &ClockRule,
        metric: Metric,
        place: &str,
        workflow: &Workflow,
        limits: &Limits,
    ) -> Result<(), Invalid> {
        if let Some(calendar) = &rule.calendar {
            self.named(calendar, place)?;
        }
        if rule.target.is_none() && rule.targets.is_empty() {
            return Err(Invalid::new(format!("{place}.target"), Problem::Empty));
        }
        if let Some(target) = &rule.target {
            self.check_target(target, &format!("{place}.target"))?;
        }
        for (priority, target) in &rule.targets {
            self.check_target(target, &format!("{place}.targets.{}", priority.as_str()))?;
        }
        if rule.starts.is_some_and(|start| !Start::of(metric).contains(&start)) {
            let expected = "a start that this clock has";
            return Err(Invalid::new(format!("{place}.starts"), Problem::OutOfRange { expected }));
        }
        if rule.opening_answers && metric != Metric::FirstResponse {
            let expected = "said of the first response only";
            return Err(Invalid::new(format!("{place}.opening_answers"), Problem::OutOfRange { expected }));
        }
        let pauses = rule.pauses.as_deref().unwrap_or_default();
        limits.count(&format!("{place}.pauses"), pauses.len(), limits.sla_condition_values)?;
        for (i, paused) in pauses.iter().enumerate() {
            if matches!(paused, PausedIn::Status(status) if workflow.status(status).is_none()) {
                return Err(Invalid::new(format!("{place}.pauses[{i}]"), Problem::Unknown));
            }
        }
        check_levels(&rule.levels, place, limits)
    }

    fn check_target(&self, target: &Target, place: &str) -> Result<(), Invalid> {
        if let Some(calendar) = &target.calendar {
            self.named(calendar, place)?;
        }
        if target.span.is_zero() {
            return Err(Invalid::new(place.to_owned(), Problem::OutOfRange { expected: "at least one second" }));
        }
        Ok(())
    }

    fn named(&self, calendar: &CalendarName, place: &str) -> Result<(), Invalid> {
        match self.calendar(calendar) {
            Some(_) => Ok(()),
            None => Err(Invalid::new(format!("{place}.calendar"), Problem::Unknown)),
        }
    }
}

fn check_levels(levels: &[EscalationLevel], place: &str, limits: &Limits) -> Result<(), Invalid> {
    limits.count(&format!("{place}.levels"), levels.len(), limits.sla_levels)?;
    for (i, level) in levels.iter().enumerate() {
        let place = format!("{place}.levels[{i}]");
        if levels[..i].iter().any(|other| other.at == level.at) {
            return Err(Invalid::new(format!("{place}.at"), Problem::Duplicate));
        }
        limits.count(&format!("{place}.tags"), level.tags.len(), limits.tags)?;
        limits.count(&format!("{place}.notify"), level.notify.len(), limits.sla_condition_values)?;
    }
    Ok(())
}
