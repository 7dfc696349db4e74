//! Where events go: the host's end of the outbox, and what it can answer.

use async_trait::async_trait;

use super::OutgoingEvent;
use crate::sla::Seconds;

/// Takes events of the outbox: puts them on a queue, into a search index, on somebody's screen.
///
/// An event comes at least once, the events of a ticket in the order of its history; different tickets come at the same
/// time. It may come again, with the same id, also after it was answered with [`Answer::Delivered`]: when the process
/// ended before the desk had noted it. A sink that must do a thing once keeps the ids that it has seen.
///
/// A sink bounds the time it takes: what is not answered within [`crate::relay::RelayOptions::ANSWER_WITHIN`] may be told
/// to another at the same time. If it panics or the relay is dropped, nothing is lost: the event is told again when the
/// lease has run out.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use std::sync::Mutex;
///
/// use helpdesk_core::desk::OpenTicket;
/// use helpdesk_core::relay::{Answer, EventSink, OutgoingEvent};
/// use helpdesk_core::{Helpdesk, MemoryStore, Settings};
///
/// #[derive(Default)]
/// struct Names(Mutex<Vec<String>>);
///
/// #[async_trait::async_trait]
/// impl EventSink for Names {
///     async fn tell(&self, event: &OutgoingEvent) -> Answer {
///         self.0.lock().unwrap().push(event.record.event.name().to_owned());
///         Answer::Delivered
///     }
/// }
///
/// let desk = Helpdesk::builder(MemoryStore::new()).build();
/// let acme = desk.tenant("acme")?;
/// acme.admin("root")?.init(&Settings { outbox: true, ..Settings::default() }).await?;
/// let anna = acme.agent("anna")?;
/// let ticket = anna.open(OpenTicket::new("Printer jams")).await?.ticket.id;
/// anna.claim(ticket).await?;
///
/// let names = Names::default();
/// let report = desk.relay(&names, 100).await?;
/// assert_eq!(report.delivered, names.0.lock().unwrap().len());
/// assert_eq!(names.0.lock().unwrap()[0], "opened");
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
#[async_trait]
pub trait EventSink: Send + Sync {
    /// Tells an event. Only after [`Answer::Delivered`] is it taken out of the outbox.
    async fn tell(&self, event: &OutgoingEvent) -> Answer;
}

/// What came of telling an event. Reasons are kept and shown to administrators: they name a fault, not what was in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// It has arrived for good.
    Delivered,
    /// It may arrive later: it is tried again after a wait, and later events of the ticket wait with it.
    Retry {
        /// What went wrong.
        reason: String,
        /// Wait at least so long, if the receiver said so.
        after: Option<Seconds>,
    },
    /// It will never arrive so: it becomes a dead letter, and later events of the ticket go on.
    Reject {
        /// What is wrong.
        reason: String,
    },
}

impl Answer {
    /// To be tried again after the usual wait.
    pub fn retry(reason: impl Into<String>) -> Self {
        Self::Retry { reason: reason.into(), after: None }
    }

    /// Never to be tried again.
    pub fn reject(reason: impl Into<String>) -> Self {
        Self::Reject { reason: reason.into() }
    }
}
