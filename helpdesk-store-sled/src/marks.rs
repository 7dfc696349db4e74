//! How far agents have read. Each mark stands twice: under its ticket, and under its agent, live tickets apart.

use async_trait::async_trait;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::{ReadMarks, StoreError};
use helpdesk_core::ticket::TicketId;

use super::SledStore;
use super::documents::{mark, mark_key, marks_key, ticket};
use super::draft::Draft;
use super::engine::Direction;
use super::error::Fault;
use super::index::is_live;
use super::layout::{Key, Parts, Table};
use super::view::View;

#[async_trait]
impl ReadMarks for SledStore {
    async fn mark_read(
        &self,
        tenant: &TenantId,
        agent: &AgentId,
        ticket: TicketId,
        position: u32,
    ) -> Result<(), StoreError> {
        let (tenant, agent) = (tenant.clone(), agent.clone());
        self.write("mark_read", move |draft| set(&tenant, &agent, ticket, position, draft)).await
    }

    async fn marks(&self, tenant: &TenantId, ticket: TicketId) -> Result<Vec<(AgentId, u32)>, StoreError> {
        self.read("marks", |view| {
            let readers = readers(tenant, ticket, view)?.into_iter();
            readers.map(|agent| Ok((agent.clone(), mark(view, tenant, ticket, Some(&agent))?))).collect()
        })
    }
}

/// Moves a mark, never back; 0 takes it away.
fn set(tenant: &TenantId, agent: &AgentId, id: TicketId, position: u32, draft: &mut Draft<'_>) -> Result<(), Fault> {
    let Some(ticket) = ticket(draft.view, tenant, id)? else { return Ok(()) };
    let before = mark(draft.view, tenant, id, Some(agent))?;
    let key = mark_key(tenant, id, agent);
    let by_agent = marks_key(tenant, agent, is_live(&ticket)).id(id.0).into_bytes();
    match position {
        0 if before > 0 => {
            draft.unmark(by_agent);
            draft.remove(&key)
        }
        position if position > before => {
            draft.mark(by_agent);
            draft.set(&key, u64::from(position))
        }
        _ => Ok(()),
    }
}

/// Moves the marks of a ticket that was live and is not any more, or the other way.
pub(crate) fn turn(tenant: &TenantId, ticket: TicketId, is_live: bool, draft: &mut Draft<'_>) -> Result<(), Fault> {
    for agent in readers(tenant, ticket, draft.view)? {
        draft.unmark(marks_key(tenant, &agent, !is_live).id(ticket.0).into_bytes());
        draft.mark(marks_key(tenant, &agent, is_live).id(ticket.0).into_bytes());
    }
    Ok(())
}

fn readers(tenant: &TenantId, ticket: TicketId, view: View<'_>) -> Result<Vec<AgentId>, Fault> {
    let marks = Key::of_ticket(tenant, Table::Mark, ticket);
    let reader = |key: Result<Vec<u8>, Fault>| {
        let agent = Parts::behind(&marks, &key?)?.text()?;
        AgentId::new(agent).map_err(|_| Fault::Damaged("the agent of a mark is malformed".to_owned()))
    };
    view.keys(&marks.range(), Direction::Rising).map(reader).collect()
}
