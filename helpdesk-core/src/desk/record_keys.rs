//! The names of the records that calls rest on.

use crate::party::{AgentId, ContactId, EmailAddress};
use crate::store::{RecordKey, RecordKind};

pub(super) fn agent_key(id: &AgentId) -> RecordKey {
    RecordKey::new(RecordKind::Agent, id.as_str())
}

pub(super) fn contact_key(id: &ContactId) -> RecordKey {
    RecordKey::new(RecordKind::Contact, id.as_str())
}

pub(super) fn address_key(address: &EmailAddress) -> RecordKey {
    RecordKey::new(RecordKind::ContactAddress, address.as_str())
}
