//! Records by key. They are written with the commit they belong to.

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Record, RecordKey, RecordKind, RecordStore, StoreError};

use super::sql::Sql;
use super::store::{ServerStore, told};
use super::value::Row;
use crate::fault::Fault;
use crate::rows::columns::{Columns, limit as at_most, parse};

#[async_trait]
impl RecordStore for ServerStore<'_> {
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        let rows = self.rows(Sql::of(
            "SELECT name, version, value FROM helpdesk_record WHERE tenant = ? AND kind = ? AND name = ?",
            [tenant.as_str().into(), key.kind.as_str().into(), key.key.as_str().into()],
        ));
        let record = rows.await.and_then(|rows| rows.first().map(|row| read(key.kind, row)).transpose());
        told("record", record)
    }

    async fn records(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        // A key has at least one byte, so the empty text stands before all of them.
        let rows = self.rows(Sql::of(
            "SELECT name, version, value FROM helpdesk_record WHERE tenant = ? AND kind = ? AND name > ? \
             ORDER BY name LIMIT ?",
            [tenant.as_str().into(), kind.as_str().into(), after.unwrap_or_default().into(), at_most(limit).into()],
        ));
        told("records", rows.await.and_then(|rows| rows.iter().map(|row| read(kind, row)).collect()))
    }

    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Result<u64, StoreError> {
        let rows = self.rows(Sql::of(
            "SELECT count(*) FROM helpdesk_record WHERE tenant = ? AND kind = ?",
            [tenant.as_str().into(), kind.as_str().into()],
        ));
        told("count_records", rows.await.and_then(|rows| rows.first().map_or(Ok(0), |row| row.count(0))))
    }
}

fn read(kind: RecordKind, row: &Row) -> Result<Record, Fault> {
    let value = parse(&row.text(2)?, || format!("a record of kind {}", kind.as_str()))?;
    Ok(Record { key: RecordKey::new(kind, row.text(0)?), version: row.version(1)?, value })
}
