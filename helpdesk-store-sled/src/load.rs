//! Loading what a decision needs.

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Loaded, TicketKey, Wants};
use helpdesk_core::ticket::TicketId;

use super::documents::{external_key, lock, mark, number_key, record, record_version, replay, ticket};
use super::error::Fault;
use super::view::View;

/// Everything wanted, as it stands now.
pub(crate) fn load(view: View<'_>, tenant: &TenantId, wants: &Wants) -> Result<Loaded, Fault> {
    let mut loaded = Loaded::default();
    if let Some(key) = &wants.ticket
        && let Some(id) = find(view, tenant, key)?
        && let Some(ticket) = ticket(view, tenant, id)?
    {
        loaded.ticket = Some(ticket);
        loaded.lock = lock(view, tenant, id)?;
        loaded.mark = mark(view, tenant, id, wants.mark.as_ref())?;
    }
    loaded.records = wants.records.iter().map(|key| record(view, tenant, key)).collect::<Result<_, _>>()?;
    loaded.versions = wants.versions.iter().map(|key| record_version(view, tenant, key)).collect::<Result<_, _>>()?;
    if let Some(key) = &wants.replay {
        loaded.replay = replay(view, tenant, key)?;
    }
    Ok(loaded)
}

fn find(view: View<'_>, tenant: &TenantId, key: &TicketKey) -> Result<Option<TicketId>, Fault> {
    match key {
        TicketKey::Id(id) => Ok(Some(*id)),
        TicketKey::Number(number) => view.ticket_id(&number_key(tenant, number)),
        TicketKey::External(external) => view.ticket_id(&external_key(tenant, external)),
    }
}
