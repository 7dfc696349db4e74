//! Looking for values that cannot be read: everything that stands under a key is opened against its checksum and
//! parsed as what it should be. How values belong together is looked at in `verify`.

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Damage, Finding, RecordKey, RecordKind};
use helpdesk_core::ticket::{EventRecord, LockSlot, Message, Ticket};
use serde_json::Value;

use super::cell;
use super::documents::{UsedKey, read_record};
use super::engine::{Bytes, Direction};
use super::error::Fault;
use super::layout::{Key, Parts, Space, Table};
use super::outbox::Row;
use super::view::{View, id, number, parse};

/// The tables of a tenant that have values, what a finding calls them, and whether a ticket's id leads their keys.
pub(crate) const TABLES: [(Table, &str, bool); 12] = [
    (Table::Ticket, "ticket", true),
    (Table::Lock, "lock", true),
    (Table::Message, "message", true),
    (Table::Event, "event", true),
    (Table::Revision, "revision", true),
    (Table::Mark, "mark", true),
    (Table::Number, "number", false),
    (Table::Drawn, "drawn", false),
    (Table::External, "external", false),
    (Table::Record, "record", false),
    (Table::Key, "key", false),
    (Table::Counter, "counter", false),
];

/// Looks at all values of a tenant.
pub(crate) fn of_tenant(view: View<'_>, tenant: &TenantId, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    for (table, name, of_ticket) in TABLES {
        let prefix = Key::table(tenant, table);
        let mut last = None;
        for pair in view.0.range(&prefix.range().start, &prefix.end(), Direction::Rising) {
            let (key, head) = pair?;
            if reads(view, &prefix.like(key.clone()), &head, |value| read(table, value))? {
                continue;
            }
            let place = match Parts::behind(&prefix, &key)?.ticket() {
                Ok(ticket) if table == Table::Ticket => format!("{tenant}: ticket {ticket}"),
                Ok(ticket) if of_ticket => format!("{tenant}: {name} of ticket {ticket}"),
                _ => format!("{tenant}: {name}"),
            };
            if last.as_ref() != Some(&place) {
                findings.push(Finding { place: place.clone(), damage: Damage::Unreadable });
                last = Some(place);
            }
        }
    }
    Ok(())
}

/// Looks at what belongs to no tenant.
pub(crate) fn of_store(view: View<'_>, findings: &mut Vec<Finding>) -> Result<(), Fault> {
    for (space, name) in [(Space::Store, "store"), (Space::Outbox, "outbox"), (Space::OutboxPlaces, "outbox by place")]
    {
        let prefix = Key::space(space);
        for pair in view.0.range(&prefix.range().start, &prefix.end(), Direction::Rising) {
            let (key, head) = pair?;
            let read = |value: &[u8]| match space {
                Space::Store => number(value).map(drop),
                Space::Outbox => parse::<Row>(value, name).map(drop),
                _ => Ok(()),
            };
            if !reads(view, &prefix.like(key), &head, read)? {
                findings.push(Finding { place: name.to_owned(), damage: Damage::Unreadable });
                break;
            }
        }
    }
    Ok(())
}

/// Whether a value can be read. Faults of the engine go on.
fn reads(view: View<'_>, key: &Key, head: &[u8], read: impl Fn(&[u8]) -> Result<(), Fault>) -> Result<bool, Fault> {
    let value: Result<Bytes, Fault> = cell::open(key, head, |piece| view.0.get(piece));
    match value.and_then(|value| read(&value)) {
        Ok(()) => Ok(true),
        Err(Fault::Damaged(_)) => Ok(false),
        Err(fault) => Err(fault),
    }
}

fn read(table: Table, value: &[u8]) -> Result<(), Fault> {
    match table {
        Table::Ticket => parse::<Ticket>(value, "").map(drop),
        Table::Lock => parse::<LockSlot>(value, "").map(drop),
        Table::Message => parse::<Message>(value, "").map(drop),
        Table::Event => parse::<EventRecord>(value, "").map(drop),
        Table::Revision => parse::<Value>(value, "").map(drop),
        Table::Number | Table::External => id(value).map(drop),
        Table::Record => read_record(RecordKey::new(RecordKind::Settings, ""), value).map(drop),
        Table::Key => parse::<UsedKey>(value, "").map(drop),
        Table::Mark | Table::Drawn | Table::Counter => number(value).map(drop),
        Table::MarkByAgent | Table::Index => Ok(()),
    }
}
