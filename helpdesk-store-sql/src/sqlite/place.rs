//! What a commit's checks hand on to its writes: where each ticket goes, and where the counters of numbers stand.

use std::collections::BTreeMap;

use helpdesk_core::store::TicketWrite;
use helpdesk_core::ticket::TicketNumber;

/// The next sequence of each scope that a commit draws from or raises.
pub(super) type Counters = BTreeMap<String, u64>;

/// Where a ticket of a commit goes.
#[derive(Debug, Clone)]
pub(super) struct Place {
    /// Its row.
    pub(super) row: i64,
    /// The place of its first event.
    pub(super) first_seq: u64,
    /// Its number.
    pub(super) number: TicketNumber,
}

impl Place {
    /// The place of its last event.
    pub(super) fn last_seq(&self, write: &TicketWrite) -> u64 {
        let events = u64::try_from(write.events.len()).unwrap_or(u64::MAX);
        self.first_seq.saturating_sub(1).saturating_add(events)
    }
}
