//! Looking after the tables: what they promise, their schema, their tenants, their end. Damage is sought in `verify`.

use std::collections::BTreeSet;

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Capabilities, Finding, Maintenance, SchemaState, StoreError};

use super::sql::Sql;
use super::store::{Place, ServerStore, told};
use super::verify;
use crate::fault::Fault;
use crate::rows::columns::Columns;

#[async_trait]
impl Maintenance for ServerStore<'_> {
    fn name(&self) -> &'static str {
        self.dialect().name
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(&self.shared)
    }

    fn capabilities(&self) -> Capabilities {
        let gapless_numbers = match &self.place {
            Place::Own(own) => own.workshop.numbers.is_none(),
            Place::Joined(..) => false,
        };
        Capabilities { persistent: true, durable: true, shared: true, gapless_numbers }
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        told("schema", self.found().await.map(|status| status.state()))
    }

    async fn migrate(&self) -> Result<SchemaState, StoreError> {
        told("migrate", self.bring_up().await)
    }

    async fn check(&self) -> Result<Vec<Finding>, StoreError> {
        told("check", verify::check(self).await)
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let tenants = self.rows(Sql::of(self.dialect().tenants, [])).await.and_then(|rows| {
            let tenant =
                |text| TenantId::new(text).map_err(|_| Fault::Damaged("the name of a tenant is malformed".to_owned()));
            rows.iter().map(|row| row.text(0).and_then(tenant)).collect::<Result<BTreeSet<_>, _>>()
        });
        told("tenants", tenants.map(|tenants| tenants.into_iter().collect()))
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.shut().await;
        Ok(())
    }
}
