//! Putting a desk together.

use std::sync::Arc;

use super::settings_cache::SettingsCache;
use super::{Desk, Helpdesk, Inner};
use crate::access::{AccessPolicy, RolePolicy};
use crate::env::{Clock, IdSource, SystemClock, SystemIds};
use crate::limits::Limits;
use crate::store::Store;

/// A desk in the making. Everything but the store has a default.
pub struct Builder {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    access: Arc<dyn AccessPolicy>,
    limits: Limits,
}

impl Builder {
    pub(super) fn new(store: Arc<dyn Store>) -> Self {
        Self {
            store,
            clock: Arc::new(SystemClock),
            ids: Arc::new(SystemIds),
            access: Arc::new(RolePolicy),
            limits: Limits::default(),
        }
    }

    /// Reads the time there; the operating system's clock unless said.
    pub fn clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// Draws ids there; the operating system's randomness unless said.
    pub fn ids(mut self, ids: Arc<dyn IdSource>) -> Self {
        self.ids = ids;
        self
    }

    /// Asks there who may do what; by role unless said.
    pub fn access(mut self, access: Arc<dyn AccessPolicy>) -> Self {
        self.access = access;
        self
    }

    /// Keeps these bounds.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The desk.
    pub fn build(self) -> Helpdesk {
        let Self { store, clock, ids, access, limits } = self;
        let settings = SettingsCache::default();
        Desk { inner: Arc::new(Inner { store, clock, ids, access, limits, settings }) }
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("store", &self.store.name()).finish_non_exhaustive()
    }
}
