//! Looking after the store: what it promises, its version, its tenants, its end. Damage is sought in `verify`.

use async_trait::async_trait;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Capabilities, Finding, Maintenance, SchemaState, StoreError};

use super::SledStore;
use super::documents::tenants;
use super::error::Fault;
use super::layout::{Key, Space, VERSION};
use super::verify;
use super::view::View;

#[async_trait]
impl Maintenance for SledStore {
    fn name(&self) -> &'static str {
        "sled"
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { persistent: true, durable: true, shared: false, gapless_numbers: true }
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        self.read("schema", schema)
    }

    /// There is one version so far, and a store of it was made so.
    async fn migrate(&self) -> Result<SchemaState, StoreError> {
        self.read("migrate", schema)
    }

    /// Acts wait while it looks, as it looks at one moment.
    async fn check(&self) -> Result<Vec<Finding>, StoreError> {
        self.read("check", verify::check)
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        self.read("tenants", tenants)
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.writer.close();
        Ok(())
    }
}

/// Where the version of the layout stands.
pub(crate) fn version_key() -> Key {
    Key::space(Space::Store).text("layout")
}

pub(crate) fn schema(view: View<'_>) -> Result<SchemaState, Fault> {
    let found = view.count(&version_key())?;
    Ok(SchemaState { found: u32::try_from(found).unwrap_or(u32::MAX), supported: VERSION })
}
