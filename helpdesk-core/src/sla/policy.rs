//! A policy: whom it is for, and the rules of its clocks. Which one a ticket gets is decided in `levels`.

use serde::{Deserialize, Serialize};

use super::metric::Metric;
use super::names::{CalendarName, PolicyName};
use super::rule::ClockRule;
use crate::party::{CategoryId, OrganizationId, TeamId};
use crate::ticket::{Channel, Priority, Tag, Ticket, TicketKind};

/// What is promised to whom.
///
/// ```
/// use helpdesk_core::sla::{Metric, SlaPolicy};
/// let text = r#"{
///   "name": "gold", "calendar": "office",
///   "when": { "organizations": ["acme"], "priorities": ["high", "critical"] },
///   "first_response": { "target": "1h", "levels": [{ "at": "75%", "notify": ["assignee"] }] },
///   "resolution": { "target": "2d", "pauses": ["waiting_on_requester"] }
/// }"#;
/// let policy: SlaPolicy = serde_json::from_str(text).unwrap();
/// assert!(policy.rule(Metric::Resolution).is_some());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlaPolicy {
    /// Its name.
    pub name: PolicyName,
    /// Which tickets it is for.
    #[serde(default, skip_serializing_if = "Conditions::is_empty")]
    pub when: Conditions,
    /// In which calendar its clocks run; around the clock unless said.
    #[serde(default, skip_serializing_if = "CalendarName::is_always")]
    pub calendar: CalendarName,
    /// From the request to the first public answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_response: Option<ClockRule>,
    /// From each later message of the requester to the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_response: Option<ClockRule>,
    /// From each public message of an agent to the next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periodic_update: Option<ClockRule>,
    /// From creation to Resolved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolution: Option<ClockRule>,
}

impl SlaPolicy {
    /// A policy for every ticket, around the clock, that promises nothing yet.
    pub fn new(name: PolicyName) -> Self {
        Self {
            name,
            when: Conditions::default(),
            calendar: CalendarName::always(),
            first_response: None,
            next_response: None,
            periodic_update: None,
            resolution: None,
        }
    }

    /// The rule of a clock, if the policy has one.
    pub fn rule(&self, metric: Metric) -> Option<&ClockRule> {
        match metric {
            Metric::FirstResponse => self.first_response.as_ref(),
            Metric::NextResponse => self.next_response.as_ref(),
            Metric::PeriodicUpdate => self.periodic_update.as_ref(),
            Metric::Resolution => self.resolution.as_ref(),
        }
    }
}

/// Which tickets a policy is for: every list that is not empty must have the ticket's value; of `tags`, one is enough.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    /// Of one of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<TicketKind>,
    /// Of one of these priorities.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub priorities: Vec<Priority>,
    /// In one of these categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<CategoryId>,
    /// With one of these teams.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<TeamId>,
    /// Of one of these organisations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub organizations: Vec<OrganizationId>,
    /// With one of these tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<Tag>,
    /// Come in through one of these channels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
}

impl Conditions {
    /// Whether it is for every ticket.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a ticket meets every one of them.
    pub fn meets(&self, ticket: &Ticket) -> bool {
        let Self { kinds, priorities, categories, teams, organizations, tags, channels } = self;
        has(kinds, Some(&ticket.kind))
            && has(priorities, Some(&ticket.priority))
            && has(categories, ticket.category.as_ref())
            && has(teams, ticket.team.as_ref())
            && has(organizations, ticket.organization.as_ref())
            && (tags.is_empty() || tags.iter().any(|tag| ticket.tags.contains(tag)))
            && has(channels, Some(&ticket.channel))
    }

    /// What of a ticket met which condition, as `(condition, value)`: why a policy is the ticket's.
    pub fn met_by(&self, ticket: &Ticket) -> Vec<(&'static str, String)> {
        let mut met = Vec::new();
        let mut note = |named: bool, name: &'static str, value: Option<&dyn std::fmt::Display>| {
            met.extend(value.filter(|_| named).map(|value| (name, value.to_string())));
        };
        note(!self.kinds.is_empty(), "kind", Some(&ticket.kind.as_str()));
        note(!self.priorities.is_empty(), "priority", Some(&ticket.priority.as_str()));
        note(!self.categories.is_empty(), "category", ticket.category.as_ref().map(|value| value as _));
        note(!self.teams.is_empty(), "team", ticket.team.as_ref().map(|value| value as _));
        note(!self.organizations.is_empty(), "organization", ticket.organization.as_ref().map(|value| value as _));
        for tag in self.tags.iter().filter(|tag| ticket.tags.contains(*tag)) {
            note(true, "tag", Some(&tag.as_str()));
        }
        note(!self.channels.is_empty(), "channel", Some(&ticket.channel.as_str()));
        met
    }
}

fn has<T: PartialEq>(wanted: &[T], value: Option<&T>) -> bool {
    wanted.is_empty() || value.is_some_and(|value| wanted.contains(value))
}
