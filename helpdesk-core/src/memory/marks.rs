//! How far agents have read.

use async_trait::async_trait;

use super::MemoryStore;
use crate::party::{AgentId, TenantId};
use crate::store::{ReadMarks, StoreError};
use crate::ticket::TicketId;

#[async_trait]
impl ReadMarks for MemoryStore {
    async fn mark_read(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        ticket: TicketId,
        position: u32,
    ) -> Result<(), StoreError> {
        let mut state = self.open("mark_read")?;
        let file = state.desks.get_mut(tenant).and_then(|desk| desk.tickets.get_mut(&ticket));
        if let Some(file) = file {
            if position == 0 {
                file.marks.remove(agent);
            } else {
                let mark = file.marks.entry(agent.clone()).or_default();
                *mark = (*mark).max(position);
            }
        }
        Ok(())
    }

    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Result<Vec<(AgentId, u32)>, StoreError> {
        self.read("marks", tenant, |desk| {
            let marks = desk.tickets.get(&ticket).into_iter().flat_map(|file| &file.marks);
            marks.map(|(agent, position)| (agent.clone(), *position)).collect()
        })
    }
}
