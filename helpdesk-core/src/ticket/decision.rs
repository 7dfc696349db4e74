//! What a decision gives: events, the change of the personal part, messages, and what is told to the caller.

use serde_json::Value;

use super::{Command, ContentPatch, Event, EventId, EventRecord, Message, Ticket, Version};
use crate::env::Timestamp;
use crate::party::{Actor, AgentId};
use crate::sla::{ClockId, Offset};

/// What a command comes to. Empty if it changes nothing; then nothing is written.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Decision {
    /// What happens, each with its instant; never before the ticket's last one.
    pub events: Vec<(Timestamp, Event)>,
    /// What changes of the personal part.
    pub content: ContentPatch,
    /// Messages that are added.
    pub messages: Vec<Message>,
    /// What personal values were before, so that the history can show them and erasing can take them.
    pub revisions: Vec<Revision>,
    /// Whether the texts of the whole conversation are to be erased.
    pub erase_conversation: bool,
    /// What is to be done next on the same ticket, by the desk itself and through the same gate as everything else.
    pub follow_ups: Vec<FollowUp>,
    /// What the caller should know though it happens.
    pub warnings: Vec<Warning>,
}

impl Decision {
    /// Whether nothing happens.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    /// The events as records under `version`, and the ticket after them. Several decisions on one ticket may go
    /// into one commit: each applied to the outcome of the one before, all under the same version.
    pub fn apply(
        &self,
        ticket: &Ticket,
        version: Version,
        actor: &Actor,
        mut event_id: impl FnMut() -> EventId,
    ) -> (Vec<EventRecord>, Ticket) {
        let mut after = ticket.clone();
        let record = |(at, event): &(Timestamp, Event)| EventRecord {
            id: event_id(),
            seq: 0,
            version,
            at: *at,
            actor: actor.clone(),
            event: event.clone(),
        };
        let records: Vec<EventRecord> = self.events.iter().map(record).collect();
        for record in &records {
            after.evolve(record);
        }
        self.content.apply(&mut after.content);
        (records, after)
    }
}

/// What a level that was reached is to do.
#[derive(Debug, Clone, PartialEq)]
pub struct FollowUp {
    /// The clock.
    pub clock: ClockId,
    /// The level.
    pub level: Offset,
    /// When it was reached: as of when the clocks follow what it does.
    pub at: Timestamp,
    /// What.
    pub command: Command,
}

/// What a personal value was before and after a change. Kept beside the history, erased with the ticket.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// Which event of the decision it belongs to, by its index.
    pub event: usize,
    /// The values as the history shows them.
    pub data: Value,
}

/// Something the caller should know though the command went through.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Warning {
    /// Another agent holds the lock, and the tenant's policy only advises.
    LockedByOther {
        /// Who.
        by: AgentId,
        /// Until when.
        until: Timestamp,
    },
}
