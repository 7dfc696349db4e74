//! Records: settings, agents, teams, contacts and whatever else is a value under a key. Written through commits.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::StoreError;
use crate::party::TenantId;
use crate::ticket::Version;

/// The sort of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum RecordKind {
    /// The tenant's settings; its one key is `desk`.
    Settings,
    /// An agent, by id.
    Agent,
    /// A team, by id.
    Team,
    /// An organisation, by id.
    Organization,
    /// A category, by id.
    Category,
    /// A contact, by id.
    Contact,
    /// Which contact an address is, by address.
    ContactAddress,
    /// How far a long job of the desk is, by the job's name.
    Job,
    /// How often an event that waits in the outbox was tried, by the event's id. Only for those that were tried in vain.
    Retry,
    /// An event that could not be told and was given up, by the event's id.
    DeadLetter,
    /// A dead letter that was dropped, by the event's id.
    DroppedLetter,
    /// Where events are posted to, by the endpoint's id.
    Webhook,
}

impl RecordKind {
    /// Every kind.
    pub const ALL: [Self; 12] = [
        Self::Settings,
        Self::Agent,
        Self::Team,
        Self::Organization,
        Self::Category,
        Self::Contact,
        Self::ContactAddress,
        Self::Job,
        Self::Retry,
        Self::DeadLetter,
        Self::DroppedLetter,
        Self::Webhook,
    ];

    /// The name on the wire and in stores.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Agent => "agent",
            Self::Team => "team",
            Self::Organization => "organization",
            Self::Category => "category",
            Self::Contact => "contact",
            Self::ContactAddress => "contact_address",
            Self::Job => "job",
            Self::Retry => "retry",
            Self::DeadLetter => "dead_letter",
            Self::DroppedLetter => "dropped_letter",
            Self::Webhook => "webhook",
        }
    }

    /// Whether such records go along when a store is copied into another. How far jobs and deliveries are belongs to the
    /// store that they run on.
    pub fn is_copied(self) -> bool {
        !matches!(self, Self::Job | Self::Retry)
    }

    /// Whether such records stand in exports. An export is a file that is passed on: endpoints stay out of it with their
    /// secrets.
    pub fn is_exported(self) -> bool {
        self.is_copied() && self != Self::Webhook
    }
}

/// A record's name within its tenant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RecordKey {
    /// The sort.
    pub kind: RecordKind,
    /// The key: 1 to 254 bytes.
    pub key: String,
}

impl RecordKey {
    /// A name.
    pub fn new(kind: RecordKind, key: impl Into<String>) -> Self {
        Self { kind, key: key.into() }
    }

    /// The name of the tenant's settings.
    pub fn settings() -> Self {
        Self::new(RecordKind::Settings, "desk")
    }
}

/// A record as it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Its name.
    pub key: RecordKey,
    /// How many writes it has seen, from 1.
    pub version: Version,
    /// The value, opaque to backends.
    pub value: serde_json::Value,
}

/// A record to be written.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordWrite {
    /// Its name.
    pub key: RecordKey,
    /// How it must be.
    pub expected: Expected,
    /// The new value; `None` takes it away. One written again after that begins at version 1.
    pub value: Option<serde_json::Value>,
}

/// How something must be for an act to be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Expected {
    /// Not there.
    Absent,
    /// There, at this version.
    At(Version),
}

impl Expected {
    /// What stands at `version` now, 0 being nothing.
    pub fn now(version: Version) -> Self {
        if version == Version::NONE { Self::Absent } else { Self::At(version) }
    }

    /// The version it must have; 0 for nothing.
    pub fn version(self) -> Version {
        match self {
            Self::Absent => Version::NONE,
            Self::At(version) => version,
        }
    }
}

/// Reading records.
#[async_trait]
pub trait RecordStore: Send + Sync {
    /// A record; `None` if it is not there.
    async fn record(&self, tenant: &TenantId, key: &RecordKey) -> Result<Option<Record>, StoreError>;

    /// Records of a kind by rising key (bytewise) after `after`, at most `limit`.
    async fn records(
        &self,
        tenant: &TenantId,
        kind: RecordKind,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Record>, StoreError>;

    /// How many records of a kind there are. It may cost as much as reading their keys.
    async fn count_records(&self, tenant: &TenantId, kind: RecordKind) -> Result<u64, StoreError>;
}
