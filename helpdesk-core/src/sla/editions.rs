//! What policies and calendars said before they were edited, for the clocks that still run under it. An edit reaches
//! them by being applied anew, and not before.

use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::names::{CalendarName, PolicyName};
use super::policy::SlaPolicy;

/// Most earlier policies, and most earlier calendars, that are kept. A clock under one that is gone goes on under the
/// next.
const KEPT: usize = 50;

/// Earlier editions of policies and calendars. The desk keeps them when levels are changed; what a caller gives of them
/// with new settings is not looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Editions {
    /// Which edition the levels are: one more with each edit of a policy or calendar that stood.
    current: u32,
    /// Policies that were edited or taken away, oldest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    policies: Vec<Earlier<PolicyName, SlaPolicy>>,
    /// Calendars, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    calendars: Vec<Earlier<CalendarName, Calendar>>,
}

/// What stood under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Earlier<Name, Value> {
    /// The last edition of the levels in which it did.
    until: u32,
    name: Name,
    value: Value,
}

impl Editions {
    /// Whether nothing was ever edited.
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The edition of the levels as they stand.
    pub(crate) fn current(&self) -> u32 {
        self.current
    }

    /// The policy as it stood in an edition, if it was edited since.
    pub(super) fn policy(&self, name: &PolicyName, edition: u32) -> Option<&SlaPolicy> {
        found(&self.policies, name, edition)
    }

    /// The calendar, likewise.
    pub(super) fn calendar(&self, name: &CalendarName, edition: u32) -> Option<&Calendar> {
        found(&self.calendars, name, edition)
    }

    /// The editions after these policies and calendars were edited or taken away. Editions until `applied` are not needed
    /// any more: every open ticket has come under later ones.
    pub(super) fn followed_by(
        &self,
        policies_gone: impl Iterator<Item = (PolicyName, SlaPolicy)>,
        calendars_gone: impl Iterator<Item = (CalendarName, Calendar)>,
        applied: u32,
    ) -> Self {
        let Self { mut current, mut policies, mut calendars } = self.clone();
        policies.retain(|earlier| earlier.until >= applied);
        calendars.retain(|earlier| earlier.until >= applied);
        let until = current;
        policies.extend(policies_gone.map(|(name, value)| Earlier { until, name, value }));
        calendars.extend(calendars_gone.map(|(name, value)| Earlier { until, name, value }));
        let edited = policies.iter().map(|earlier| earlier.until).chain(calendars.iter().map(|earlier| earlier.until));
        if edited.max() == Some(until) {
            current = current.saturating_add(1);
        }
        policies.drain(..policies.len().saturating_sub(KEPT));
        calendars.drain(..calendars.len().saturating_sub(KEPT));
        Self { current, policies, calendars }
    }
}

fn found<'a, Name: PartialEq, Value>(all: &'a [Earlier<Name, Value>], name: &Name, edition: u32) -> Option<&'a Value> {
    all.iter().find(|earlier| earlier.until >= edition && earlier.name == *name).map(|earlier| &earlier.value)
}
