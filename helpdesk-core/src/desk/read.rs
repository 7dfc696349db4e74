//! Reading one ticket as an agent: the ticket, its conversation, its history, and how far she has read.

use std::ops::RangeInclusive;

use super::context::Context;
use super::{AgentDesk, Desk, Error, TicketRef, TicketView};
use crate::access::Action;
use crate::env::Timestamp;
use crate::party::{AgentId, TenantId};
use crate::store::{HistoryEntry, Loaded, Wants};
use crate::ticket::{Message, TicketId};

/// How many events are fetched at a time when all are wanted.
const HISTORY_PAGE: usize = 1000;

impl Desk<'_> {
    /// The ticket that a spelling means: the one found first, or one that another reading of it finds. What the
    /// actor may not see is no candidate.
    pub(super) async fn meant(
        &self,
        tenant: &TenantId,
        reference: &TicketRef,
        first: Loaded,
        reader: Option<&AgentId>,
        now: Timestamp,
        context: &Context,
    ) -> Result<Loaded, Error> {
        let sees = |loaded: &Loaded| {
            let live = loaded.ticket.as_ref().filter(|ticket| ticket.deleted_at.is_none());
            live.is_some_and(|ticket| self.authorise(context, Action::TicketRead, Some(ticket)).is_ok())
        };
        let mut found = first;
        for key in reference.keys(now, &context.settings)?.into_iter().skip(1) {
            let wants = Wants { ticket: Some(key), mark: reader.cloned(), ..Wants::default() };
            let other = self.inner.store.load(tenant, &wants).await?;
            if !sees(&other) {
                continue;
            }
            if !sees(&found) {
                found = other;
            } else if let (Some(one), Some(other)) = (&found.ticket, &other.ticket)
                && one.id != other.id
            {
                return Err(Error::Ambiguous { candidates: vec![one.number.clone(), other.number.clone()] });
            }
        }
        Ok(found)
    }
}

impl AgentDesk<'_> {
    /// A ticket with its lock and the agent's mark.
    ///
    /// # Errors
    /// `NotFound` if it is not there, was deleted, or may not be seen.
    pub async fn show(&self, ticket: impl Into<TicketRef>) -> Result<TicketView, Error> {
        Ok(self.find(&ticket.into()).await?.1)
    }

    /// Finds a ticket by any of its names, with what the call rests on.
    pub(super) async fn find(&self, reference: &TicketRef) -> Result<(Context, TicketView), Error> {
        let (desk, now) = (&self.desk, self.desk.now());
        let mut keys = reference.keys(now, &desk.known_settings(&self.tenant))?.into_iter();
        let mut wants = Wants { ticket: keys.next(), mark: self.id().cloned(), ..Wants::default() };
        self.who.want(&mut wants);
        let mut loaded = desk.inner.store.load(&self.tenant, &wants).await?;
        let context = desk.context(&self.tenant, &self.who, wants.records, &mut loaded).await?;
        loaded = desk.meant(&self.tenant, reference, loaded, self.id(), now, &context).await?;
        let Loaded { ticket, lock, mark, .. } = loaded;
        let ticket = ticket.filter(|ticket| ticket.deleted_at.is_none()).ok_or(Error::NotFound { what: "ticket" })?;
        desk.authorise(&context, Action::TicketRead, Some(&ticket))?;
        Ok((context, TicketView { ticket, lock, mark, reader: self.id().cloned() }))
    }

    /// The whole conversation of a ticket.
    ///
    /// # Errors
    /// As [`AgentDesk::show`].
    pub async fn conversation(&self, ticket: impl Into<TicketRef>) -> Result<Vec<Message>, Error> {
        self.messages(ticket, 1..=u32::MAX).await
    }

    /// Messages of a ticket by position.
    ///
    /// # Errors
    /// As [`AgentDesk::show`].
    pub async fn messages(
        &self,
        ticket: impl Into<TicketRef>,
        positions: RangeInclusive<u32>,
    ) -> Result<Vec<Message>, Error> {
        let id = self.show(ticket).await?.ticket.id;
        Ok(self.desk.inner.store.conversation(&self.tenant, id, positions).await?)
    }

    /// The whole history of a ticket, with what personal values were before and after.
    ///
    /// # Errors
    /// As [`AgentDesk::show`].
    pub async fn history(&self, ticket: impl Into<TicketRef>) -> Result<Vec<HistoryEntry>, Error> {
        let id = self.show(ticket).await?.ticket.id;
        self.history_of(id).await
    }

    pub(super) async fn history_of(&self, id: TicketId) -> Result<Vec<HistoryEntry>, Error> {
        let mut history: Vec<HistoryEntry> = Vec::new();
        loop {
            let after = history.last().map_or(0, |entry| entry.record.seq);
            let page = self.desk.inner.store.history(&self.tenant, id, after, HISTORY_PAGE).await?;
            let last = page.len() < HISTORY_PAGE;
            history.extend(page);
            if last {
                return Ok(history);
            }
        }
    }

    /// Notes that the agent has read a ticket to its end.
    ///
    /// # Errors
    /// As [`AgentDesk::show`]; [`crate::ticket::Rejection::AgentOnly`] for the desk itself.
    pub async fn mark_read(&self, ticket: impl Into<TicketRef>) -> Result<(), Error> {
        let ticket = self.show(ticket).await?.ticket;
        self.mark(ticket.id, ticket.messages).await
    }

    /// Notes that the agent has not read a ticket.
    ///
    /// # Errors
    /// As [`AgentDesk::mark_read`].
    pub async fn mark_unread(&self, ticket: impl Into<TicketRef>) -> Result<(), Error> {
        let ticket = self.show(ticket).await?.ticket;
        self.mark(ticket.id, 0).await
    }

    async fn mark(&self, ticket: TicketId, position: u32) -> Result<(), Error> {
        let Some(agent) = self.id() else { return Err(crate::ticket::Rejection::AgentOnly.into()) };
        Ok(self.desk.inner.store.mark_read(&self.tenant, agent, ticket, position).await?)
    }
}
