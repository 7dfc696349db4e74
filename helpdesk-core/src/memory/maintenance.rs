//! Looking after the store: there is little to look after.

use std::sync::PoisonError;

use async_trait::async_trait;

use super::MemoryStore;
use crate::party::TenantId;
use crate::store::{Capabilities, Damage, Finding, Maintenance, SchemaState, StoreError};

/// The stored form is the types of this version.
const SCHEMA: SchemaState = SchemaState { found: 1, supported: 1 };

#[async_trait]
impl Maintenance for MemoryStore {
    fn name(&self) -> &'static str {
        "memory"
    }

    fn as_any(&self) -> Option<&dyn std::any::Any> {
        Some(self)
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { persistent: false, durable: false, shared: false, gapless_numbers: true }
    }

    async fn schema(&self) -> Result<SchemaState, StoreError> {
        self.open("schema").map(|_| SCHEMA)
    }

    async fn migrate(&self) -> Result<SchemaState, StoreError> {
        self.open("migrate").map(|_| SCHEMA)
    }

    /// Every index entry belongs to a ticket that has it.
    async fn check(&self) -> Result<Vec<Finding>, StoreError> {
        let state = self.open("check")?;
        let mut findings = Vec::new();
        for (tenant, desk) in &state.desks {
            let mut report = |what: &str, damage: Damage| {
                findings.push(Finding { place: format!("{tenant}: {what}"), damage });
            };
            for (number, id) in &desk.numbers {
                if desk.tickets.get(id).is_none_or(|file| file.ticket.number.key() != *number) {
                    report(number.as_str(), Damage::IndexDiffers);
                }
            }
            for id in desk.external.values().filter(|id| !desk.tickets.contains_key(id)) {
                report(&id.to_string(), Damage::Strays { rows: 1 });
            }
        }
        Ok(findings)
    }

    async fn tenants(&self) -> Result<Vec<TenantId>, StoreError> {
        let state = self.open("tenants")?;
        let full = state.desks.iter().filter(|(_, desk)| !desk.tickets.is_empty() || !desk.records.is_empty());
        Ok(full.map(|(tenant, _)| tenant.clone()).collect())
    }

    async fn close(&self) -> Result<(), StoreError> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        Ok(())
    }
}
