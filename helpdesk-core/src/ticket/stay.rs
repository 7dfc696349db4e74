//! The statuses that a ticket had, for a clock that starts late: it pauses where it would have paused.

use std::fmt;
use std::str::FromStr;

use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};

use super::{StatusCategory, StatusKey, Ticket};
use crate::env::Timestamp;
use crate::text::Invalid;

/// A stay in a status that is over. It began where the one before it ended, the first one with the ticket.
///
/// Written as `open active 2026-11-02T09:00:00Z`: a ticket has one for each change of its status.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Stay {
    /// Until when; for a wake-up the time it was set to, however late it was found.
    pub until: Timestamp,
    /// In which.
    pub status: StatusKey,
    /// What that meant.
    pub category: StatusCategory,
}

impl fmt::Display for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let until = self.until.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        write!(f, "{} {} {until}", self.status, self.category)
    }
}

impl FromStr for Stay {
    type Err = Invalid;

    /// What stands behind the three parts is a newer writer's, and not needed here.
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let mut parts = text.split(' ');
        let mut part = || parts.next().unwrap_or_default();
        let malformed = || Invalid::malformed("stays", "a status, its category and an instant");
        let status = StatusKey::new(part()).map_err(|_| malformed())?;
        let category = part().parse().map_err(|_| malformed())?;
        let until = part().parse().map_err(|_| malformed())?;
        Ok(Self { until, status, category })
    }
}

impl TryFrom<String> for Stay {
    type Error = Invalid;

    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<Stay> for String {
    fn from(stay: Stay) -> Self {
        stay.to_string()
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stay_is_written_short_and_read_back() {
        let stay = Stay {
            until: "2026-11-02T09:00:00.000001Z".parse().unwrap(),
            status: StatusKey::fixed("on_hold"),
            category: StatusCategory::WaitingOnOther,
        };
        let text = "on_hold waiting_on_other 2026-11-02T09:00:00.000001Z";
        assert_eq!(serde_json::to_value(&stay).unwrap(), text);
        assert_eq!(text.parse::<Stay>().unwrap(), stay);
        assert_eq!(format!("{text} more").parse::<Stay>().unwrap(), stay);
        for bad in
            ["", "open active", "open idle 2026-11-02T09:00:00Z", "open active noon", " active 2026-11-02T09:00:00Z"]
        {
            assert_eq!(bad.parse::<Stay>().unwrap_err().field, "stays", "{bad}");
        }
    }
}
