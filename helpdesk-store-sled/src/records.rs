//! Reading records. They are written in `write`, with the commit they belong to.

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Record, RecordKey, RecordKind, RecordStore, StoreError};

use super::SledStore;
use super::documents::{read_record, record, records_key};
use super::engine::Direction;
use super::error::Fault;
use super::layout::Parts;

#[async_trait]
impl RecordStore for SledStore {
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        self.read("record", |view| record(view, tenant, key))
    }

    async fn records(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        self.read("records", |view| {
            let prefix = records_key(tenant, kind);
            let from = after.map_or_else(|| prefix.bytes().to_vec(), |after| prefix.clone().text(after).next());
            let read = |pair: Result<(Vec<u8>, Vec<u8>), Fault>| {
                let (key, value) = pair?;
                read_record(RecordKey::new(kind, Parts::behind(&prefix, &key)?.text()?), &value)
            };
            view.values(&prefix, &(from..prefix.end())).take(limit).map(read).collect()
        })
    }

    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Result<u64, StoreError> {
        self.read("count_records", |view| {
            let mut count = 0;
            for key in view.keys(&records_key(tenant, kind).range(), Direction::Rising) {
                key?;
                count += 1;
            }
            Ok(count)
        })
    }
}
