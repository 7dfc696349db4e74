//! How far agents have read. Marks share the writer's transactions, so they are as durable as a commit.

use async_trait::async_trait;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::{ReadMarks, StoreError};
use helpdesk_core::ticket::TicketId;
use sqlx::sqlite::SqliteRow;

use super::sql::Sql;
use super::store::FileStore;
use super::turn::Turn;
use super::writer::Act;
use crate::fault::Fault;
use crate::rows::columns::Columns;

#[async_trait]
impl ReadMarks for FileStore<'_> {
    async fn mark_read(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        ticket: TicketId,
        position: u32,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.write("mark_read", Mark { tenant, agent, ticket, position }).await
    }

    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Result<Vec<(AgentId, u32)>, StoreError> {
        let mut sql = Sql::new();
        let params = [sql.param(tenant.as_str()), sql.param(ticket.0.as_bytes().as_slice())];
        sql.add("SELECT agent, position FROM helpdesk_mark WHERE tenant = ? AND ticket = ? ORDER BY agent", &params);
        let rows = self.rows(sql).await;
        let marks = rows.and_then(|rows| rows.iter().map(mark).collect());
        marks.map_err(|fault| fault.during("marks"))
    }
}

fn mark(row: &SqliteRow) -> Result<(AgentId, u32), Fault> {
    let agent = AgentId::new(row.text(0)?);
    let agent = agent.map_err(|_| Fault::Damaged("the agent of a mark is malformed".to_owned()))?;
    Ok((agent, u32::try_from(row.count(1)?).unwrap_or(u32::MAX)))
}

struct Mark {
    tenant: TenantId,
    agent: AgentId,
    ticket: TicketId,
    position: u32,
}

#[async_trait]
impl Act for Mark {
    type Answer = ();

    async fn apply(&self, turn: &mut Turn<'_>) -> Result<(), Fault> {
        let mut sql = Sql::new();
        let tenant = sql.param(self.tenant.as_str());
        let ticket = sql.param(self.ticket.0.as_bytes().as_slice());
        let agent = sql.param(self.agent.as_str());
        if self.position == 0 {
            sql.add(
                "DELETE FROM helpdesk_mark WHERE tenant = ? AND ticket = ? AND agent = ?",
                &[tenant, ticket, agent],
            );
        } else {
            let position = sql.param(i64::from(self.position));
            sql.add(
                "INSERT INTO helpdesk_mark (tenant, ticket, agent, position, live) \
                 SELECT tenant, id, ?, ?, live FROM helpdesk_ticket WHERE tenant = ? AND id = ? \
                 ON CONFLICT (tenant, ticket, agent) DO UPDATE SET position = max(position, excluded.position)",
                &[agent, position, tenant, ticket],
            );
        }
        turn.finish(sql).await?;
        Ok(())
    }
}
