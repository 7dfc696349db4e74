//! The statuses that a ticket had, for a clock that starts late: it pauses where it would have paused.

use serde::{Deserialize, Serialize};

use super::{StatusCategory, StatusKey, Ticket};
use crate::env::Timestamp;

/// A stay in a status that is over. It began where the one before it ended, the first one with the ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stay {
    /// Until when; for a wake-up the time it was set to, however late it was found.
    pub until: Timestamp,
    /// In which.
    pub status: StatusKey,
    /// What that meant.
    pub category: StatusCategory,
}

impl Ticket {
    /// Since when it has been in the status it is in. Of one that has never been in another, and may have been taken
    /// over in it, since when it showed no change.
    pub(crate) fn in_status_since(&self) -> Timestamp {
        self.stays.last().map_or(self.public_at, |stay| stay.until)
    }

    /// The stays that are over, each with its beginning.
    pub(crate) fn past_stays(&self) -> impl Iterator<Item = (Timestamp, &Stay)> {
        let ends = self.stays.iter().map(|stay| stay.until);
        std::iter::once(self.created_at).chain(ends).zip(&self.stays)
    }

    /// Ends the stay in the status that it is in.
    pub(super) fn leave_status(&mut self, until: Timestamp) {
        let began = self.stays.last().map_or(self.created_at, |stay| stay.until);
        let (status, category) = (self.status.clone(), self.status_category);
        self.stays.push(Stay { until: until.max(began), status, category });
    }
}
