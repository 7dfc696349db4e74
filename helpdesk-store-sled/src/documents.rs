//! What stands under which key, read: tickets, locks, records, answers of keys. JSON, so that what a newer writer added
//! is carried on.

use helpdesk_core::env::{Timestamp, to_micros};
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::{IdempotencyKey, Record, RecordKey, RecordKind, Replay};
use helpdesk_core::ticket::{ExternalRef, LockSlot, NumberKey, Ticket, TicketId, Version};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::engine::Direction;
use super::error::Fault;
use super::layout::{Key, Parts, Space, Table};
use super::view::{View, number, parse, print};

/// What an idempotency key gave, and when.
#[derive(Serialize, Deserialize)]
pub(crate) struct UsedKey {
    pub(crate) at: Timestamp,
    pub(crate) fingerprint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) ticket: Option<TicketId>,
    #[serde(default)]
    pub(crate) version: Version,
}

pub(crate) fn ticket_key(tenant: &TenantId, ticket: TicketId) -> Key {
    Key::of_ticket(tenant, Table::Ticket, ticket)
}

pub(crate) fn number_key(tenant: &TenantId, number: &NumberKey) -> Key {
    Key::table(tenant, Table::Number).text(number.as_str())
}

pub(crate) fn external_key(tenant: &TenantId, external: &ExternalRef) -> Key {
    Key::table(tenant, Table::External).text(&external.source).text(&external.id)
}

pub(crate) fn record_key(tenant: &TenantId, key: &RecordKey) -> Key {
    records_key(tenant, key.kind).text(&key.key)
}

/// The beginning of all records of a kind.
pub(crate) fn records_key(tenant: &TenantId, kind: RecordKind) -> Key {
    Key::table(tenant, Table::Record).text(kind.as_str())
}

pub(crate) fn used_key(tenant: &TenantId, source: &str, key: &str) -> Key {
    Key::table(tenant, Table::Key).text(source).text(key)
}

/// Where a used key is found by its time.
pub(crate) fn key_time(tenant: &TenantId, at: Timestamp, source: &str, key: &str) -> Key {
    Key::space(Space::KeyTimes).int(to_micros(at)).text(tenant.as_str()).text(source).text(key)
}

pub(crate) fn lock_slot_key(tenant: &TenantId, ticket: TicketId) -> Key {
    Key::of_ticket(tenant, Table::Lock, ticket)
}

pub(crate) fn mark_key(tenant: &TenantId, ticket: TicketId, agent: &AgentId) -> Key {
    Key::of_ticket(tenant, Table::Mark, ticket).text(agent.as_str())
}

/// Where an agent's marks of live tickets, or of the others, begin.
pub(crate) fn marks_key(tenant: &TenantId, agent: &AgentId, live: bool) -> Key {
    Key::table(tenant, Table::MarkByAgent).text(agent.as_str()).byte(u8::from(live))
}

pub(crate) fn ticket(view: View<'_>, tenant: &TenantId, ticket: TicketId) -> Result<Option<Ticket>, Fault> {
    match view.value(&ticket_key(tenant, ticket))? {
        Some(value) => parse(&value, &format!("ticket {ticket}")).map(Some),
        None => Ok(None),
    }
}

pub(crate) fn lock(view: View<'_>, tenant: &TenantId, ticket: TicketId) -> Result<LockSlot, Fault> {
    Ok(view.doc(&lock_slot_key(tenant, ticket), "a lock")?.unwrap_or_default())
}

pub(crate) fn mark(view: View<'_>, tenant: &TenantId, ticket: TicketId, agent: Option<&AgentId>) -> Result<u32, Fault> {
    let Some(agent) = agent else { return Ok(0) };
    let value = view.value(&mark_key(tenant, ticket, agent))?;
    let position = value.map_or(Ok(0), |value| number(&value))?;
    Ok(u32::try_from(position).unwrap_or(u32::MAX))
}

pub(crate) fn record(view: View<'_>, tenant: &TenantId, key: &RecordKey) -> Result<Option<Record>, Fault> {
    view.value(&record_key(tenant, key))?.map(|value| read_record(key.clone(), &value)).transpose()
}

/// A record out of its value: the version comes first, so that it is known without reading the document.
pub(crate) fn read_record(key: RecordKey, value: &[u8]) -> Result<Record, Fault> {
    let (version, document) = versioned(value)?;
    Ok(Record { key, version, value: parse(document, "a record")? })
}

/// A record's value.
pub(crate) fn print_record(version: Version, value: &Value) -> Result<Vec<u8>, Fault> {
    Ok([&version.0.to_be_bytes()[..], &print(value)?].concat())
}

pub(crate) fn record_version(view: View<'_>, tenant: &TenantId, key: &RecordKey) -> Result<Version, Fault> {
    let value = view.value(&record_key(tenant, key))?;
    value.map_or(Ok(Version::NONE), |value| versioned(&value).map(|(version, _)| version))
}

fn versioned(value: &[u8]) -> Result<(Version, &[u8]), Fault> {
    let parts = value.split_first_chunk().ok_or_else(|| Fault::Damaged("a record has no version".to_owned()));
    parts.map(|(version, document)| (Version(u64::from_be_bytes(*version)), document))
}

/// What an idempotency key gave before, whatever it was used for.
pub(crate) fn replay(view: View<'_>, tenant: &TenantId, key: &IdempotencyKey) -> Result<Option<Replay>, Fault> {
    let used: Option<UsedKey> = view.doc(&used_key(tenant, &key.source, &key.key), "a used key")?;
    Ok(used.map(|UsedKey { fingerprint, ticket, version, .. }| Replay { fingerprint, ticket, version }))
}

/// The tenants that have tickets or records, each found by a step from the one before.
pub(crate) fn tenants(view: View<'_>) -> Result<Vec<TenantId>, Fault> {
    let all = Key::space(Space::Tenant);
    let mut range = all.range();
    let mut tenants = Vec::new();
    loop {
        let first = view.keys(&range, Direction::Rising).next().transpose()?;
        let Some(first) = first else { return Ok(tenants) };
        let tenant = Parts::behind(&all, &first)?.tenant()?;
        range.start = Key::tenant(&tenant).end();
        let has = |table| view.keys(&Key::table(&tenant, table).range(), Direction::Rising).next().is_some();
        if has(Table::Ticket) || has(Table::Record) {
            tenants.push(tenant);
        }
    }
}
