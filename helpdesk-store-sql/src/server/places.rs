//! Where tenants have tickets (shelf, status, priority), as it was seen last. A list is asked over these places, and the
//! same statement says which there really are; if some were missing it is asked again. So a list is one round trip and
//! one view, and what is remembered here is never trusted.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use helpdesk_core::party::TenantId;

use crate::rows::plan::Place;

/// Tenants that are remembered; past it everything is forgotten and learnt anew.
const TENANTS: usize = 10_000;

/// What was seen.
#[derive(Default)]
pub(crate) struct Places {
    seen: Mutex<HashMap<TenantId, BTreeSet<Place>>>,
}

impl Places {
    pub(crate) fn of(&self, tenant: &TenantId) -> BTreeSet<Place> {
        let seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.get(tenant).cloned().unwrap_or_default()
    }

    pub(crate) fn keep(&self, tenant: &TenantId, places: BTreeSet<Place>) {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= TENANTS {
            seen.clear();
        }
        seen.insert(tenant.clone(), places);
    }
}
