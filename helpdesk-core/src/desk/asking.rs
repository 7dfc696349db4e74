//! Which contact a requester's call comes from: found anew in every attempt, so that none decides with rights that
//! are gone meanwhile.

use super::contacts::blank;
use super::foreseen::Foreseen;
use super::record_keys::{address_key, contact_key};
use super::stored::decode;
use super::{Desk, Error};
use crate::access::Principal;
use crate::party::{Contact, ContactId, Requester, TenantId};
use crate::store::{Expected, Guard};
use crate::ticket::Version;

/// A contact who asks.
pub(super) struct Asking {
    contact: Contact,
    /// Whether the desk knows it already.
    known: bool,
}

/// What becomes of somebody whom the desk does not know yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Newcomers {
    /// They become a contact in the same act.
    Welcome,
    /// They see nothing.
    SeeNothing,
}

impl Asking {
    /// The contact as permissions see it.
    pub(super) fn principal(&self) -> Principal {
        Principal::Requester { contact: self.contact.id.clone(), organization: self.contact.organization.clone() }
    }

    /// The contact's id; of one who is not known yet the id that they get.
    pub(super) fn id(&self) -> &ContactId {
        &self.contact.id
    }

    /// Who opens a ticket: this contact, under the name that the call gives.
    pub(super) fn opener(&self, name: Option<String>) -> Requester {
        let email = self.contact.email.clone().filter(|_| !self.known);
        Requester { id: Some(self.contact.id.clone()), name, email }
    }
}

impl Desk<'_> {
    /// The contact that `requester` means now; into `guards` goes what must still stand for that at the commit.
    pub(super) async fn asking(
        &self,
        tenant: &TenantId,
        requester: &Requester,
        newcomers: Newcomers,
        foreseen: &Foreseen,
        guards: &mut Vec<Guard>,
    ) -> Result<Asking, Error> {
        let mut id = requester.id.clone();
        if let (None, Some(address)) = (&id, &requester.email) {
            let key = address_key(address);
            let record = self.record(tenant, &key, foreseen).await?;
            let version = record.as_ref().map_or(Version::NONE, |record| record.version);
            guards.push(Guard { key, expected: Expected::now(version) });
            id = record.map(decode).transpose()?;
        }
        let found = match &id {
            Some(id) => self.contact(tenant, id.clone(), foreseen).await?,
            None => None,
        };
        let (asking, version) = match (found, newcomers) {
            (Some(found), _) => (Asking { contact: found.value, known: true }, found.version),
            (None, Newcomers::SeeNothing) => return Err(Error::NotFound { what: "ticket" }),
            (None, Newcomers::Welcome) => {
                let id = match id {
                    Some(id) => id,
                    None => ContactId::new(self.fresh_id(self.now()).to_string())?,
                };
                (Asking { contact: blank(id, requester), known: false }, Version::NONE)
            }
        };
        guards.push(Guard { key: contact_key(asking.id()), expected: Expected::now(version) });
        Ok(asking)
    }
}
