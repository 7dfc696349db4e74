//! Changes of records as values, so that they can be sent, logged and known again. What is `None` stays.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Catalogued;
use crate::party::{Agent, Category, Color, EmailAddress, Organization, OrganizationId, Role, Team, TeamId};

/// A catalogue whose entries can be changed in part.
pub trait Editable: Catalogued {
    /// What can be changed.
    type Change: Serialize + Clone + Send + Sync + 'static;
    /// Changes the entry.
    fn apply(&mut self, change: Self::Change);
}

/// A change of an agent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AgentChange {
    /// A new name.
    pub name: Option<String>,
    /// A new address.
    pub email: Option<EmailAddress>,
    /// A new role.
    pub role: Option<Role>,
    /// All teams she belongs to from now on.
    pub teams: Option<BTreeSet<TeamId>>,
    /// Whether she may not act any more.
    pub disabled: Option<bool>,
}

/// A change of what has a name and nothing else: a team, an organisation.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NameChange {
    /// A new name.
    pub name: Option<String>,
}

/// A change of a category.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CategoryChange {
    /// A new English name.
    pub en: Option<String>,
    /// A new German name.
    pub de: Option<String>,
    /// A new colour.
    pub color: Option<Color>,
}

/// A change of a contact.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ContactChange {
    /// A new name.
    pub name: Option<String>,
    /// A new address.
    pub email: Option<EmailAddress>,
    /// A new organisation.
    pub organization: Option<OrganizationId>,
}

/// Puts `new` in place, if there is something new.
fn set<T>(place: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *place = new;
    }
}

impl Editable for Agent {
    type Change = AgentChange;
    fn apply(&mut self, change: AgentChange) {
        self.name = change.name.or_else(|| self.name.take());
        self.email = change.email.or_else(|| self.email.take());
        set(&mut self.role, change.role);
        set(&mut self.teams, change.teams);
        set(&mut self.disabled, change.disabled);
    }
}

impl Editable for Team {
    type Change = NameChange;
    fn apply(&mut self, change: NameChange) {
        set(&mut self.name, change.name);
    }
}

impl Editable for Organization {
    type Change = NameChange;
    fn apply(&mut self, change: NameChange) {
        set(&mut self.name, change.name);
    }
}

impl Editable for Category {
    type Change = CategoryChange;
    fn apply(&mut self, change: CategoryChange) {
        set(&mut self.labels.en, change.en);
        set(&mut self.labels.de, change.de);
        set(&mut self.color, change.color);
    }
}
