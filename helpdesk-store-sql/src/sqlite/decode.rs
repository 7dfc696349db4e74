//! Rows read as what they keep: locks, what a key gave, messages. Which columns there are, the statement says.

use helpdesk_core::store::Replay;
use helpdesk_core::ticket::{LockSlot, Message, TicketId};
use sqlx::sqlite::SqliteRow;

use super::document::unpack_message;
use super::error::Fault;
use super::row::{Columns, parse};

/// A lock out of a row's column; the default if there is none.
pub(super) fn lock(row: Option<&SqliteRow>, column: usize, ticket: TicketId) -> Result<LockSlot, Fault> {
    match row.map(|row| row.maybe_text(column)).transpose()?.flatten() {
        Some(text) => parse(&text, || format!("the lock of ticket {ticket}")),
        None => Ok(LockSlot::default()),
    }
}

/// What an idempotency key gave.
pub(super) fn replay(row: &SqliteRow) -> Result<Replay, Fault> {
    Ok(Replay { fingerprint: row.text(4)?, ticket: row.maybe_uuid(5)?.map(TicketId), version: row.version(1)? })
}

/// A message out of three columns: id, position, document.
pub(super) fn message(ticket: TicketId, row: &SqliteRow) -> Result<Message, Fault> {
    let seq = u32::try_from(row.int(1)?).map_err(|_| Fault::Damaged("a position is out of range".to_owned()))?;
    unpack_message(row.uuid(0)?, ticket, seq, row.text(2)?)
}

/// A mark out of a row's column; 0 if there is none.
pub(super) fn mark(row: &SqliteRow, column: usize) -> Result<u32, Fault> {
    Ok(u32::try_from(row.maybe_int(column)?.unwrap_or(0)).unwrap_or(u32::MAX))
}
