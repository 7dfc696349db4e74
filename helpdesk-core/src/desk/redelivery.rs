//! Telling again what stands in histories: dead letters, and whole tickets, to a sink that the caller names. What waits in
//! the outbox is not touched.

use std::collections::BTreeMap;

use super::relay_run::key;
use super::stored::encode;
use super::together::{Part, together};
use super::{AdminDesk, Error, TicketRef};
use crate::env::Timestamp;
use crate::party::Actor;
use crate::query::{PageRequest, PageSize, Sort, TicketFilter, TicketQuery, TimeRange};
use crate::relay::{Answer, DeadLetter, EventSink, OutgoingEvent};
use crate::store::{Commit, Expected, RecordKind, RecordWrite};
use crate::ticket::{EventId, TicketId};

/// Tickets whose events are told at once.
const AT_ONCE: usize = 32;
/// Events of a history that are read at once.
const HISTORY_PAGE: usize = 500;

/// What came of telling a dead letter again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Redelivered {
    /// It arrived; the dead letter is gone.
    Delivered,
    /// It failed again; this is the dead letter now.
    Failed(DeadLetter),
    /// The history has no such event any more; the dead letter stays until it is dropped.
    Gone(DeadLetter),
}

/// What came of telling several events again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RedeliveryReport {
    /// Events that arrived.
    pub delivered: usize,
    /// Events that failed, each with what the sink said.
    pub failed: Vec<(EventId, String)>,
    /// Events that stand in no history any more.
    pub gone: usize,
    /// The last dead letter that was looked at, if more may follow: where to go on.
    pub next: Option<EventId>,
}

