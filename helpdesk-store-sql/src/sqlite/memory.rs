//! What the writer remembers of its own acts, so that the next one need not look it up first. Other processes write the
//! same file: nothing here is trusted, every act has the engine compare it before it changes anything (`presume`).

use std::collections::HashMap;

use helpdesk_core::party::TenantId;
use helpdesk_core::store::Commit;
use helpdesk_core::ticket::{TicketId, Version};

use super::place::{Counters, Place};

/// Tickets, and counters of numbers, that are remembered; past it everything is forgotten and learnt anew.
const REMEMBERED: usize = 10_000;

/// What was seen last.
#[derive(Default)]
pub(super) struct Memory {
    heads: HashMap<TicketId, Head>,
    counters: HashMap<(TenantId, String), u64>,
    last_row: Option<i64>,
}

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) version: Version,
    pub(super) row: i64,
    /// The place of its last event.
    pub(super) event_seq: u64,
}

impl Memory {
    /// What remembers a row and nothing else.
    #[cfg(test)]
    pub(super) fn with_last_row(row: i64) -> Self {
        Self { last_row: Some(row), ..Self::default() }
    }

    pub(super) fn head(&self, ticket: TicketId) -> Option<Head> {
        self.heads.get(&ticket).copied()
    }

    /// The next sequence of a scope.
    pub(super) fn counter(&self, tenant: &TenantId, scope: &str) -> Option<u64> {
        self.counters.get(&(tenant.clone(), scope.to_owned())).copied()
    }

    /// The largest row of all tickets.
    pub(super) fn last_row(&self) -> Option<i64> {
        self.last_row
    }

    /// Keeps what a commit wrote. Should its group fail after all, the writer forgets everything.
    pub(super) fn keep(&mut self, commit: &Commit, places: &[Place], counters: &Counters) {
        if self.heads.len() > REMEMBERED || self.counters.len() > REMEMBERED {
            *self = Self { last_row: self.last_row, ..Self::default() };
        }
        for (write, place) in commit.tickets.iter().zip(places) {
            let head = Head { version: write.after.version, row: place.row, event_seq: place.last_seq(write) };
            self.heads.insert(write.after.id, head);
            if write.before.is_none() {
                self.last_row = Some(self.last_row.map_or(place.row, |last| last.max(place.row)));
            }
        }
        for (scope, next) in counters {
            self.counters.insert((commit.tenant.clone(), scope.clone()), *next);
        }
    }
}
