//! Dead letters as an administrator sees them: listed, counted, dropped. Telling them again stands in `redelivery`.

use super::record_writer::{ATTEMPTS, RecordWriter};
use super::relay_run::key;
use super::stored::{decode, encode};
use super::{AdminDesk, Error, RecordAct, Written};
use crate::access::Action;
use crate::relay::{DeadLetter, DroppedLetter};
use crate::store::{Expected, Record, RecordKey, RecordKind, RecordWrite};
use crate::text::line;
use crate::ticket::{EventId, Version};

impl<'s> AdminDesk<'s> {
    /// Dead letters by rising event id after `after`, at most `limit`.
    ///
    /// # Errors
    /// `Forbidden` if the caller may not edit settings, or if the store fails.
    pub async fn dead_letters(&self, after: Option<EventId>, limit: usize) -> Result<Vec<DeadLetter>, Error> {
        self.letters(RecordKind::DeadLetter, after, limit).await
    }

    /// How many dead letters there are.
    ///
    /// # Errors
    /// As [`AdminDesk::dead_letters`].
    pub async fn count_dead_letters(&self) -> Result<u64, Error> {
        self.may_edit().await?;
        Ok(self.desk.inner.store.count_records(&self.tenant, RecordKind::DeadLetter).await?)
    }

    /// The dead letter of an event.
    ///
    /// # Errors
    /// `NotFound` if there is none; otherwise as [`AdminDesk::dead_letters`].
    pub async fn dead_letter(&self, event: EventId) -> Result<DeadLetter, Error> {
        Ok(self.letter(event).await?.0)
    }

    /// Letters that were dropped, by rising event id after `after`, at most `limit`: who dropped what, and why.
    ///
    /// # Errors
    /// As [`AdminDesk::dead_letters`].
    pub async fn dropped_letters(&self, after: Option<EventId>, limit: usize) -> Result<Vec<DroppedLetter>, Error> {
        self.letters(RecordKind::DroppedLetter, after, limit).await
    }

    /// Drops the dead letter of an event: it is not told any more. Who did it and why is kept.
    ///
    /// # Errors
    /// When awaited: `NotFound` if there is none; `Invalid` if the reason is empty, too long, or has a line break;
    /// `Conflict` if it is not at the version expected.
    pub fn drop_dead_letter(&self, event: EventId, why: &str) -> RecordAct<'s, DroppedLetter> {
        let why = why.to_owned();
        RecordAct::new(self, async move |writer| writer.drop_dead_letter(event, &why).await)
    }

    pub(super) async fn may_edit(&self) -> Result<(), Error> {
        let context = self.desk.bare_context(&self.tenant, &self.who()).await?;
        self.desk.authorise(&context, Action::SettingsEdit, None)
    }

    /// A dead letter with its version.
    pub(super) async fn letter(&self, event: EventId) -> Result<(DeadLetter, Version), Error> {
        self.may_edit().await?;
        let found = self.desk.inner.store.record(&self.tenant, &key(RecordKind::DeadLetter, event)).await?;
        let record = found.ok_or(Error::NotFound { what: DEAD_LETTER })?;
        let version = record.version;
        Ok((decode(record)?, version))
    }

    async fn letters<T: serde::de::DeserializeOwned>(
        &self,
        kind: RecordKind,
        after: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<T>, Error> {
        self.may_edit().await?;
        let after = after.map(|event| event.to_string());
        let records = self.desk.inner.store.records(&self.tenant, kind, after.as_deref(), limit).await?;
        records.into_iter().map(|record| Ok(decode(record)?)).collect()
    }
}

/// The word for it in errors.
const DEAD_LETTER: &str = "dead letter";

impl RecordWriter<'_> {
    async fn drop_dead_letter(self, event: EventId, why: &str) -> Result<Written<DroppedLetter>, Error> {
        let why = line("reason", why, self.admin.desk.limits().subject_chars)?;
        let (dead, dropped) = (key(RecordKind::DeadLetter, event), key(RecordKind::DroppedLetter, event));
        for _ in 0..ATTEMPTS {
            let mut attempt = self.begin(&("drop", event, &why), &[dead.clone(), dropped.clone()]).await?;
            let before = attempt.found.pop().flatten();
            let stands = before.as_ref().map_or(Version::NONE, |record| record.version);
            if attempt.replayed {
                let before = before.ok_or(Error::NotFound { what: DEAD_LETTER })?;
                return Ok(Self::replayed(decode(before)?, stands));
            }
            let found: Record = attempt.found.pop().flatten().ok_or(Error::NotFound { what: DEAD_LETTER })?;
            let version = found.version;
            self.as_seen(version)?;
            let letter = DroppedLetter {
                letter: decode(found)?,
                dropped_by: self.admin.id.clone(),
                dropped_at: self.admin.desk.now(),
                why: why.clone(),
            };
            let put = |key: &RecordKey, expected, value| RecordWrite { key: key.clone(), expected, value };
            let writes = vec![
                put(&dead, Expected::At(version), None),
                // One that was dropped before, and died again after it was told anew by hand.
                put(&dropped, Expected::now(stands), Some(encode(&letter)?)),
            ];
            if self.settle(attempt, writes).await? {
                return Ok(self.written(letter, stands.next()));
            }
        }
        Err(Error::Contended)
    }
}
