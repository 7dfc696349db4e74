//! Who asks: finding the contact that a caller means, making one that is not there yet, and looking after contacts.

use super::authors::name_authors;
use super::foreseen::Foreseen;
use super::record_keys::{address_key, contact_key};
use super::stored::{decode, encode};
use super::{Desk, Error, Versioned};
use crate::env::Timestamp;
use crate::party::{Contact, ContactId, EmailAddress, Requester, TenantId};
use crate::store::{Commit, Expected, Guard, RecordKey, RecordWrite};
use crate::text::line;
use crate::ticket::{Command, RequesterCard, Version};

/// How often a merged contact is followed to the one it went into.
const MERGE_HOPS: usize = 10;

impl Desk<'_> {
    /// The contact that `requester` means, if there is one.
    pub(super) async fn find_contact(
        &self,
        tenant: &TenantId,
        requester: &Requester,
    ) -> Result<Option<Versioned<Contact>>, Error> {
        let nothing = Foreseen::default();
        let id = match (&requester.id, &requester.email) {
            (Some(id), _) => Some(id.clone()),
            (None, Some(address)) => self.contact_of_address(tenant, address, &nothing).await?,
            (None, None) => None,
        };
        match id {
            Some(id) => self.contact(tenant, id, &nothing).await,
            None => Ok(None),
        }
    }

    /// A contact by id, followed to the one it was merged into.
    pub(super) async fn contact(
        &self,
        tenant: &TenantId,
        mut id: ContactId,
        foreseen: &Foreseen,
    ) -> Result<Option<Versioned<Contact>>, Error> {
        for _ in 0..MERGE_HOPS {
            let Some(record) = self.record(tenant, &contact_key(&id), foreseen).await? else { return Ok(None) };
            let version = record.version;
            let contact: Contact = decode(record)?;
            match &contact.merged_into {
                Some(next) => id = next.clone(),
                None => return Ok(Some(Versioned { value: contact, version })),
            }
        }
        Ok(None)
    }

    pub(super) async fn contact_of_address(
        &self,
        tenant: &TenantId,
        address: &EmailAddress,
        foreseen: &Foreseen,
    ) -> Result<Option<ContactId>, Error> {
        Ok(self.record(tenant, &address_key(address), foreseen).await?.map(decode).transpose()?)
    }

    /// Puts who asks into the command that opens a ticket, and into `commit` the contact that is not there yet.
    pub(super) async fn with_requester(
        &self,
        commit: &mut Commit,
        requester: &Requester,
        mut commands: Vec<Command>,
        foreseen: &Foreseen,
        now: Timestamp,
    ) -> Result<Vec<Command>, Error> {
        if requester.is_empty() {
            return Ok(commands);
        }
        let contact = self.contact_for(commit, requester, foreseen, now).await?;
        name_authors(&mut commands, &contact.id);
        for command in &mut commands {
            if let Command::Open(open) = command {
                open.card = RequesterCard { name: contact.name.clone(), email: contact.email.clone() };
                open.organization = open.organization.take().or_else(|| contact.organization.clone());
                open.requester = Some(contact.id.clone());
            }
        }
        Ok(commands)
    }

    /// The contact, made in `commit` if it is not there.
    pub(super) async fn contact_for(
        &self,
        commit: &mut Commit,
        requester: &Requester,
        foreseen: &Foreseen,
        now: Timestamp,
    ) -> Result<Contact, Error> {
        let name = requester.name.as_deref();
        let name = name.map(|name| line("requester.name", name, self.limits().name_chars)).transpose()?;
        let tenant = commit.tenant.clone();
        let known = match &requester.email {
            Some(address) => {
                let record = self.record(&tenant, &address_key(address), foreseen).await?;
                guard(commit, address_key(address), record.as_ref().map(|record| record.version));
                record.map(decode::<ContactId>).transpose()?
            }
            None => None,
        };
        let taken = known.is_some();
        if let Some(id) = requester.id.as_ref().or(known.as_ref())
            && let Some(Versioned { value, version }) = self.contact(&tenant, id.clone(), foreseen).await?
        {
            guard(commit, contact_key(&value.id), Some(version));
            return Ok(Contact { name: name.or(value.name), email: requester.email.clone().or(value.email), ..value });
        }
        let id = match requester.id.clone().or(known) {
            Some(id) => id,
            None => ContactId::new(self.fresh_id(now).to_string())?,
        };
        make(commit, Contact { name, ..blank(id, requester) }, taken)
    }
}

/// What was found must still stand when the ticket is opened.
fn guard(commit: &mut Commit, key: RecordKey, version: Option<Version>) {
    let guard = Guard { key, expected: Expected::now(version.unwrap_or_default()) };
    if !commit.guards.contains(&guard) {
        commit.guards.push(guard);
    }
}

pub(super) fn blank(id: ContactId, requester: &Requester) -> Contact {
    Contact { id, name: None, email: requester.email.clone(), organization: None, merged_into: None }
}

fn make(commit: &mut Commit, contact: Contact, address_taken: bool) -> Result<Contact, Error> {
    let write = |key, value| RecordWrite { key, expected: Expected::Absent, value: Some(value) };
    commit.records.push(write(contact_key(&contact.id), encode(&contact)?));
    if let Some(address) = contact.email.as_ref().filter(|_| !address_taken) {
        commit.records.push(write(address_key(address), encode(&contact.id)?));
    }
    Ok(contact)
}
