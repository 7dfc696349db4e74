//! Looking after the file: what it promises, its schema, its tenants, copies of it, its end. Damage is sought in
//! `verify`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Capabilities, Finding, Maintenance, SchemaState, StoreError};
use sqlx::Connection;

use super::sql::Sql;
use super::{SqliteStore, migrate, open, verify};
use crate::fault::Fault;
use crate::rows::columns::Columns;

#[async_trait]
impl Maintenance for SqliteStore {
    fn name(&self) -> &'static str {
        "sqlite"
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { persistent: true, durable: self.options.is_durable(), shared: true, gapless_numbers: true }
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        let schema = async {
            let mut reader = self.readers.checkout().await?;
            let found = migrate::found(reader.connection()).await?;
            reader.give_back();
            Ok(found.state())
        };
        schema.await.map_err(|fault: Fault| fault.during("schema"))
    }

    async fn migrate(&self) -> Result<SchemaState, StoreError> {
        const OPERATION: &str = "migrate";
        // Waiting for a reader's place refuses a store that was closed.
        let reader = self.readers.checkout().await.map_err(|fault| fault.during(OPERATION))?;
        reader.give_back();
        let migrated = async {
            let mut connection = open::writer(&self.options).await?;
            let state = migrate::run(&mut connection).await?;
            connection.close().await?;
            Ok(state)
        };
        migrated.await.map_err(|fault: Fault| fault.during(OPERATION))?
    }

    async fn check(&self) -> Result<Vec<Finding>, StoreError> {
        verify::check(&self.readers).await.map_err(|fault| fault.during("check"))
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let rows = self.readers.rows(tenants()).await;
        let tenants = rows.and_then(|rows| {
            let tenant =
                |text| TenantId::new(text).map_err(|_| Fault::Damaged("the name of a tenant is malformed".to_owned()));
            rows.iter().map(|row| row.text(0).and_then(tenant)).collect::<Result<BTreeSet<_>, _>>()
        });
        let tenants = tenants.map_err(|fault| fault.during("tenants"))?;
        Ok(tenants.into_iter().collect())
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.writer.close().await;
        self.readers.close().await;
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
