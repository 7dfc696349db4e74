//! Settings that were read before.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::party::TenantId;
use crate::settings::Settings;
use crate::ticket::Version;

/// Settings by tenant and version. A copy is used only while the store says that its version stands.
#[derive(Default)]
pub(super) struct SettingsCache(Mutex<HashMap<TenantId, (Version, Arc<Settings>)>>);

/// Most tenants whose settings are kept; above that the cache begins anew.
const CACHED_TENANTS: usize = 1024;

impl SettingsCache {
    pub(super) fn get(&self, tenant: &TenantId, version: Version) -> Option<Arc<Settings>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(tenant).filter(|(known, _)| *known == version).map(|(_, settings)| Arc::clone(settings))
    }

    pub(super) fn newest(&self, tenant: &TenantId) -> Option<Arc<Settings>> {
        let cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cache.get(tenant).map(|(_, settings)| Arc::clone(settings))
    }

    pub(super) fn put(&self, tenant: &TenantId, version: Version, settings: Arc<Settings>) {
        let mut cache = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if cache.len() >= CACHED_TENANTS {
            cache.clear();
        }
        cache.insert(tenant.clone(), (version, settings));
    }
}
