//! The one act that changes tickets: everything is checked in the contract's order, then written. Nothing is judged
//! here; what the checks compare with was decided in the core.

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Commit, CommitOutcome, IdempotencyKey, RecordKey, Replay, Standing};
use helpdesk_core::ticket::{ExternalRef, LockSlot, NumberKey, Ticket, TicketId, Version};

use super::documents::{external_key, lock, number_key, record_version, replay, ticket};
use super::draft::Draft;
use super::error::Fault;
use super::view::View;
use super::write;

/// Applies `commit`, or says what stands against it and changes nothing.
pub(crate) fn commit(commit: Commit, draft: &mut Draft<'_>) -> Result<CommitOutcome, Fault> {
    if commit.tickets.len() > Commit::MAX_TICKETS {
        return Err(Fault::Limit("an act writes at most 8 tickets"));
    }
    let tenant = &commit.tenant;
    let stored = commit.tickets.iter().map(|write| ticket(draft.view, tenant, write.after.id));
    let stored: Vec<Option<Ticket>> = stored.collect::<Result<_, _>>()?;
    if let Some(outcome) = commit.objection(&Desk { view: draft.view, tenant, stored: &stored })? {
        return Ok(outcome);
    }
    write::commit(commit, stored, draft).map(CommitOutcome::Applied)
}

/// What stands in a tenant's range. The tickets that are written were read already.
struct Desk<'a> {
    view: View<'a>,
    tenant: &'a TenantId,
    stored: &'a [Option<Ticket>],
}

impl Standing for Desk<'_> {
    type Fault = Fault;

    fn replay(&self, key: &IdempotencyKey) -> Result<Option<Replay>, Fault> {
        replay(self.view, self.tenant, key)
    }

    fn version(&self, ticket: TicketId) -> Result<Version, Fault> {
        let stored = self.stored.iter().flatten().find(|stored| stored.id == ticket);
        Ok(stored.map_or(Version::NONE, |stored| stored.version))
    }

    fn record_version(&self, key: &RecordKey) -> Result<Version, Fault> {
        record_version(self.view, self.tenant, key)
    }

    fn lock(&self, ticket: TicketId) -> Result<LockSlot, Fault> {
        lock(self.view, self.tenant, ticket)
    }

    fn holder(&self, external: &ExternalRef) -> Result<Option<TicketId>, Fault> {
        self.view.ticket_id(&external_key(self.tenant, external))
    }

    fn is_numbered(&self, number: &NumberKey) -> Result<bool, Fault> {
        Ok(self.view.ticket_id(&number_key(self.tenant, number))?.is_some())
    }
}
