//! The small records out and in again, as they stand: settings, agents, teams, contacts and what their addresses mean.

use serde::{Deserialize, Serialize};

use super::stored::{decode, encode};
use super::{AdminDesk, Error};
use crate::access::Action;
use crate::party::{Actor, Agent, Category, Contact, ContactId, Organization, Team};
use crate::relay::{DeadLetter, DroppedLetter};
use crate::settings::Settings;
use crate::store::{
    Commit, CommitOutcome, Conflict, Expected, FaultKind, Record, RecordKey, RecordKind, RecordWrite, StoreError,
};
use crate::text::Invalid;
use crate::ticket::Version;

/// A record with its name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordDump {
    /// The sort.
    pub kind: RecordKind,
    /// The key.
    pub key: String,
    /// What stands there.
    pub value: serde_json::Value,
}

impl AdminDesk<'_> {
    /// Records of a sort by rising key after `after`, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn dump_records(
        &self,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<RecordDump>, Error> {
        let records = self.desk.inner.store.records(&self.tenant, kind, after, limit).await?;
        Ok(records.into_iter().map(|Record { key, value, .. }| RecordDump { kind, key: key.key, value }).collect())
    }

    /// What stands under a key; `None` if nothing does.
    pub(super) async fn record_value(&self, kind: RecordKind, key: &str) -> Result<Option<serde_json::Value>, Error> {
        let record = self.desk.inner.store.record(&self.tenant, &RecordKey::new(kind, key)).await?;
        Ok(record.map(|record| record.value))
    }

    /// Puts a record back; says whether it was not there yet. One that is there is left alone.
    ///
    /// # Errors
    /// `Invalid` if the value is not one of its sort, or is not that of its key.
    pub async fn restore_record(&self, dump: RecordDump) -> Result<bool, Error> {
        let context = self.desk.bare_context(&self.tenant, &self.who()).await?;
        self.desk.authorise(&context, Action::SettingsEdit, None)?;
        let value = self.checked(&dump)?;
        let mut commit = Commit::new(self.tenant.clone(), Actor::Agent(self.id.clone()), self.desk.now());
        let key = RecordKey::new(dump.kind, dump.key);
        commit.records = vec![RecordWrite { key, expected: Expected::Absent, value: Some(value) }];
        match self.desk.inner.store.commit(commit).await? {
            CommitOutcome::Applied(_) => Ok(true),
            CommitOutcome::Conflict(Conflict::Record { .. }) => Ok(false),
            other => Err(StoreError::new(FaultKind::Unexpected, "restore").because(format!("{other:?}")).into()),
        }
    }

    /// The value as this code writes it, if it is one of its sort and belongs to its key.
    fn checked(&self, dump: &RecordDump) -> Result<serde_json::Value, Error> {
        let wrong = || Invalid::malformed("value", "a record of its sort that belongs to its key");
        let record = Record {
            key: RecordKey::new(dump.kind, dump.key.clone()),
            version: Version::NONE.next(),
            value: dump.value.clone(),
        };
        let (key, value) = match dump.kind {
            RecordKind::Settings => {
                let settings: Settings = decode(record).map_err(|_| wrong())?;
                settings.check(self.desk.limits())?;
                (RecordKey::settings().key, encode(&settings)?)
            }
            RecordKind::Agent => typed::<Agent>(record, |it| it.id.to_string()).ok_or_else(wrong)?,
            RecordKind::Team => typed::<Team>(record, |it| it.id.to_string()).ok_or_else(wrong)?,
            RecordKind::Organization => typed::<Organization>(record, |it| it.id.to_string()).ok_or_else(wrong)?,
            RecordKind::Category => typed::<Category>(record, |it| it.id.to_string()).ok_or_else(wrong)?,
            RecordKind::Contact => typed::<Contact>(record, |it| it.id.to_string()).ok_or_else(wrong)?,
            RecordKind::ContactAddress => {
                let address = crate::party::EmailAddress::new(&dump.key).map_err(|_| wrong())?;
                let id: ContactId = decode(record).map_err(|_| wrong())?;
                (address.to_string(), encode(&id)?)
            }
            RecordKind::DeadLetter => typed::<DeadLetter>(record, |it| it.event.to_string()).ok_or_else(wrong)?,
            RecordKind::DroppedLetter => {
                typed::<DroppedLetter>(record, |it| it.letter.event.to_string()).ok_or_else(wrong)?
            }
            // How far a job or a delivery is belongs to the store it runs on.
            RecordKind::Job | RecordKind::Retry => return Err(wrong().into()),
            #[cfg(feature = "webhook")]
            RecordKind::Webhook => {
                typed::<crate::webhook::Endpoint>(record, |it| it.id.to_string()).ok_or_else(wrong)?
            }
            // What an endpoint may be is not known without the feature.
            #[cfg(not(feature = "webhook"))]
            RecordKind::Webhook => return Err(wrong().into()),
        };
        if key == dump.key { Ok(value) } else { Err(wrong().into()) }
    }
}

fn typed<T: Serialize + serde::de::DeserializeOwned>(
    record: Record,
    key: impl FnOnce(&T) -> String,
) -> Option<(String, serde_json::Value)> {
    let value: T = decode(record).ok()?;
    Some((key(&value), encode(&value).ok()?))
}
