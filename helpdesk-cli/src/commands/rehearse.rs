//! A sink that tells nobody: for saying what would be told.

use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use helpdesk_core::relay::{Answer, EventSink, OutgoingEvent};
use serde_json::{Value, json};

/// Remembers what it is told.
#[derive(Default)]
pub(super) struct Rehearsal(Mutex<Vec<Value>>);

impl Rehearsal {
    /// What would have been told.
    pub(super) fn told(&self) -> Vec<Value> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// An event as it is named where nothing is told.
pub(super) fn named(event: &OutgoingEvent) -> Value {
    json!({
        "id": event.id(), "tenant": event.tenant, "ticket": event.ticket, "seq": event.record.seq,
        "kind": event.record.event.name(), "attempt": event.attempt,
    })
}

#[async_trait]
impl EventSink for Rehearsal {
    async fn tell(&self, event: &OutgoingEvent) -> Answer {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(named(event));
        Answer::Delivered
    }
}
