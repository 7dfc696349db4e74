//! Lists and counts as an agent or a requester sees them: filters are checked, cursors opened, sight narrowed.

use super::context::Context;
use super::who::Who;
use super::{AgentDesk, Desk, Error};
use crate::access::Principal;
use crate::party::TenantId;
use crate::query::{Cursor, GroupBy, PageRequest, PageSize, Sort, Tally, TicketFilter, TicketQuery};
use crate::store::TicketRow;

/// Which list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// The conditions.
    pub filter: TicketFilter,
    /// The order.
    pub sort: Sort,
    /// How many.
    pub size: PageSize,
    /// Where to go on; a cursor of the same list.
    pub after: Option<Cursor>,
}

impl ListRequest {
    /// The first page of 50, in the order of work.
    pub fn of(filter: TicketFilter) -> Self {
        Self { filter, ..Self::default() }
    }
}

/// A page of a list.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Listing {
    /// The tickets.
    pub rows: Vec<TicketRow>,
    /// Where to go on, if more follow.
    pub next: Option<Cursor>,
}

impl Desk<'_> {
    pub(super) fn query(&self, context: &Context, filter: TicketFilter, sort: Sort) -> Result<TicketQuery, Error> {
        filter.check(self.limits())?;
        let scope = self.inner.access.scope(&context.principal, &context.settings);
        let reader = match &context.principal {
            Principal::Agent { id, .. } => Some(id.clone()),
            Principal::Requester { .. } | Principal::System => None,
        };
        Ok(TicketQuery { filter, sort, scope, now: self.now(), reader })
    }

    pub(super) async fn list(&self, tenant: &TenantId, who: &Who, request: &ListRequest) -> Result<Listing, Error> {
        let context = self.bare_context(tenant, who).await?;
        let query = self.query(&context, request.filter.clone(), request.sort)?;
        let after = request.after.as_ref().map(|cursor| cursor.open(tenant, &query)).transpose()?;
        let page = self.inner.store.tickets(tenant, &query, &PageRequest { size: request.size, after }).await?;
        let next = page.next.map(|position| Cursor::new(tenant, &query, position));
        Ok(Listing { rows: page.rows, next })
    }

    pub(super) async fn count(
        &self,
        tenant: &TenantId,
        who: &Who,
        filter: &TicketFilter,
        by: GroupBy,
    ) -> Result<Vec<Tally>, Error> {
        let context = self.bare_context(tenant, who).await?;
        let query = self.query(&context, filter.clone(), Sort::default())?;
        Ok(self.inner.store.tally(tenant, &query, by).await?)
    }
}

impl AgentDesk<'_> {
    /// A page of tickets.
    ///
    /// # Errors
    /// If the filter is larger than the limits allow, or the cursor belongs to another list.
    pub async fn list(&self, request: &ListRequest) -> Result<Listing, Error> {
        self.desk.list(&self.tenant, &self.who, request).await
    }

    /// Counts tickets by group.
    ///
    /// # Errors
    /// If the filter is larger than the limits allow.
    pub async fn count(&self, filter: &TicketFilter, by: GroupBy) -> Result<Vec<Tally>, Error> {
        self.desk.count(&self.tenant, &self.who, filter, by).await
    }

    /// Counts tickets.
    ///
    /// # Errors
    /// As [`AgentDesk::count`].
    pub async fn total(&self, filter: &TicketFilter) -> Result<u64, Error> {
        Ok(self.count(filter, GroupBy::Nothing).await?.iter().map(|tally| tally.count).sum())
    }
}
