//! The ids of parties and groups: opaque to the desk, checked once, a type each.

use crate::text::host_id;

host_id!(
    /// A tenant: whose desk it is. One tenant's data never meets another's.
    TenantId, "tenant"
);
host_id!(
    /// An agent: a member of the desk's staff, by the host's id.
    ///
    /// ```
    /// use helpdesk_core::party::AgentId;
    /// assert_eq!(AgentId::new("anna").unwrap().as_str(), "anna");
    /// assert!(AgentId::new(" anna").is_err());
    /// ```
    AgentId, "agent"
);
host_id!(
    /// A contact: somebody who asks. The host's customer id, or one the desk gave.
    ContactId, "requester"
);
host_id!(
    /// A team of agents.
    TeamId, "team"
);
host_id!(
    /// An organisation that contacts belong to.
    OrganizationId, "organization"
);
host_id!(
    /// A category of tickets.
    CategoryId, "category"
);
