//! Looking after the file: what it promises, its schema, its tenants, copies of it, its end. Damage is sought in
//! `verify`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Capabilities, Finding, Maintenance, SchemaState, StoreError};
use sqlx::Connection;

use super::sql::Sql;
use super::store::{FileStore, Place};
use super::{migrate, open, verify};
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
        let schema = async {
            match &self.place {
                Place::Joined(joined) => joined.lock().await.found().await,
                Place::Own(_) => {
                    let mut reader = self.checkout().await?;
                    let found = migrate::found(reader.connection()).await?;
                    reader.give_back();
                    Ok(found)
                }
            }
        };
        schema.await.map(migrate::Found::state).map_err(|fault: Fault| fault.during("schema"))
    }

    async fn migrate(&self) -> Result<SchemaState, StoreError> {
        const OPERATION: &str = "migrate";
        let migrated = async {
            if let Place::Joined(joined) = &self.place {
                return joined.lock().await.migrate().await;
            }
            // Waiting for a reader's place refuses a store that was closed.
            self.checkout().await?.give_back();
            self.shared.free()?;
            let mut connection = open::writer(&self.shared.options).await?;
            let state = migrate::run(&mut connection, self.shared.options.is_ours()).await?;
            connection.close().await?;
            Ok(state)
        };
        migrated.await.map_err(|fault: Fault| fault.during(OPERATION))?
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
