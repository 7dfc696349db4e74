//! Whole tickets out and in again: state, conversation and history as they stand, for exports and moves.

use serde::{Deserialize, Serialize};

use super::check::problems;
use super::{AdminDesk, Error};
use crate::access::Action;
use crate::party::Actor;
use crate::store::{
    Commit, CommitOutcome, Conflict, FaultKind, HistoryEntry, Messages, NumberSource, StoreError, TicketKey,
    TicketWrite, Wants,
};
use crate::text::Invalid;
use crate::ticket::{EventRecord, Message, Ticket, TicketId};

/// A ticket with everything that belongs to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TicketDump {
    /// The ticket.
    pub ticket: Ticket,
    /// Its conversation.
    pub messages: Vec<Message>,
    /// Its history.
    pub history: Vec<DumpedEvent>,
}

/// An event with what personal values were before and after it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DumpedEvent {
    /// The event.
    #[serde(flatten)]
    pub record: EventRecord,
    /// The personal values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<serde_json::Value>,
}

impl From<HistoryEntry> for DumpedEvent {
    fn from(entry: HistoryEntry) -> Self {
        Self { record: entry.record, revision: entry.revision }
    }
}

impl TicketDump {
    /// Checks that history, state and conversation belong together.
    ///
    /// # Errors
    /// `Invalid` if they do not.
    pub fn check(&self) -> Result<(), Invalid> {
        let history: Vec<EventRecord> = self.history.iter().map(|event| event.record.clone()).collect();
        if problems(&self.ticket, &history, &self.messages).is_empty() {
            Ok(())
        } else {
            Err(Invalid::malformed("ticket", "a ticket whose history, state and messages belong together"))
        }
    }
}

impl AdminDesk<'_> {
    /// Whole tickets by rising id after `after`, tombstones included, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn dump(&self, after: Option<TicketId>, limit: usize) -> Result<Vec<TicketDump>, Error> {
        let store = &self.desk.inner.store;
        let mut dumps = Vec::new();
        for ticket in store.scan(&self.tenant, after, limit).await? {
            dumps.push(self.whole(ticket).await?);
        }
        Ok(dumps)
    }

    /// A whole ticket; `None` if it is not there.
    pub(super) async fn dump_of(&self, id: TicketId) -> Result<Option<TicketDump>, Error> {
        let store = &self.desk.inner.store;
        let wants = Wants { ticket: Some(TicketKey::Id(id)), ..Wants::default() };
        let Some(ticket) = store.load(&self.tenant, &wants).await?.ticket else { return Ok(None) };
        self.whole(ticket).await.map(Some)
    }

    async fn whole(&self, ticket: Ticket) -> Result<TicketDump, Error> {
        let messages = self.desk.inner.store.conversation(&self.tenant, ticket.id, 1..=u32::MAX).await?;
        let history = self.agent().history_of(ticket.id).await?.into_iter().map(DumpedEvent::from).collect();
        Ok(TicketDump { ticket, messages, history })
    }

    /// Puts a whole ticket back as it stood; says whether it was not there yet. One that is there at the same or a
    /// later version is left alone.
    ///
    /// # Errors
    /// `Invalid` if history, state and conversation do not belong together; nothing is stored then.
    pub async fn restore(&self, dump: TicketDump) -> Result<bool, Error> {
        let context = self.desk.bare_context(&self.tenant, &self.who()).await?;
        self.desk.authorise(&context, Action::TicketImport, None)?;
        dump.check()?;
        let plan = context.settings.number_template.plan(dump.ticket.created_at, context.settings.zone(), None);
        let raise = plan.sequence_of(&dump.ticket.number).map(|seq| (plan.scope().to_owned(), seq));
        let mut commit = Commit::new(self.tenant.clone(), Actor::Agent(self.id.clone()), self.desk.now());
        commit.tickets.push(TicketWrite {
            before: None,
            number: NumberSource::Given { number: dump.ticket.number.clone(), raise },
            after: dump.ticket,
            events: dump.history.into_iter().map(|event| (event.record, event.revision)).collect(),
            messages: Messages { erase: false, add: dump.messages },
        });
        match self.desk.inner.store.commit(commit).await? {
            CommitOutcome::Applied(_) => Ok(true),
            CommitOutcome::Conflict(Conflict::Ticket { .. }) => Ok(false),
            CommitOutcome::ExternalTaken { external, ticket } => Err(Error::ExternalTaken { external, ticket }),
            CommitOutcome::NumberTaken { number } => Err(Error::NumberTaken { number }),
            other => Err(StoreError::new(FaultKind::Unexpected, "restore").because(format!("{other:?}")).into()),
        }
    }
}
