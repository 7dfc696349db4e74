//! Reading: values with their checksums proved, documents, and ranges of keys.

use std::ops::Range;

use helpdesk_core::ticket::TicketId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::cell;
use super::engine::{Bytes, Direction, Engine};
use super::error::Fault;
use super::layout::Key;

/// The engine as it stands.
#[derive(Clone, Copy)]
pub(crate) struct View<'a>(pub(crate) &'a dyn Engine);

impl<'a> View<'a> {
    /// The value under a key.
    pub(crate) fn value(self, key: &Key) -> Result<Option<Bytes>, Fault> {
        match self.0.get(key.bytes())? {
            Some(head) => cell::open(key, &head, |piece| self.0.get(piece)).map(Some),
            None => Ok(None),
        }
    }

    /// The document under a key; `place` says what it is, for the error.
    pub(crate) fn doc<T: DeserializeOwned>(self, key: &Key, place: &str) -> Result<Option<T>, Fault> {
        self.value(key)?.map(|value| parse(&value, place)).transpose()
    }

    /// The ticket's id under a key.
    pub(crate) fn ticket_id(self, key: &Key) -> Result<Option<TicketId>, Fault> {
        self.value(key)?.map(|value| id(&value)).transpose()
    }

    /// The number under a key; 0 if nothing stands there.
    pub(crate) fn count(self, key: &Key) -> Result<u64, Fault> {
        self.value(key)?.map_or(Ok(0), |value| number(&value))
    }

    /// The keys of a range, in order.
    pub(crate) fn keys(
        self,
        range: &Range<Bytes>,
        direction: Direction,
    ) -> impl Iterator<Item = Result<Bytes, Fault>> + use<'a> {
        self.0.range(&range.start, &range.end, direction).map(|pair| pair.map(|(key, _)| key))
    }

    /// The values of a range that lies behind `prefix`, in order, with their keys.
    pub(crate) fn values(
        self,
        prefix: &Key,
        range: &Range<Bytes>,
    ) -> impl Iterator<Item = Result<(Bytes, Bytes), Fault>> + use<'a> {
        let prefix = prefix.clone();
        self.0.range(&range.start, &range.end, Direction::Rising).map(move |pair| {
            let (bytes, head) = pair?;
            let key = prefix.like(bytes);
            let value = cell::open(&key, &head, |piece| self.0.get(piece))?;
            Ok((key.into_bytes(), value))
        })
    }
}

/// Reads a document. What it holds is not told.
pub(crate) fn parse<T: DeserializeOwned>(value: &[u8], place: &str) -> Result<T, Fault> {
    serde_json::from_slice(value)
        .map_err(|error| Fault::Damaged(format!("{place} cannot be read at byte {}", error.column())))
}

/// Writes a document.
pub(crate) fn print<T: Serialize>(value: &T) -> Result<Bytes, Fault> {
    // The message of serde_json names types and keys of the core, not values.
    serde_json::to_vec(value).map_err(|error| Fault::Unwritable(error.to_string()))
}

pub(crate) fn id(value: &[u8]) -> Result<TicketId, Fault> {
    let id = Uuid::from_slice(value).map_err(|_| Fault::Damaged("an id is not 16 bytes".to_owned()))?;
    Ok(TicketId(id))
}

pub(crate) fn number(value: &[u8]) -> Result<u64, Fault> {
    let bytes = value.try_into().map_err(|_| Fault::Damaged("a number is not 8 bytes".to_owned()))?;
    Ok(u64::from_be_bytes(bytes))
}
