//! Reading values out of rows and documents out of text, whatever engine gave them. No SQL here.

use chrono::DateTime;
use helpdesk_core::env::Timestamp;
use helpdesk_core::ticket::{TicketId, Version};
use uuid::Uuid;

use crate::fault::Fault;

/// Values by column, unchecked against declared types: compound selects declare the first branch's only.
pub(crate) trait Columns {
    fn int(&self, column: usize) -> Result<i64, Fault>;
    fn maybe_int(&self, column: usize) -> Result<Option<i64>, Fault>;
    fn text(&self, column: usize) -> Result<String, Fault>;
    fn maybe_text(&self, column: usize) -> Result<Option<String>, Fault>;
    fn maybe_uuid(&self, column: usize) -> Result<Option<Uuid>, Fault>;

    fn uuid(&self, column: usize) -> Result<Uuid, Fault> {
        self.maybe_uuid(column)?.ok_or_else(|| Fault::Damaged("an id is missing".to_owned()))
    }

    /// A count, position or place: never negative.
    fn count(&self, column: usize) -> Result<u64, Fault> {
        u64::try_from(self.int(column)?).map_err(|_| Fault::Damaged("a count is negative".to_owned()))
    }

    fn version(&self, column: usize) -> Result<Version, Fault> {
        self.count(column).map(Version)
    }

    fn ticket_id(&self, column: usize) -> Result<TicketId, Fault> {
        self.uuid(column).map(TicketId)
    }

    fn time(&self, column: usize) -> Result<Timestamp, Fault> {
        let micros = self.int(column)?;
        DateTime::from_timestamp_micros(micros).ok_or_else(|| Fault::Damaged("an instant is out of range".to_owned()))
    }
}

/// Reads a document; `place` says whose, for the error. What it holds is not told.
pub(crate) fn parse<T: serde::de::DeserializeOwned>(text: &str, place: impl FnOnce() -> String) -> Result<T, Fault> {
    serde_json::from_str(text)
        .map_err(|error| Fault::Damaged(format!("{} cannot be read at byte {}", place(), error.column())))
}

/// Writes a document.
pub(crate) fn print<T: serde::Serialize>(value: &T) -> Result<String, Fault> {
    // The message of serde_json names types and keys of the core, not values.
    serde_json::to_string(value).map_err(|error| Fault::Unwritable(error.to_string()))
}

/// A list of texts as the one value that `json_each` takes apart.
#[cfg(feature = "sqlite")]
pub(crate) fn list<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    serde_json::Value::from_iter(texts).to_string()
}

/// A count as SQLite keeps it.
pub(crate) fn signed(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A limit as SQLite takes it.
pub(crate) fn limit(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
