//! Records by key. They are written in `write`, with the commit they belong to.

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Record, RecordKey, RecordKind, RecordStore, StoreError};
use sqlx::sqlite::SqliteRow;

use super::sql::Sql;
use super::store::FileStore;
use crate::fault::Fault;
use crate::rows::columns::{Columns, limit as at_most, parse};

#[async_trait]
impl RecordStore for FileStore<'_> {
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Result<Option<Record>, StoreError> {
        let mut sql = Sql::new();
        let params = [sql.param(tenant.as_str()), sql.param(key.kind.as_str()), sql.param(key.key.as_str())];
        sql.add("SELECT key, version, value FROM helpdesk_record WHERE tenant = ? AND kind = ? AND key = ?", &params);
        let rows = self.rows(sql).await;
        let record = rows.and_then(|rows| rows.first().map(|row| read(key.kind, row)).transpose());
        record.map_err(|fault| fault.during("record"))
    }

    async fn records(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError> {
        let mut sql = Sql::new();
        // A key has at least one byte, so the empty text stands before all of them.
        let params = [
            sql.param(tenant.as_str()),
            sql.param(kind.as_str()),
            sql.param(after.unwrap_or_default()),
            sql.param(at_most(limit)),
        ];
        sql.add(
            "SELECT key, version, value FROM helpdesk_record WHERE tenant = ? AND kind = ? AND key > ? \
             ORDER BY key LIMIT 0 + ?",
            &params,
        );
        let rows = self.rows(sql).await;
        let records = rows.and_then(|rows| rows.iter().map(|row| read(kind, row)).collect());
        records.map_err(|fault| fault.during("records"))
    }

    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Result<u64, StoreError> {
        let mut sql = Sql::new();
        let params = [sql.param(tenant.as_str()), sql.param(kind.as_str())];
        sql.add("SELECT count(*) FROM helpdesk_record WHERE tenant = ? AND kind = ?", &params);
        let rows = self.rows(sql).await;
        let count = rows.and_then(|rows| rows.first().map_or(Ok(0), |row| row.count(0)));
        count.map_err(|fault| fault.during("count_records"))
    }
}

fn read(kind: RecordKind, row: &SqliteRow) -> Result<Record, Fault> {
    let value = parse(&row.text(2)?, || format!("a record of kind {}", kind.as_str()))?;
    Ok(Record { key: RecordKey::new(kind, row.text(0)?), version: row.version(1)?, value })
}
