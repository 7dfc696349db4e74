//! How far agents have read: as durable as a commit.

use async_trait::async_trait;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::{ReadMarks, StoreError};
use helpdesk_core::ticket::TicketId;

use super::sql::Sql;
use super::store::{ServerStore, told};
use super::value::Row;
use crate::fault::Fault;
use crate::rows::columns::Columns;

#[async_trait]
impl ReadMarks for ServerStore<'_> {
    async fn mark_read(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        ticket: TicketId,
        position: u32,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.as_str(), agent.as_str());
        let sql = if position == 0 {
            Sql::of(
                "DELETE FROM helpdesk_mark WHERE tenant = ? AND ticket = ? AND agent = ?",
                [tenant.into(), ticket.into(), agent.into()],
            )
        } else {
            let position = i64::from(position);
            Sql::of(self.dialect().mark, [agent.into(), position.into(), tenant.into(), ticket.into()])
        };
        told("mark_read", self.once(sql).await.map(drop))
    }

    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Result<Vec<(AgentId, u32)>, StoreError> {
        let rows = self.rows(Sql::of(
            "SELECT agent, position FROM helpdesk_mark WHERE tenant = ? AND ticket = ? ORDER BY agent",
            [tenant.as_str().into(), ticket.into()],
        ));
        told("marks", rows.await.and_then(|rows| rows.iter().map(mark).collect()))
    }
}

fn mark(row: &Row) -> Result<(AgentId, u32), Fault> {
    let agent = AgentId::new(row.text(0)?);
    let agent = agent.map_err(|_| Fault::Damaged("the agent of a mark is malformed".to_owned()))?;
    Ok((agent, u32::try_from(row.count(1)?).unwrap_or(u32::MAX)))
}
