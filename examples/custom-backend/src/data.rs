//! Where everything stands: one table of rows under (tenant, table, key), each a JSON document, so that what a newer
//! version of the core adds is carried on. A ticket is one row with all that belongs to it.

use std::collections::BTreeMap;

use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::store::{HistoryEntry, Record, RecordKey, RecordKind, Replay};
use helpdesk_core::ticket::{EventRecord, ExternalRef, LockSlot, Message, Ticket, TicketId, Version};
use redb::{ReadOnlyTable, ReadableTable, Table, TableDefinition};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Whatever went wrong.
pub(crate) type Fault = Box<dyn std::error::Error + Send + Sync>;

/// Tenant, table, key.
type RowKey = (&'static str, &'static str, &'static str);

pub(crate) const ROWS: TableDefinition<'static, RowKey, &'static [u8]> = TableDefinition::new("helpdesk");

/// A ticket with everything that belongs to it.
#[derive(Serialize, Deserialize)]
pub(crate) struct File {
    pub(crate) ticket: Ticket,
    pub(crate) lock: LockSlot,
    pub(crate) marks: BTreeMap<AgentId, u32>,
    pub(crate) messages: Vec<Message>,
    /// Events with what personal values were before and after them.
    pub(crate) history: Vec<(EventRecord, Option<Value>)>,
}

/// What an idempotency key gave, and when.
#[derive(Serialize, Deserialize)]
pub(crate) struct Used {
    pub(crate) at: Timestamp,
    pub(crate) fingerprint: String,
    pub(crate) ticket: Option<TicketId>,
    pub(crate) version: Version,
}

impl File {
    pub(crate) fn new(ticket: Ticket) -> Self {
        let (lock, marks, messages, history) = Default::default();
        Self { ticket, lock, marks, messages, history }
    }

    pub(crate) fn mark(&self, agent: Option<&AgentId>) -> u32 {
        agent.and_then(|agent| self.marks.get(agent)).copied().unwrap_or_default()
    }

    /// Whether the ticket or one of its messages is known outside under this reference.
    pub(crate) fn has(&self, external: &ExternalRef) -> bool {
        self.ticket.external.contains(external)
            || self.messages.iter().any(|message| message.external.contains(external))
    }

    /// Puts an event at the end of the history and gives it its place there.
    pub(crate) fn append(&mut self, mut record: EventRecord, revision: Option<Value>) -> EventRecord {
        record.seq = self.history.last().map_or(0, |(last, _)| last.seq) + 1;
        self.history.push((record.clone(), revision));
        record
    }

    pub(crate) fn entries(self) -> impl Iterator<Item = HistoryEntry> {
        self.history.into_iter().map(|(record, revision)| HistoryEntry { record, revision })
    }
}

impl From<Used> for Replay {
    fn from(used: Used) -> Self {
        Self { fingerprint: used.fingerprint, ticket: used.ticket, version: used.version }
    }
}

/// The rows.
pub(crate) struct Rows<T>(pub(crate) T);
/// The rows of one moment.
pub(crate) type Reading = Rows<ReadOnlyTable<RowKey, &'static [u8]>>;
/// The rows, to be changed in one act.
pub(crate) type Writing<'t> = Rows<Table<'t, RowKey, &'static [u8]>>;

impl<T: ReadableTable<RowKey, &'static [u8]>> Rows<T> {
    /// The document under a key.
    pub(crate) fn get<D: DeserializeOwned>(&self, tenant: &str, table: &str, key: &str) -> Result<Option<D>, Fault> {
        let found = self.0.get((tenant, table, key)).map_err(redb::Error::from)?;
        Ok(found.map(|found| serde_json::from_slice(found.value())).transpose()?)
    }

    /// The documents of a table, by key.
    pub(crate) fn all<D: DeserializeOwned>(&self, tenant: &str, table: &str) -> Result<Vec<(String, D)>, Fault> {
        let mut all = Vec::new();
        for row in self.0.range((tenant, table, "")..).map_err(redb::Error::from)? {
            let (key, value) = row.map_err(redb::Error::from)?;
            let (of, within, key) = key.value();
            if (of, within) != (tenant, table) {
                break;
            }
            all.push((key.to_owned(), serde_json::from_slice(value.value())?));
        }
        Ok(all)
    }

    /// Every tenant that has anything. What belongs to none stands under the empty name.
    pub(crate) fn tenants(&self) -> Result<Vec<TenantId>, Fault> {
        let mut tenants: Vec<TenantId> = Vec::new();
        loop {
            // The first row behind everything of the last one: no name is the same with a zero byte at its end.
            let behind = tenants.last().map_or("\0".to_owned(), |last| format!("{last}\0"));
            let mut rest = self.0.range((behind.as_str(), "", "")..).map_err(redb::Error::from)?;
            let Some(first) = rest.next() else { return Ok(tenants) };
            tenants.push(TenantId::new(first.map_err(redb::Error::from)?.0.value().0)?);
        }
    }

    pub(crate) fn file(&self, tenant: &TenantId, ticket: TicketId) -> Result<Option<File>, Fault> {
        self.get(tenant.as_str(), "ticket", &ticket.to_string())
    }

    /// The tickets of a tenant, by rising id.
    pub(crate) fn files(&self, tenant: &TenantId) -> Result<BTreeMap<TicketId, File>, Fault> {
        let files = self.all::<File>(tenant.as_str(), "ticket")?.into_iter();
        Ok(files.map(|(_, file)| (file.ticket.id, file)).collect())
    }

    pub(crate) fn record(&self, tenant: &TenantId, key: &RecordKey) -> Result<Option<Record>, Fault> {
        let stored: Option<(Version, Value)> = self.get(tenant.as_str(), key.kind.as_str(), &key.key)?;
        Ok(stored.map(|(version, value)| Record { key: key.clone(), version, value }))
    }

    pub(crate) fn records(&self, tenant: &TenantId, kind: RecordKind) -> Result<impl Iterator<Item = Record>, Fault> {
        let all = self.all::<(Version, Value)>(tenant.as_str(), kind.as_str())?.into_iter();
        Ok(all.map(move |(key, (version, value))| Record { key: RecordKey::new(kind, key), version, value }))
    }

    pub(crate) fn record_version(&self, tenant: &TenantId, key: &RecordKey) -> Result<Version, Fault> {
        Ok(self.record(tenant, key)?.map_or(Version::NONE, |record| record.version))
    }
}

impl Writing<'_> {
    pub(crate) fn put<D: Serialize>(&mut self, tenant: &str, table: &str, key: &str, value: &D) -> Result<(), Fault> {
        let stored = self.0.insert((tenant, table, key), serde_json::to_vec(value)?.as_slice());
        Ok(stored.map(drop).map_err(redb::Error::from)?)
    }

    pub(crate) fn remove(&mut self, tenant: &str, table: &str, key: &str) -> Result<(), Fault> {
        Ok(self.0.remove((tenant, table, key)).map(drop).map_err(redb::Error::from)?)
    }

    pub(crate) fn put_file(&mut self, tenant: &TenantId, file: &File) -> Result<(), Fault> {
        self.put(tenant.as_str(), "ticket", &file.ticket.id.to_string(), file)
    }
}

/// The key of a pair of texts: the length of the first tells them apart.
pub(crate) fn pair(first: &str, second: &str) -> String {
    format!("{}:{first}{second}", first.len())
}
