//! The statuses that a ticket had, for a clock that starts late: it pauses where it would have paused.

use std::fmt;
use std::str::FromStr;

use chrono::SecondsFormat;
use serde::{Deserialize, Serialize};

use super::{StatusCategory, StatusKey, Ticket};
use crate::env::Timestamp;
use crate::text::Invalid;

/// Most stays that a ticket keeps: about 25 kB of its document.
const MOST: usize = 500;

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
    /// Since when it has been in the status it is in.
    pub(crate) fn in_status_since(&self) -> Timestamp {
        self.stays.last().map_or(self.created_at, |stay| stay.until)
    }

    /// The stays that are over, each with its beginning.
    pub(crate) fn past_stays(&self) -> impl Iterator<Item = (Timestamp, &Stay)> {
        let ends = self.stays.iter().map(|stay| stay.until);
        std::iter::once(self.created_at).chain(ends).zip(&self.stays)
    }

    /// Ends the stay in the status that it is in.
    pub(super) fn leave_status(&mut self, until: Timestamp) {
        let (status, category) = (self.status.clone(), self.status_category);
        self.stays.push(Stay { until: until.max(self.in_status_since()), status, category });
        if self.stays.len() > MOST {
            // What lies further back counts as its first status.
            let second = self.stays.remove(1);
            self.stays[0].until = second.until;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_is_in_its_first_status_since_it_came_whatever_was_said_since() {
        let mut ticket = Ticket::blank(crate::ticket::TicketId(uuid::Uuid::nil()));
        ticket.created_at = "2026-11-02T09:00:00Z".parse().unwrap();
        ticket.public_at = "2026-11-02T14:00:00Z".parse().unwrap();
        assert_eq!(ticket.in_status_since(), ticket.created_at);
    }

    #[test]
    fn stays_are_kept_up_to_a_bound_and_what_is_further_back_counts_as_the_first_status() {
        let mut ticket = Ticket::blank(crate::ticket::TicketId(uuid::Uuid::nil()));
        let at = |second: usize| Timestamp::from_timestamp(i64::try_from(second).unwrap(), 0).unwrap();
        for second in 1..=MOST + 100 {
            ticket.leave_status(at(second));
            ticket.status = StatusKey::fixed(["open", "pending"][second % 2]);
        }
        assert_eq!(ticket.stays.len(), MOST);
        assert_eq!((ticket.stays[0].status.as_str(), ticket.stays[0].until), ("new", at(101)));
        assert_eq!(ticket.in_status_since(), at(MOST + 100));
        assert!(ticket.stays.is_sorted_by_key(|stay| stay.until));
    }

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
