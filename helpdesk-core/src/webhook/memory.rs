//! Which endpoints have had an event that others have not had yet. Kept in memory alone: another process, or this one after
//! a start, tells all of them again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::EndpointId;
use crate::ticket::EventId;

/// Most events that are remembered; the oldest are forgotten first.
const EVENTS: usize = 10_000;

/// How it stands with an endpoint that is through with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Through {
    /// It has had it, or wants nothing more.
    Had,
    /// It will never take it, and why.
    Refused(String),
}

/// The endpoints that are through, by event.
#[derive(Debug, Default)]
pub(super) struct Memory(Mutex<BTreeMap<EventId, BTreeMap<EndpointId, Through>>>);

impl Memory {
    /// The endpoints that are through with an event.
    pub(super) fn of(&self, event: EventId) -> BTreeMap<EndpointId, Through> {
        let events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.get(&event).cloned().unwrap_or_default()
    }

    /// Remembers that an endpoint is through with an event.
    pub(super) fn note(&self, event: EventId, endpoint: EndpointId, through: Through) {
        let mut events = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        events.entry(event).or_default().insert(endpoint, through);
        if events.len() > EVENTS {
            events.pop_first();
        }
    }

    /// Forgets an event: all are through, or it is told from the beginning.
    pub(super) fn forget(&self, event: EventId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&event);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_does_not_grow_without_end() {
        let (memory, endpoint) = (Memory::default(), EndpointId::new("a").unwrap());
        for n in 0..=EVENTS {
            memory.note(EventId(uuid::Uuid::from_u128(n as u128)), endpoint.clone(), Through::Had);
        }
        assert!(memory.of(EventId(uuid::Uuid::from_u128(0))).is_empty());
        assert_eq!(memory.of(EventId(uuid::Uuid::from_u128(1))).len(), 1);
        memory.forget(EventId(uuid::Uuid::from_u128(1)));
        assert!(memory.of(EventId(uuid::Uuid::from_u128(1))).is_empty());
    }
}
