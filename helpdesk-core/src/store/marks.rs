//! How far agents have read.

use async_trait::async_trait;

use super::StoreError;
use crate::party::{AgentId, TenantId};
use crate::ticket::TicketId;

/// Rows of (agent, ticket, position), outside version and history.
#[async_trait]
pub trait ReadMarks: Send + Sync {
    /// Moves an agent's mark to `position`, never back; 0 takes it away, so that the ticket is unread again.
    /// A ticket that is not there is passed over. Need not be durable at return: a lost mark is read again.
    async fn mark_read(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        ticket: TicketId,
        position: u32,
    ) -> Result<(), StoreError>;

    /// How far each agent has read a ticket, by the bytes of their ids; without those who have no mark.
    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Result<Vec<(AgentId, u32)>, StoreError>;
}
