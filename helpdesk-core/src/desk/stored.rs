//! Values of records, read and written as JSON.

use crate::store::{FaultKind, Record, StoreError};

/// Reads a record's value.
pub(super) fn decode<T: serde::de::DeserializeOwned>(record: Record) -> Result<T, StoreError> {
    let place = format!("record {} of kind {}", record.key.key, record.key.kind.as_str());
    serde_json::from_value(record.value)
        .map_err(|error| StoreError::new(FaultKind::Corrupt, "decode").because(place).caused_by(error))
}

/// Writes a record's value.
pub(super) fn encode<T: serde::Serialize>(value: &T) -> Result<serde_json::Value, StoreError> {
    serde_json::to_value(value).map_err(|error| StoreError::new(FaultKind::Unexpected, "encode").caused_by(error))
}
