//! Records that a call is going to ask for, fetched with its first read: who asks costs no read of its own. Whether they
//! still stand at the commit is for the guards to say.

use super::record_keys::{address_key, contact_key};
use super::{Desk, Error};
use crate::party::{Requester, TenantId};
use crate::store::{Loaded, Record, RecordKey, Wants};

/// Records as a call's first read found them.
#[derive(Debug, Default)]
pub(super) struct Foreseen(Vec<(RecordKey, Option<Record>)>);

impl Foreseen {
    /// Adds to `wants` what finding a requester begins with.
    pub(super) fn want(wants: &mut Wants, requester: &Requester) {
        let contact = requester.id.as_ref().map(contact_key);
        let address = requester.email.as_ref().map(address_key);
        for key in contact.into_iter().chain(address) {
            if !wants.records.contains(&key) {
                wants.records.push(key);
            }
        }
    }

    /// The records, in the order of the keys that were wanted.
    pub(super) fn into_records(self) -> Vec<Option<Record>> {
        self.0.into_iter().map(|(_, record)| record).collect()
    }

    /// Takes the records of these keys out of what was loaded.
    pub(super) fn take(keys: Vec<RecordKey>, loaded: &mut Loaded) -> Self {
        Self(keys.into_iter().zip(std::mem::take(&mut loaded.records)).collect())
    }
}

impl Desk<'_> {
    /// A record: as it was foreseen, or else as it stands.
    pub(super) async fn record(
        &self,
        tenant: &TenantId,
        key: &RecordKey,
        foreseen: &Foreseen,
    ) -> Result<Option<Record>, Error> {
        match foreseen.0.iter().find(|(known, _)| known == key) {
            Some((_, record)) => Ok(record.clone()),
            None => Ok(self.inner.store.record(tenant, key).await?),
        }
    }
}
