//! Looking after contacts: change, merge, erase.

use super::contacts::{ContactChange, address_key, contact_key};
use super::context::encode;
use super::{AdminDesk, Error, ListRequest};
use crate::party::{Contact, ContactId};
use crate::query::{Sort, TicketFilter};
use crate::store::{Expected, RecordWrite};
use crate::text::{Invalid, Problem, line};
use crate::ticket::Command;

impl AdminDesk {
    /// Changes a contact. Its tickets keep the name and the address that they came with.
    ///
    /// # Errors
    /// `NotFound` if it is not there; `Invalid` if the address is another contact's.
    pub async fn edit_contact(&self, id: &ContactId, change: ContactChange) -> Result<Contact, Error> {
        let found = self.desk.contact(&self.tenant, id.clone()).await?.ok_or(Error::NotFound { what: "contact" })?;
        let before = found.contact;
        let name = change.name.map(|name| line("name", &name, self.desk.limits().name_chars)).transpose()?;
        let after = Contact {
            name: name.or_else(|| before.name.clone()),
            email: change.email.or_else(|| before.email.clone()),
            organization: change.organization.or_else(|| before.organization.clone()),
            ..before.clone()
        };
        let expected = Expected::At(found.version);
        let mut writes = vec![RecordWrite { key: contact_key(&after.id), expected, value: Some(encode(&after)?) }];
        if let Some(address) = after.email.as_ref().filter(|address| before.email.as_ref() != Some(address)) {
            match self.desk.contact_of_address(&self.tenant, address).await? {
                Some(other) if other != after.id => return Err(Invalid::new("email", Problem::Duplicate).into()),
                Some(_) => {}
                None => {
                    let value = Some(encode(&after.id)?);
                    writes.push(RecordWrite { key: address_key(address), expected: Expected::Absent, value });
                }
            }
        }
        self.write(writes).await?;
        Ok(after)
    }

    /// Merges contact `source` into `target`: whoever is named by the source's id or address is the target from now on.
    /// Tickets keep the contact that they came with.
    ///
    /// # Errors
    /// `NotFound` if either is not there; `Invalid` if they are the same.
    pub async fn merge_contact(&self, source: &ContactId, target: &ContactId) -> Result<Contact, Error> {
        let missing = || Error::NotFound { what: "contact" };
        let from = self.desk.contact(&self.tenant, source.clone()).await?.ok_or_else(missing)?;
        let into = self.desk.contact(&self.tenant, target.clone()).await?.ok_or_else(missing)?;
        if from.contact.id == into.contact.id {
            return Err(Invalid::malformed("contact", "another contact than the one it is merged into").into());
        }
        let merged = Contact { merged_into: Some(into.contact.id.clone()), ..from.contact };
        let write = RecordWrite {
            key: contact_key(&merged.id),
            expected: Expected::At(from.version),
            value: Some(encode(&merged)?),
        };
        self.write(vec![write]).await?;
        Ok(into.contact)
    }

    /// Erases a contact: its name and address, and what is personal of its tickets. Histories and figures stay.
    /// Says how many tickets were erased. It can be called again after it was interrupted.
    ///
    /// # Errors
    /// `NotFound` if it is not there.
    pub async fn erase_contact(&self, id: &ContactId) -> Result<usize, Error> {
        let found = self.desk.contact(&self.tenant, id.clone()).await?.ok_or(Error::NotFound { what: "contact" })?;
        let agent = self.agent();
        let filter = TicketFilter { requester: Some(found.contact.id.clone()), ..TicketFilter::default() };
        let mut request = ListRequest { sort: Sort::Created, ..ListRequest::of(filter) };
        let mut erased = 0;
        loop {
            let page = agent.list(&request).await?;
            for row in page.rows.iter().filter(|row| !row.ticket.content.subject.is_empty()) {
                agent.command(row.ticket.id, Command::Erase).await?;
                erased += 1;
            }
            request.after = page.next;
            if request.after.is_none() {
                break;
            }
        }
        let Contact { id, email, .. } = found.contact;
        let blank = Contact { id, name: None, email: None, organization: None, merged_into: None };
        let expected = Expected::At(found.version);
        let mut writes = vec![RecordWrite { key: contact_key(&blank.id), expected, value: Some(encode(&blank)?) }];
        if let Some(key) = email.as_ref().map(address_key)
            && let Some(record) = self.desk.inner.store.record(&self.tenant, &key).await?
        {
            writes.push(RecordWrite { key, expected: Expected::At(record.version), value: None });
        }
        self.write(writes).await?;
        Ok(erased)
    }
}
