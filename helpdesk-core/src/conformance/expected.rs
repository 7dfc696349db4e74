//! Everything a tenant has, read through the port: what must be the same before and after an act that was refused.
#![expect(clippy::unwrap_used, reason = "a fault of the store fails the rule")]

use super::given::Given;
use crate::query::{GroupBy, Tally, TicketFilter};
use crate::store::{DueTimer, HistoryEntry, Record, RecordKind, Shard};
use crate::ticket::{LockSlot, Message, Ticket};

/// All that can be read of a tenant.
#[derive(Debug, PartialEq)]
pub(super) struct Everything {
    pub(super) tickets: Vec<(Ticket, LockSlot, Vec<Message>, Vec<HistoryEntry>)>,
    pub(super) records: Vec<Record>,
    pub(super) counts: Vec<Tally>,
    pub(super) due: Vec<DueTimer>,
}

/// Reads it all.
pub(super) async fn everything(given: &Given) -> Everything {
    let mut tickets = Vec::new();
    for ticket in given.store.scan(&given.tenant, None, 1000).await.unwrap() {
        let id = ticket.id;
        tickets.push((ticket, given.slot(id).await, given.talk(id).await, given.history(id).await));
    }
    let mut records = Vec::new();
    for kind in RecordKind::ALL {
        records.extend(given.store.records(&given.tenant, kind, None, 1000).await.unwrap());
    }
    let everyone = given.query(TicketFilter::default());
    let counts = given.store.tally(&given.tenant, &everyone, GroupBy::Status).await.unwrap();
    let due = given.store.due(Shard::ALL, given.in_minutes(60 * 24 * 365), 1000).await.unwrap();
    Everything { tickets, records, counts, due }
}
