//! Dead letters: what is kept of an event that could not be told. The event itself stands in its ticket's history.

use serde::{Deserialize, Serialize};

use crate::env::Timestamp;
use crate::party::AgentId;
use crate::text::invisible;
use crate::ticket::{EventId, EventRecord, TicketId};

/// An event that could not be told, and was given up.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use helpdesk_core::desk::OpenTicket;
/// use helpdesk_core::relay::{Answer, EventSink, OutgoingEvent};
/// use helpdesk_core::{Helpdesk, MemoryStore, Settings};
///
/// struct Deaf;
///
/// #[async_trait::async_trait]
/// impl EventSink for Deaf {
///     async fn tell(&self, _: &OutgoingEvent) -> Answer {
///         Answer::reject("nobody listens")
///     }
/// }
///
/// let desk = Helpdesk::builder(MemoryStore::new()).build();
/// let admin = desk.tenant("acme")?.admin("root")?;
/// admin.init(&Settings { outbox: true, ..Settings::default() }).await?;
/// admin.agent().open(OpenTicket::new("Printer jams")).await?;
/// desk.relay(&Deaf, 100).await?;
/// let letters = admin.dead_letters(None, 100).await?;
/// assert_eq!((letters[0].kind.as_str(), letters[0].reason.as_str()), ("opened", "nobody listens"));
/// admin.drop_dead_letter(letters[0].event, "the receiver is gone").await?;
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// The event.
    pub event: EventId,
    /// Its ticket.
    pub ticket: TicketId,
    /// Its place in the ticket's history.
    pub seq: u64,
    /// What happened, by its name on the wire.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// How often it was tried.
    pub tries: u32,
    /// When it was tried first.
    pub first_tried: Timestamp,
    /// When it was tried last.
    pub last_tried: Timestamp,
    /// What the sink said the last time, in one line.
    pub reason: String,
}

/// A dead letter that an administrator has dropped: the event is not told any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DroppedLetter {
    /// What was dropped.
    #[serde(flatten)]
    pub letter: DeadLetter,
    /// Who dropped it.
    pub dropped_by: AgentId,
    /// When.
    pub dropped_at: Timestamp,
    /// Why, in her words.
    pub why: String,
}

impl DeadLetter {
    /// Most characters of a reason that are kept.
    pub const REASON_CHARS: usize = 200;

    /// What is known after the first try.
    pub(crate) fn first(ticket: TicketId, record: &EventRecord, at: Timestamp, reason: &str) -> Self {
        Self {
            event: record.id,
            ticket,
            seq: record.seq,
            kind: record.event.name().to_owned(),
            at: record.at,
            tries: 1,
            first_tried: at,
            last_tried: at,
            reason: one_line(reason),
        }
    }

    /// The same after one more try.
    pub(crate) fn again(mut self, at: Timestamp, reason: &str) -> Self {
        self.tries = self.tries.saturating_add(1);
        self.last_tried = at;
        self.reason = one_line(reason);
        self
    }
}

/// A reason as it is kept: one line, without what could steer a terminal or turn the direction, of limited length.
fn one_line(reason: &str) -> String {
    let seen = reason.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let clean = seen.filter(|c| !c.is_control() && !invisible(*c)).take(DeadLetter::REASON_CHARS).collect::<String>();
    let clean = clean.trim();
    if clean.is_empty() { "no reason was given".to_owned() } else { clean.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_one_clean_line_of_limited_length() {
        assert_eq!(one_line("a\r\nb\u{1b}[31m\u{202e}c\t\0"), "a  b[31mc");
        assert_eq!(one_line(" \n\u{200b}"), "no reason was given");
        assert_eq!(one_line(&"ä".repeat(10_000)).chars().count(), DeadLetter::REASON_CHARS);
    }
}
