//! Who takes part: ids that the host gives, actors, and the small records about agents, teams, contacts.

mod actor;
mod agent;
mod contact;
mod email;
mod group;
mod id;

pub use actor::Actor;
pub use agent::{Agent, Role};
pub use contact::{Contact, Requester};
pub use email::EmailAddress;
pub use group::{Category, Color, Organization, Team};
pub use id::{AgentId, CategoryId, ContactId, OrganizationId, TeamId, TenantId};
