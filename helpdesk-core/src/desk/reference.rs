//! How callers name a ticket: by id, by any spelling of its number, or by a reference outside.

use crate::env::Timestamp;
use crate::settings::Settings;
use crate::store::TicketKey;
use crate::text::Invalid;
use crate::ticket::{ExternalRef, NumberKey, TicketId, TicketNumber};

/// A ticket as a caller names it.
///
/// ```
/// use helpdesk_core::desk::TicketRef;
/// let by_number: TicketRef = "#2025-004782".into();
/// let by_id: TicketRef = "0190c6a0-0000-7000-8000-000000000001".into();
/// assert_ne!(by_number, by_id);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketRef {
    /// By id.
    Id(TicketId),
    /// By id or number, as somebody wrote it.
    Text(String),
    /// By a reference outside.
    External(ExternalRef),
}

impl TicketRef {
    /// The keys to try, in order. A bare sequence is taken as one of the present year.
    pub(super) fn keys(&self, now: Timestamp, settings: &Settings) -> Result<Vec<TicketKey>, Invalid> {
        let text = match self {
            Self::Id(id) => return Ok(vec![TicketKey::Id(*id)]),
            Self::External(external) => return Ok(vec![TicketKey::External(external.clone())]),
            Self::Text(text) => text.trim(),
        };
        if let Ok(id) = text.parse() {
            return Ok(vec![TicketKey::Id(id)]);
        }
        let key = NumberKey::parse(text)?;
        let bare = key.as_str().bytes().all(|b| b.is_ascii_digit()).then(|| key.as_str().parse().ok()).flatten();
        let this_year = bare.map(|seq| settings.number_template.plan(now, settings.zone(), None).print(seq).key());
        let keys = [Some(key), this_year].into_iter().flatten();
        Ok(keys.map(TicketKey::Number).collect())
    }
}

impl From<TicketId> for TicketRef {
    fn from(id: TicketId) -> Self {
        Self::Id(id)
    }
}

impl From<&str> for TicketRef {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for TicketRef {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&TicketNumber> for TicketRef {
    fn from(number: &TicketNumber) -> Self {
        Self::Text(number.as_str().to_owned())
    }
}

impl From<ExternalRef> for TicketRef {
    fn from(external: ExternalRef) -> Self {
        Self::External(external)
    }
}
