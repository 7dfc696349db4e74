//! Looking after contacts: change, merge, erase.

use std::collections::BTreeSet;

use super::foreseen::Foreseen;
use super::record_keys::{address_key, contact_key};
use super::record_writer::{ATTEMPTS, RecordWriter};
use super::stored::encode;
use super::{AdminDesk, ContactChange, Error, ListRequest, Options, RecordAct, RecordDump, Versioned, Written};
use crate::party::{Contact, ContactId, Requester};
use crate::query::{Sort, TicketFilter};
use crate::store::{Expected, RecordKey, RecordKind, RecordWrite};
use crate::text::{Invalid, Problem, line};
use crate::ticket::{Command, Version};

/// How many records are fetched at a time when all are wanted.
const RECORDS_PAGE: usize = 500;

impl<'s> AdminDesk<'s> {
    /// Changes a contact. Its tickets keep the name and the address that they came with.
    ///
    /// # Errors
    /// When awaited: `NotFound` if it is not there; `Invalid` if the address is another contact's; `Conflict` if it is
    /// not at the version expected.
    pub fn edit_contact(&self, contact: impl Into<Requester>, change: ContactChange) -> RecordAct<'s, Contact> {
        let who = contact.into();
        RecordAct::new(self, async move |writer| writer.edit_contact(who, change).await)
    }

    /// Merges contact `source` into `target`: whoever is named by the source's id or address is the target from now on.
    /// Tickets keep the contact that they came with. Gives the target; a version that is expected is the source's.
    ///
    /// # Errors
    /// When awaited: `NotFound` if either is not there; `Invalid` if they are the same.
    pub fn merge_contact(&self, source: impl Into<Requester>, target: impl Into<Requester>) -> RecordAct<'s, Contact> {
        let (source, target) = (source.into(), target.into());
        RecordAct::new(self, async move |writer| writer.merge_contact(source, target).await)
    }

    /// Erases a contact: names and addresses, its own and of those merged into it, and what is personal of their
    /// tickets. Histories and figures stay. Gives how many tickets were erased. It can be called again after it was
    /// interrupted; its idempotency key is taken with the last step. Its cost follows the number of contacts.
    ///
    /// # Errors
    /// When awaited: `NotFound` if it is not there.
    pub fn erase_contact(&self, contact: impl Into<Requester>) -> RecordAct<'s, usize> {
        let who = contact.into();
        RecordAct::new(self, async move |writer| writer.erase_contact(who).await)
    }

    async fn contact_there(&self, who: &Requester) -> Result<Versioned<Contact>, Error> {
        self.desk.find_contact(&self.tenant, who).await?.ok_or(Error::NotFound { what: "contact" })
    }

    /// The contact, and all that were merged into it, one after the other.
    async fn merged_into(&self, id: ContactId) -> Result<BTreeSet<ContactId>, Error> {
        let all = self.agent().entries::<Contact>().await?.into_iter().map(|entry| entry.value).collect::<Vec<_>>();
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

    /// Erases the tickets of a contact, or only counts those that would be.
    async fn erase_tickets(&self, contact: &ContactId, dry_run: bool) -> Result<usize, Error> {
        let agent = self.agent();
        let filter = TicketFilter { requester: Some(contact.clone()), ..TicketFilter::default() };
        let mut request = ListRequest { sort: Sort::Created, ..ListRequest::of(filter) };
        let mut erased = 0;
        loop {
            let page = agent.list(&request).await?;
            for row in page.rows.iter().filter(|row| !row.ticket.content.subject.is_empty()) {
                if !dry_run {
                    agent.command(row.ticket.id, Command::Erase).await?;
                }
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
        let writer = RecordWriter { admin: self.clone(), options: Options::default() };
        for _ in 0..ATTEMPTS {
            let mut attempt = writer.begin(&(), std::slice::from_ref(&key)).await?;
            let Some(record) = attempt.found.pop().flatten() else { return Ok(()) };
            let write = RecordWrite { key: key.clone(), expected: Expected::At(record.version), value: value.clone() };
            if writer.settle(attempt, vec![write]).await? {
                return Ok(());
            }
        }
        Err(Error::Contended)
    }
}

impl RecordWriter<'_> {
    async fn edit_contact(self, who: Requester, change: ContactChange) -> Result<Written<Contact>, Error> {
        let AdminDesk { desk, tenant, .. } = &self.admin;
        let name = change.name.as_ref().map(|name| line("name", name, desk.limits().name_chars)).transpose()?;
        for _ in 0..ATTEMPTS {
            let attempt = self.begin(&("edit_contact", &who, &change), &[]).await?;
            let Versioned { value: before, version } = self.admin.contact_there(&who).await?;
            if attempt.replayed {
                return Ok(Self::replayed(before, version));
            }
            self.as_seen(version)?;
            let change = change.clone();
            let after = Contact {
                name: name.clone().or_else(|| before.name.clone()),
                email: change.email.or_else(|| before.email.clone()),
                organization: change.organization.or_else(|| before.organization.clone()),
                ..before.clone()
            };
            let value = Some(encode(&after)?);
            let mut writes = vec![RecordWrite { key: contact_key(&after.id), expected: Expected::At(version), value }];
            if let Some(address) = after.email.as_ref().filter(|address| before.email.as_ref() != Some(address)) {
                match desk.contact_of_address(tenant, address, &Foreseen::default()).await? {
                    Some(other) if other != after.id => return Err(Invalid::new("email", Problem::Duplicate).into()),
                    Some(_) => {}
                    None => {
                        let value = Some(encode(&after.id)?);
                        writes.push(RecordWrite { key: address_key(address), expected: Expected::Absent, value });
                    }
                }
            }
            if self.settle(attempt, writes).await? {
                return Ok(self.written(after, version.next()));
            }
        }
        Err(Error::Contended)
    }

    async fn merge_contact(self, source: Requester, target: Requester) -> Result<Written<Contact>, Error> {
        for _ in 0..ATTEMPTS {
            let attempt = self.begin(&("merge_contact", &source, &target), &[]).await?;
            let into = self.admin.contact_there(&target).await?;
            if attempt.replayed {
                return Ok(Self::replayed(into.value, into.version));
            }
            let from = self.admin.contact_there(&source).await?;
            self.as_seen(from.version)?;
            if from.value.id == into.value.id {
                return Err(Invalid::malformed("contact", "another contact than the one it is merged into").into());
            }
            let merged = Contact { merged_into: Some(into.value.id.clone()), ..from.value };
            let (key, expected) = (contact_key(&merged.id), Expected::At(from.version));
            if self.settle(attempt, vec![RecordWrite { key, expected, value: Some(encode(&merged)?) }]).await? {
                return Ok(self.written(into.value, into.version));
            }
        }
        Err(Error::Contended)
    }

    async fn erase_contact(self, who: Requester) -> Result<Written<usize>, Error> {
        let asked = ("erase_contact", &who);
        if self.begin(&asked, &[]).await?.replayed {
            return Ok(Self::replayed(0, Version::NONE));
        }
        let found = self.admin.contact_there(&who).await?;
        self.as_seen(found.version)?;
        let id = found.value.id;
        let persons = self.admin.merged_into(id.clone()).await?;
        let mut erased = 0;
        for person in &persons {
            erased += self.admin.erase_tickets(person, self.options.dry_run).await?;
        }
        if self.options.dry_run {
            return Ok(self.written(erased, found.version.next()));
        }
        for address in self.admin.records_of(RecordKind::ContactAddress).await? {
            let RecordDump { key, value, .. } = address;
            if persons.iter().any(|person| value.as_str() == Some(person.as_str())) {
                self.admin.rewrite(RecordKey::new(RecordKind::ContactAddress, key), None).await?;
            }
        }
        let blank = |id| Contact { id, name: None, email: None, organization: None, merged_into: None };
        for person in persons.into_iter().filter(|person| *person != id) {
            let key = contact_key(&person);
            self.admin.rewrite(key, Some(encode(&blank(person))?)).await?;
        }
        for _ in 0..ATTEMPTS {
            let attempt = self.begin(&asked, &[]).await?;
            let version = self.admin.contact_there(&Requester::from(&id)).await?.version;
            let (key, expected) = (contact_key(&id), Expected::At(version));
            let value = Some(encode(&blank(id.clone()))?);
            if attempt.replayed || self.settle(attempt, vec![RecordWrite { key, expected, value }]).await? {
                return Ok(self.written(erased, version.next()));
            }
        }
        Err(Error::Contended)
    }
}
