//! Looking after the file: what it promises, its schema, its tenants, copies of it, its end. Damage is sought in
//! `verify`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Capabilities, Finding, Maintenance, SchemaState, StoreError};

use super::sql::Sql;
use super::store::{FileStore, Place};
use super::verify;
use crate::fault::Fault;
use crate::rows::columns::Columns;

#[async_trait]
impl Maintenance for FileStore<'_> {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(&self.shared)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities {
            persistent: true,
            durable: self.shared.options.is_durable(),
            shared: true,
            gapless_numbers: true,
        }
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        self.found().await.map(|found| found.status.state()).map_err(|fault| fault.during("schema"))
    }

    async fn migrate(&self) -> Result<SchemaState, StoreError> {
        self.bring_up().await.map_err(|fault| fault.during("migrate"))
    }

    async fn check(&self) -> Result<Vec<Finding>, StoreError> {
        verify::check(self).await.map_err(|fault| fault.during("check"))
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.rows(tenants()).await;
        let tenants = rows.and_then(|rows| {
            let tenant =
                |text| TenantId::new(text).map_err(|_| Fault::Damaged("the name of a tenant is malformed".to_owned()));
            rows.iter().map(|row| row.text(0).and_then(tenant)).collect::<Result<BTreeSet<_>, _>>()
        });
        let tenants = tenants.map_err(|fault| fault.during("tenants"))?;
        Ok(tenants.into_iter().collect())
    }

    async fn close(&self) -> Result<(), StoreError> {
        if let Place::Own(own) = &self.place {
            own.writer.close().await;
            own.readers.close().await;
        }
        Ok(())
    }
}

/// The tenants of the tables that something can stand in by itself, each found by a step from the one before.
pub(super) fn tenants() -> Sql {
    let mut sql = Sql::new();
    sql.push(
        "WITH RECURSIVE \
         t (n) AS (SELECT min(tenant) FROM helpdesk_ticket UNION ALL \
         SELECT (SELECT min(tenant) FROM helpdesk_ticket WHERE tenant > n) FROM t WHERE n IS NOT NULL), \
         r (n) AS (SELECT min(tenant) FROM helpdesk_record UNION ALL \
         SELECT (SELECT min(tenant) FROM helpdesk_record WHERE tenant > n) FROM r WHERE n IS NOT NULL) \
         SELECT n FROM t WHERE n IS NOT NULL UNION ALL SELECT n FROM r WHERE n IS NOT NULL",
    );
    sql
}