impl AdminDesk<'_> {
    /// Tells a dead letter's event again, out of its ticket's history, and takes the letter away if it arrives. It comes
    /// behind later events of its ticket, which were told meanwhile.
    ///
    /// # Errors
    /// `NotFound` if there is no such dead letter; `Forbidden` if the caller may not edit settings; if the store fails.
    pub async fn retry_dead_letter(&self, event: EventId, sink: &dyn EventSink) -> Result<Redelivered, Error> {
        let (letter, version) = self.letter(event).await?;
        let store = &self.desk.inner.store;
        let entry = store.history(&self.tenant, letter.ticket, letter.seq.saturating_sub(1), 1).await?.pop();
        let Some(entry) = entry.filter(|entry| entry.record.id == event) else { return Ok(Redelivered::Gone(letter)) };
        let attempt = letter.tries.saturating_add(1);
        let told = OutgoingEvent::new(self.tenant.clone(), letter.ticket, entry.record, attempt);
        let answer = sink.tell(&told).await;
        let now = self.desk.now();
        let (came, value) = match answer {
            Answer::Delivered => (Redelivered::Delivered, None),
            Answer::Retry { reason, .. } | Answer::Reject { reason } => {
                let letter = letter.again(now, &reason);
                let value = encode(&letter)?;
                (Redelivered::Failed(letter), Some(value))
            }
        };
        let write = RecordWrite { key: key(RecordKind::DeadLetter, event), expected: Expected::At(version), value };
        let commit =
            Commit { records: vec![write], ..Commit::new(self.tenant.clone(), Actor::Agent(self.id.clone()), now) };
        // If others were faster, what they have noted stands.
        store.commit(commit).await?;
        Ok(came)
    }

    /// Tells at most `limit` dead letters again, by rising event id after `after`. One that fails stays, and the others go
    /// on.
    ///
    /// # Errors
    /// As [`AdminDesk::retry_dead_letter`].
    pub async fn retry_dead_letters(
        &self,
        after: Option<EventId>,
        limit: usize,
        sink: &dyn EventSink,
    ) -> Result<RedeliveryReport, Error> {
        let letters = self.dead_letters(after, limit).await?;
        let next = letters.last().filter(|_| letters.len() == limit).map(|letter| letter.event);
        let mut report = RedeliveryReport { next, ..RedeliveryReport::default() };
        let mut tickets: BTreeMap<TicketId, Vec<DeadLetter>> = BTreeMap::new();
        for letter in letters {
            tickets.entry(letter.ticket).or_default().push(letter);
        }
        let mut tickets: Vec<Vec<DeadLetter>> = tickets.into_values().collect();
        for letters in &mut tickets {
            letters.sort_by_key(|letter| letter.seq);
        }
        for wave in tickets.chunks(AT_ONCE) {
            let parts = wave.iter().map(|letters| -> Part<'_, _> { Box::pin(self.redeliver_all(letters, sink)) });
            for told in together(parts.collect()).await {
                for (event, came) in told? {
                    report.count(event, came);
                }
            }
        }
        Ok(report)
    }

    /// Tells the events of a ticket again, in the order of its history, from `since` on if that is given. It stops at the
    /// first that fails.
    ///
    /// # Errors
    /// `NotFound` if there is no such ticket; `Forbidden` if the caller may not edit settings; if the store fails.
    pub async fn replay(
        &self,
        ticket: impl Into<TicketRef>,
        since: Option<Timestamp>,
        sink: &dyn EventSink,
    ) -> Result<RedeliveryReport, Error> {
        self.may_edit().await?;
        let ticket = self.agent().show(ticket).await?.ticket;
        let mut report = RedeliveryReport::default();
        self.replay_history(ticket.id, since, sink, &mut report).await?;
        Ok(report)
    }

    /// Tells all events of the tenant since an instant again, ticket by ticket, each ticket's in order. A ticket stops at
    /// its first event that fails, and the others go on. Tickets that were deleted are left out.
    ///
    /// # Errors
    /// `Forbidden` if the caller may not edit settings; if the store fails.
    pub async fn replay_since(&self, since: Timestamp, sink: &dyn EventSink) -> Result<RedeliveryReport, Error> {
        self.may_edit().await?;
        let updated = TimeRange { from: Some(since), to: None };
        // By when they came in, which does not change while others write.
        let query =
            TicketQuery::new(TicketFilter { updated, ..TicketFilter::default() }, Sort::Created, self.desk.now());
        let mut report = RedeliveryReport::default();
        let mut after = None;
        loop {
            let request = PageRequest { size: PageSize::default(), after };
            let page = self.desk.inner.store.tickets(&self.tenant, &query, &request).await?;
            for row in &page.rows {
                self.replay_history(row.ticket.id, Some(since), sink, &mut report).await?;
            }
            after = page.next;
            if after.is_none() {
                return Ok(report);
            }
        }
    }

    async fn replay_history(
        &self,
        ticket: TicketId,
        since: Option<Timestamp>,
        sink: &dyn EventSink,
        report: &mut RedeliveryReport,
    ) -> Result<(), Error> {
        let mut after = 0;
        loop {
            let page = self.desk.inner.store.history(&self.tenant, ticket, after, HISTORY_PAGE).await?;
            let Some(last) = page.last() else { return Ok(()) };
            after = last.record.seq;
            for entry in page.into_iter().filter(|entry| since.is_none_or(|since| entry.record.at >= since)) {
                let event = OutgoingEvent::new(self.tenant.clone(), ticket, entry.record, 1);
                match sink.tell(&event).await {
                    Answer::Delivered => report.delivered += 1,
                    Answer::Retry { reason, .. } | Answer::Reject { reason } => {
                        report.failed.push((event.id(), reason));
                        return Ok(());
                    }
                }
            }
        }
    }

    async fn redeliver_all(
        &self,
        letters: &[DeadLetter],
        sink: &dyn EventSink,
    ) -> Result<Vec<(EventId, Redelivered)>, Error> {
        let mut told = Vec::new();
        for letter in letters {
            match self.retry_dead_letter(letter.event, sink).await {
                Ok(came) => told.push((letter.event, came)),
                // Somebody else has told or dropped it meanwhile.
                Err(Error::NotFound { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(told)
    }
}

impl RedeliveryReport {
    fn count(&mut self, event: EventId, came: Redelivered) {
        match came {
            Redelivered::Delivered => self.delivered += 1,
            Redelivered::Failed(letter) => self.failed.push((event, letter.reason)),
            Redelivered::Gone(_) => self.gone += 1,
        }
    }
}
