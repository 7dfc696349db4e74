//! Rows read as what they keep: locks, what a key gave, messages, events, timers, deliveries. Which columns there are, the statement says.

use helpdesk_core::party::{Actor, TenantId};
#[cfg(feature = "sqlite")]
use helpdesk_core::store::Replay;
use helpdesk_core::store::{Delivery, DueTimer};
use helpdesk_core::ticket::{EventId, EventRecord, LockSlot, Message, TicketId, Timer};

use super::columns::{Columns, parse};
use super::document::{unpack_event, unpack_message};
use crate::fault::Fault;

/// A lock out of a row's column; the default if there is none.
pub(crate) fn lock(row: Option<&impl Columns>, column: usize, ticket: TicketId) -> Result<LockSlot, Fault> {
    match row.map(|row| row.maybe_text(column)).transpose()?.flatten() {
        Some(text) => parse(&text, || format!("the lock of ticket {ticket}")),
        None => Ok(LockSlot::default()),
    }
}

/// What an idempotency key gave.
#[cfg(feature = "sqlite")]
pub(crate) fn replay(row: &impl Columns) -> Result<Replay, Fault> {
    Ok(Replay { fingerprint: row.text(4)?, ticket: row.maybe_uuid(5)?.map(TicketId), version: row.version(1)? })
}

/// A message out of three columns: id, position, document.
pub(crate) fn message(ticket: TicketId, row: &impl Columns) -> Result<Message, Fault> {
    let seq = u32::try_from(row.int(1)?).map_err(|_| Fault::Damaged("a position is out of range".to_owned()))?;
    unpack_message(row.uuid(0)?, ticket, seq, row.text(2)?)
}

/// A mark out of a row's column; 0 if there is none.
pub(crate) fn mark(row: &impl Columns, column: usize) -> Result<u32, Fault> {
    Ok(u32::try_from(row.maybe_int(column)?.unwrap_or(0)).unwrap_or(u32::MAX))
}

/// An event out of seven columns from `first` on: place, version, instant, actor, id, document.
pub(crate) fn event(row: &impl Columns, first: usize) -> Result<EventRecord, Fault> {
    let actor: Actor =
        row.text(first + 3)?.parse().map_err(|_| Fault::Damaged("the actor of an event is malformed".to_owned()))?;
    Ok(EventRecord {
        id: EventId(row.uuid(first + 4)?),
        seq: row.count(first)?,
        version: row.version(first + 1)?,
        at: row.time(first + 2)?,
        actor,
        event: unpack_event(&row.text(first + 5)?)?,
    })
}

/// A timer; `None` for a kind that newer code wrote and will fire.
pub(crate) fn timer(row: &impl Columns) -> Result<Option<DueTimer>, Fault> {
    let tenant =
        TenantId::new(row.text(2)?).map_err(|_| Fault::Damaged("the tenant of a timer is malformed".to_owned()))?;
    let (at, ticket) = (row.time(0)?, row.ticket_id(3)?);
    Ok(row.text(1)?.parse().ok().map(|key| DueTimer { timer: Timer { at, key }, tenant, ticket }))
}

/// A delivery: place, attempts, tenant, ticket, then the event.
pub(crate) fn delivery(row: &impl Columns) -> Result<Delivery, Fault> {
    let tenant = TenantId::new(row.text(2)?)
        .map_err(|_| Fault::Damaged("the tenant of a row in the outbox is malformed".to_owned()))?;
    Ok(Delivery {
        position: row.count(0)?,
        tenant,
        ticket: row.ticket_id(3)?,
        event: event(row, 4)?,
        attempts: u32::try_from(row.int(1)?).unwrap_or(u32::MAX),
    })
}
