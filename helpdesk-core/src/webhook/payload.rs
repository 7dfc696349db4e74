//! What is posted: an event as a JSON object. Its form is an interface; a snapshot test keeps it.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::env::Timestamp;
use crate::party::{Actor, TenantId};
use crate::relay::OutgoingEvent;
use crate::ticket::{Event, EventId, TicketId, Version};

/// The name of the form.
pub const SCHEMA: &str = "helpdesk/event/1";
/// The kind of an event that only tries an endpoint.
pub const PING: &str = "ping";

/// An event as it is posted. Receivers leave alone what they do not know: fields and kinds may come.
///
/// ```
/// use helpdesk_core::ticket::Event;
/// use helpdesk_core::webhook::Payload;
/// let body = r#"{"schema":"helpdesk/event/1","id":"0190b3c5-1a2b-7000-8000-000000000001","tenant":"acme",
///     "ticket":"0190b3c5-1a2b-7000-8000-000000000002","seq":2,"version":2,"at":"2026-11-02T09:00:00Z",
///     "actor":"agent:anna","kind":"assigned","data":{"agent":"anna"}}"#;
/// let payload: Payload = serde_json::from_str(body).unwrap();
/// assert!(matches!(payload.event(), Event::Assigned { agent: Some(_) }));
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payload {
    /// [`SCHEMA`].
    pub schema: String,
    /// The event's id: what a redelivery is told by.
    pub id: EventId,
    /// Whose.
    pub tenant: TenantId,
    /// Of which ticket; none for a ping.
    pub ticket: Option<TicketId>,
    /// Its place in the ticket's history, from 1; 0 for a ping.
    pub seq: u64,
    /// The ticket's version after it; 0 for a ping.
    pub version: Version,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it.
    pub actor: Actor,
    /// What happened.
    pub kind: String,
    /// What there is to say about it: ids and values, no texts.
    pub data: Value,
}

impl Payload {
    /// The payload of an event.
    pub fn of(event: &OutgoingEvent) -> Self {
        let record = &event.record;
        let data =
            serde_json::to_value(&record.event).ok().and_then(|mut value| value.get_mut("data").map(Value::take));
        Self {
            schema: SCHEMA.to_owned(),
            id: record.id,
            tenant: event.tenant.clone(),
            ticket: Some(event.ticket),
            seq: record.seq,
            version: record.version,
            at: record.at,
            actor: record.actor.clone(),
            kind: record.event.name().to_owned(),
            data: data.unwrap_or_default(),
        }
    }

    /// A payload that only tries an endpoint.
    pub(super) fn ping(id: EventId, tenant: TenantId, at: Timestamp, actor: Actor) -> Self {
        let (schema, kind) = (SCHEMA.to_owned(), PING.to_owned());
        let data = Value::Object(serde_json::Map::new());
        Self { schema, id, tenant, ticket: None, seq: 0, version: Version::NONE, at, actor, kind, data }
    }

    /// The event as data; [`Event::Unknown`] if it is of a kind that this code does not know.
    pub fn event(&self) -> Event {
        let value = serde_json::json!({ "kind": self.kind, "data": self.data });
        serde_json::from_value(value.clone()).unwrap_or(Event::Unknown(value))
    }

    /// The bytes that are posted and signed.
    pub(super) fn bytes(&self) -> Vec<u8> {
        // Ids, instants and values that were JSON: there is nothing in it that could not be written.
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ticket::{EventRecord, StatusKey};

    fn outgoing(event: Event) -> OutgoingEvent {
        let record = EventRecord {
            id: EventId(uuid::Uuid::from_u128(1)),
            seq: 3,
            version: Version(2),
            at: "2026-11-02T09:00:00.25Z".parse().unwrap(),
            actor: "agent:anna".parse().unwrap(),
            event,
        };
        let (tenant, ticket) = (TenantId::new("acme").unwrap(), TicketId(uuid::Uuid::from_u128(2)));
        OutgoingEvent::new(tenant, ticket, record, 1)
    }

    #[test]
    fn the_form_does_not_change() {
        let merged = Event::Merged { into: TicketId(uuid::Uuid::from_u128(9)), prior: StatusKey::new("open").unwrap() };
        let body = String::from_utf8(Payload::of(&outgoing(merged)).bytes()).unwrap();
        assert_eq!(
            body,
            "{\"schema\":\"helpdesk/event/1\",\"id\":\"00000000-0000-0000-0000-000000000001\",\"tenant\":\"acme\",\
             \"ticket\":\"00000000-0000-0000-0000-000000000002\",\"seq\":3,\"version\":2,\
             \"at\":\"2026-11-02T09:00:00.250Z\",\"actor\":\"agent:anna\",\"kind\":\"merged\",\
             \"data\":{\"into\":\"00000000-0000-0000-0000-000000000009\",\"prior\":\"open\"}}"
        );
        let (id, tenant) = (EventId(uuid::Uuid::from_u128(4)), TenantId::new("acme").unwrap());
        let ping = Payload::ping(id, tenant, "2026-11-02T09:00:00Z".parse().unwrap(), Actor::System);
        assert_eq!(
            String::from_utf8(ping.bytes()).unwrap(),
            "{\"schema\":\"helpdesk/event/1\",\"id\":\"00000000-0000-0000-0000-000000000004\",\"tenant\":\"acme\",\
             \"ticket\":null,\"seq\":0,\"version\":0,\"at\":\"2026-11-02T09:00:00Z\",\"actor\":\"system\",\
             \"kind\":\"ping\",\"data\":{}}"
        );
    }

    #[test]
    fn a_receiver_reads_what_was_sent() {
        let unknown = json!({ "kind": "teleported", "data": { "to": "mars" } });
        for event in [Event::SubjectChanged {}, Event::Assigned { agent: None }, Event::Unknown(unknown)] {
            let payload = Payload::of(&outgoing(event.clone()));
            let read: Payload = serde_json::from_slice(&payload.bytes()).unwrap();
            assert_eq!(read, payload);
            assert_eq!(read.event(), event);
        }
    }
}
