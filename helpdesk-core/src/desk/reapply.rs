//! Applying edited service levels to open tickets: a job in steps that goes on where it stopped, whoever goes on.

use serde::{Deserialize, Serialize};

use super::record_writer::RecordWriter;
use super::step::Step;
use super::stored::{decode, encode};
use super::together::{Part, together};
use super::{AdminDesk, Error, Options};
use crate::query::{PageRequest, PageSize, Position, Sort, TicketFilter, TicketQuery};
use crate::store::{Expected, Record, RecordKey, RecordKind, RecordWrite};
use crate::ticket::{Command, TicketId, Version};

/// Tickets that are computed anew at once, so that a store can commit them together.
const AT_ONCE: usize = 32;

/// How far the job is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReapplyProgress {
    /// The version of the settings that are applied. The job begins anew when they change.
    pub settings: Version,
    /// Open tickets when it began.
    pub total: u64,
    /// Tickets it has looked at.
    pub seen: u64,
    /// Tickets whose clocks changed.
    pub changed: u64,
    /// Tickets that could not be changed, and the stable code of why: at most a hundred of them. They stand as they
    /// were.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub failed: Vec<(TicketId, String)>,
    /// Whether it is through.
    pub finished: bool,
    /// Where it goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    after: Option<Position>,
    /// The edition of the service levels that is applied.
    #[serde(default)]
    edition: u32,
}

impl ReapplyProgress {
    /// Where it stands in the store.
    pub(super) fn key() -> RecordKey {
        RecordKey::new(RecordKind::Job, "sla.reapply")
    }

    /// The edition that every open ticket's clocks have reached, by what stands in the store.
    pub(super) fn applied(found: Option<Record>) -> Result<u32, Error> {
        let known: Option<Self> = found.map(decode).transpose()?;
        Ok(known.filter(|known| known.finished && known.failed.is_empty()).map_or(0, |known| known.edition))
    }
}

/// Most failures that are kept.
const KEPT_FAILURES: usize = 100;

impl AdminDesk<'_> {
    /// Takes the next step of applying the service levels, as they stand now, to at most `limit` open tickets: running
    /// clocks are computed anew from their own start, with their pauses kept; stopped ones are final.
    ///
    /// Call it until it is finished. How far it is stands in the store: after a crash it goes on there, at worst with
    /// the last step once more, which changes nothing the second time. When the settings change it begins anew, and
    /// once finished it stays so until they do; unless tickets failed, which a later call then tries again.
    ///
    /// ```
    /// # async fn f(admin: helpdesk_core::desk::AdminDesk<'_>) -> Result<(), helpdesk_core::desk::Error> {
    /// while !admin.reapply_service_levels(500).await?.finished {}
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `Forbidden` if the caller may not edit settings, or if the store fails.
    pub async fn reapply_service_levels(&self, limit: u16) -> Result<ReapplyProgress, Error> {
        let size = PageSize::new(i64::from(limit))?;
        let key = ReapplyProgress::key();
        let writer = RecordWriter { admin: self.clone(), options: Options::default() };
        let mut attempt = writer.begin(&(), std::slice::from_ref(&key)).await?;
        let found = attempt.found.pop().flatten();
        let seen = found.as_ref().map_or(Version::NONE, |record| record.version);
        let known: Option<ReapplyProgress> = found.map(decode).transpose()?;
        let (levels, settings) = self.settings().await.map(|(settings, version)| (settings.sla, version))?;
        let mut progress = match known.filter(|known| known.settings == settings) {
            Some(known) if known.finished && known.failed.is_empty() => return Ok(known),
            Some(known) if !known.finished => known,
            _ => {
                let total = self.agent().total(&TicketFilter::unsolved()).await?;
                ReapplyProgress { settings, total, edition: levels.editions.current(), ..ReapplyProgress::default() }
            }
        };
        let request = PageRequest { size, after: progress.after };
        progress.after = self.take_step(&mut progress, &request, false).await?;
        let value = Some(encode(&progress)?);
        // If somebody else takes the same steps, what was done is done once, and either's word on how far it is will do.
        writer.settle(attempt, vec![RecordWrite { key, expected: Expected::now(seen), value }]).await?;
        Ok(progress)
    }

    /// What applying the service levels anew would come to, from the first open ticket to the last, `limit` of them at
    /// a time. Nothing is changed, and how far the job is does not matter.
    ///
    /// # Errors
    /// As [`AdminDesk::reapply_service_levels`].
    pub async fn foresee_reapply(&self, limit: u16) -> Result<ReapplyProgress, Error> {
        let mut request = PageRequest { size: PageSize::new(i64::from(limit))?, after: None };
        let writer = RecordWriter { admin: self.clone(), options: Options::default() };
        writer.begin(&(), &[]).await?;
        let (settings, version) = self.settings().await?;
        let edition = settings.sla.editions.current();
        let mut progress = ReapplyProgress { settings: version, edition, ..ReapplyProgress::default() };
        while !progress.finished {
            request.after = self.take_step(&mut progress, &request, true).await?;
        }
        progress.total = progress.seen;
        Ok(progress)
    }

    /// Computes a page of open tickets anew; gives the position of the last one, if more follow.
    async fn take_step(
        &self,
        progress: &mut ReapplyProgress,
        request: &PageRequest,
        dry_run: bool,
    ) -> Result<Option<Position>, Error> {
        let query = TicketQuery::new(TicketFilter::unsolved(), Sort::Created, self.desk.now());
        let page = self.desk.inner.store.tickets(&self.tenant, &query, request).await?;
        for wave in page.rows.chunks(AT_ONCE) {
            let parts = wave.iter().map(|row| -> Part<'_, _> { Box::pin(self.reapply(row.ticket.id, dry_run)) });
            for (row, outcome) in wave.iter().zip(together(parts.collect()).await) {
                progress.seen += 1;
                match outcome {
                    Ok(changed) => progress.changed += u64::from(changed),
                    Err(Error::NotFound { .. }) => {}
                    Err(Error::Store(error)) => return Err(error.into()),
                    Err(error) if progress.failed.len() < KEPT_FAILURES => {
                        progress.failed.push((row.ticket.id, error.code().to_string()));
                    }
                    Err(_) => {}
                }
            }
        }
        progress.finished = page.next.is_none();
        Ok(page.next)
    }

    async fn reapply(&self, ticket: TicketId, dry_run: bool) -> Result<bool, Error> {
        let step = Step::on(ticket, Command::ReapplyServiceLevels);
        let options = Options { dry_run, ..Options::default() };
        let outcome = self.desk.execute(&self.tenant, &self.who(), &[step], &options).await?;
        Ok(!outcome.events.is_empty())
    }
}
