//! Reading records. They are written through commits.

use async_trait::async_trait;

use super::{Desk, MemoryStore};
use crate::party::TenantId;
use crate::store::{Record, RecordKey, RecordKind, RecordStore, StoreError};

#[async_trait]
impl RecordStore for MemoryStore {
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        self.read("record", tenant, |desk| desk.record(key))
    }

    async fn records(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        self.read("records", tenant, |desk| {
            let of_kind = desk.records.keys().filter(|key| key.kind == kind);
            let behind = of_kind.filter(|key| after.is_none_or(|after| key.key.as_str() > after));
            behind.filter_map(|key| desk.record(key)).take(limit).collect()
        })
    }

    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Result<u64, StoreError> {
        let count = |desk: &Desk| desk.records.keys().filter(|key| key.kind == kind).count();
        self.read("count_records", tenant, |desk| u64::try_from(count(desk)).unwrap_or(u64::MAX))
    }
}
