//! Looking after contacts: change, merge, erase.

use std::collections::BTreeSet;

use super::contacts::{ContactChange, address_key, contact_key};
use super::context::encode;
use super::{AdminDesk, Error, ListRequest, RecordDump};
use crate::party::{Contact, ContactId};
use crate::query::{Sort, TicketFilter};
use crate::store::{Expected, RecordKey, RecordKind, RecordWrite};
use crate::text::{Invalid, Problem, line};
use crate::ticket::Command;

/// How many records are fetched at a time when all are wanted.
const RECORDS_PAGE: usize = 500;

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

    /// Erases a contact: names and addresses, its own and of those merged into it, and what is personal of their
    /// tickets. Histories and figures stay. Says how many tickets were erased. It can be called again after it was
    /// interrupted. Its cost follows the number of contacts.
    ///
    /// # Errors
    /// `NotFound` if it is not there.
    pub async fn erase_contact(&self, id: &ContactId) -> Result<usize, Error> {
        let found = self.desk.contact(&self.tenant, id.clone()).await?.ok_or(Error::NotFound { what: "contact" })?;
        let persons = self.merged_into(found.contact.id).await?;
        let mut erased = 0;
        for person in &persons {
            erased += self.erase_tickets(person).await?;
        }
        for address in self.records_of(RecordKind::ContactAddress).await? {
            let RecordDump { key, value, .. } = address;
            if persons.iter().any(|person| value.as_str() == Some(person.as_str())) {
                self.rewrite(RecordKey::new(RecordKind::ContactAddress, key), None).await?;
            }
        }
        for id in persons {
            let key = contact_key(&id);
            let blank = Contact { id, name: None, email: None, organization: None, merged_into: None };
            self.rewrite(key, Some(encode(&blank)?)).await?;
        }
        Ok(erased)
    }

    /// The contact, and all that were merged into it, one after the other.
    async fn merged_into(&self, id: ContactId) -> Result<BTreeSet<ContactId>, Error> {
        let all: Vec<Contact> = self.agent().entries().await?;
        let mut persons = BTreeSet::from([id]);
        loop {
            let more =
                all.iter().filter(|contact| contact.merged_into.as_ref().is_some_and(|into| persons.contains(into)));
            let more: Vec<ContactId> =
                more.map(|contact| contact.id.clone()).filter(|id| !persons.contains(id)).collect();
            if more.is_empty() {
                return Ok(persons);
            }
            persons.extend(more);
        }
    }

    async fn erase_tickets(&self, contact: &ContactId) -> Result<usize, Error> {
        let agent = self.agent();
        let filter = TicketFilter { requester: Some(contact.clone()), ..TicketFilter::default() };
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
                return Ok(erased);
            }
        }
    }

    async fn records_of(&self, kind: RecordKind) -> Result<Vec<RecordDump>, Error> {
        let mut records: Vec<RecordDump> = Vec::new();
        loop {
            let after = records.last().map(|record| record.key.clone());
            let page = self.dump_records(kind, after.as_deref(), RECORDS_PAGE).await?;
            let last = page.len() < RECORDS_PAGE;
            records.extend(page);
            if last {
                return Ok(records);
            }
        }
    }

    async fn rewrite(&self, key: RecordKey, value: Option<serde_json::Value>) -> Result<(), Error> {
        let Some(record) = self.desk.inner.store.record(&self.tenant, &key).await? else { return Ok(()) };
        self.write(vec![RecordWrite { key, expected: Expected::At(record.version), value }]).await
    }
}
