//! What an administrator can do besides everything an agent can: settings, the small catalogues, contacts.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::contacts::{ContactChange, address_key, contact_key};
use super::context::{Who, decode, encode};
use super::{AgentDesk, Error, Helpdesk};
use crate::access::Action;
use crate::party::{
    Actor, Agent, AgentId, Category, Contact, ContactId, Organization, Requester, Role, Team, TenantId,
};
use crate::settings::Settings;
use crate::store::{Commit, CommitOutcome, Conflict, Expected, RecordKey, RecordKind, RecordWrite};
use crate::text::{Invalid, Problem, line};
use crate::ticket::{Rejection, Version};

/// An administrator's handle. The host vouches that she is one.
#[derive(Debug, Clone)]
pub struct AdminDesk {
    pub(super) desk: Helpdesk,
    pub(super) tenant: TenantId,
    pub(super) id: AgentId,
}

/// A small catalogue kept as records: agents, teams, organisations, categories.
pub trait Catalogued: Serialize + DeserializeOwned + Send + Sync {
    /// The sort of record.
    const KIND: RecordKind;
    /// The word for it in errors.
    const WHAT: &'static str;
    /// The key.
    fn key(&self) -> &str;
    /// The name that people see.
    fn name(&self) -> Option<&str>;
}

/// How many records are fetched at a time when all are wanted.
const CATALOGUE_PAGE: usize = 500;
/// How often a write is tried anew when others write at the same time.
const ATTEMPTS: usize = 8;

impl AdminDesk {
    pub(super) fn new(desk: Helpdesk, tenant: TenantId, id: AgentId) -> Self {
        Self { desk, tenant, id }
    }

    /// The same person's handle for work on tickets, with all rights.
    pub fn agent(&self) -> AgentDesk {
        AgentDesk::new(self.desk.clone(), self.tenant.clone(), self.who())
    }

    pub(super) fn who(&self) -> Who {
        Who::Agent { id: self.id.clone(), role: Some(Role::Admin) }
    }

    /// The tenant's settings with their version; the defaults at version 0 if none were stored.
    ///
    /// # Errors
    /// If the store fails or what stands there cannot be read.
    pub async fn settings(&self) -> Result<(Settings, Version), Error> {
        match self.desk.inner.store.record(&self.tenant, &RecordKey::settings()).await? {
            Some(record) => Ok((decode(record.clone())?, record.version)),
            None => Ok((Settings::default(), Version::NONE)),
        }
    }

    /// Puts new settings in the place of those at `seen`. They hold for every decision from now on.
    ///
    /// # Errors
    /// `Invalid` naming the part; `Conflict` if others changed them since.
    pub async fn set_settings(&self, settings: &Settings, seen: Version) -> Result<Version, Error> {
        settings.check(self.desk.limits())?;
        let value = Some(encode(settings)?);
        self.write(vec![RecordWrite { key: RecordKey::settings(), expected: Expected::now(seen), value }]).await?;
        Ok(seen.next())
    }

    /// Makes the tenant with these settings, if it has none; says whether it did.
    ///
    /// # Errors
    /// `Invalid` naming the part of the settings.
    pub async fn init(&self, settings: &Settings) -> Result<bool, Error> {
        if self.settings().await?.1 != Version::NONE {
            return Ok(false);
        }
        match self.set_settings(settings, Version::NONE).await {
            Ok(_) => Ok(true),
            Err(Error::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Adds an entry, or puts it in the place of the one with its key.
    ///
    /// # Errors
    /// If the name has a line break or is too long, or others keep changing it.
    pub async fn put<T: Catalogued>(&self, entry: &T) -> Result<(), Error> {
        self.check_name(entry)?;
        let key = RecordKey::new(T::KIND, entry.key());
        self.replace(key, Some(encode(entry)?)).await.map(drop)
    }

    /// Adds an entry that is not there yet.
    ///
    /// # Errors
    /// `Invalid` if its key is taken, or the name has a line break or is too long.
    pub async fn add<T: Catalogued>(&self, entry: &T) -> Result<(), Error> {
        self.check_name(entry)?;
        let key = RecordKey::new(T::KIND, entry.key());
        let write = RecordWrite { key, expected: Expected::Absent, value: Some(encode(entry)?) };
        match self.write(vec![write]).await {
            Err(Error::Conflict { .. }) => Err(Invalid::new("id", Problem::Duplicate).into()),
            other => other,
        }
    }

    /// Changes an entry as it stands; tried anew if others change it at the same time.
    ///
    /// # Errors
    /// `NotFound` if it is not there; otherwise as [`AdminDesk::put`].
    pub async fn edit<T: Catalogued>(&self, key: &str, change: impl Fn(&mut T) + Send) -> Result<T, Error> {
        let key = RecordKey::new(T::KIND, key);
        for _ in 0..ATTEMPTS {
            let found = self.desk.inner.store.record(&self.tenant, &key).await?;
            let found = found.ok_or(Error::NotFound { what: T::WHAT })?;
            let expected = Expected::At(found.version);
            let mut entry: T = decode(found)?;
            change(&mut entry);
            self.check_name(&entry)?;
            let write = RecordWrite { key: key.clone(), expected, value: Some(encode(&entry)?) };
            match self.write(vec![write]).await {
                Err(Error::Conflict { .. }) => {}
                other => return other.map(|()| entry),
            }
        }
        Err(Error::Contended)
    }

    /// Takes an entry away. Tickets keep its id.
    ///
    /// # Errors
    /// `NotFound` if it is not there.
    pub async fn remove<T: Catalogued>(&self, key: &str) -> Result<(), Error> {
        let was_there = self.replace(RecordKey::new(T::KIND, key), None).await?;
        if was_there { Ok(()) } else { Err(Error::NotFound { what: T::WHAT }) }
    }

    fn check_name<T: Catalogued>(&self, entry: &T) -> Result<(), Error> {
        if let Some(name) = entry.name() {
            line("name", name, self.desk.limits().name_chars)?;
        }
        Ok(())
    }

    async fn replace(&self, key: RecordKey, value: Option<serde_json::Value>) -> Result<bool, Error> {
        for _ in 0..ATTEMPTS {
            let found = self.desk.inner.store.record(&self.tenant, &key).await?;
            let version = found.map_or(Version::NONE, |record| record.version);
            if version == Version::NONE && value.is_none() {
                return Ok(false);
            }
            let write = RecordWrite { key: key.clone(), expected: Expected::now(version), value: value.clone() };
            match self.write(vec![write]).await {
                Err(Error::Conflict { .. }) => {}
                other => return other.map(|()| version != Version::NONE),
            }
        }
        Err(Error::Contended)
    }

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

    async fn write(&self, records: Vec<RecordWrite>) -> Result<(), Error> {
        let context = self.desk.bare_context(&self.tenant, &self.who()).await?;
        self.desk.authorise(&context, Action::SettingsEdit, None)?;
        let mut commit = Commit::new(self.tenant.clone(), Actor::Agent(self.id.clone()), self.desk.now());
        let expected = records.first().map_or(Version::NONE, |write| write.expected.version());
        commit.records = records;
        match self.desk.inner.store.commit(commit).await? {
            CommitOutcome::Applied(_) => Ok(()),
            CommitOutcome::Conflict(Conflict::Record { found, .. }) => {
                Err(Error::Conflict { expected, found, between: Vec::new() })
            }
            _ => Err(Error::Contended),
        }
    }
}

impl AgentDesk {
    /// The administrator's handle of the same person, if she may edit settings.
    ///
    /// # Errors
    /// `Forbidden` if she may not; [`Rejection::AgentOnly`] for the desk itself.
    pub async fn admin(&self) -> Result<AdminDesk, Error> {
        let Some(id) = self.id() else { return Err(Rejection::AgentOnly.into()) };
        let context = self.desk.bare_context(&self.tenant, &self.who).await?;
        self.desk.authorise(&context, Action::SettingsEdit, None)?;
        Ok(AdminDesk::new(self.desk.clone(), self.tenant.clone(), id.clone()))
    }

    /// Entries of a catalogue by rising key after `after`, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn entries_after<T: Catalogued>(&self, after: Option<&str>, limit: usize) -> Result<Vec<T>, Error> {
        self.may_read::<T>().await?;
        let records = self.desk.inner.store.records(&self.tenant, T::KIND, after, limit).await?;
        Ok(records.into_iter().map(decode).collect::<Result<_, _>>()?)
    }

    /// An entry of a catalogue.
    ///
    /// # Errors
    /// `NotFound` if it is not there.
    pub async fn entry<T: Catalogued>(&self, key: &str) -> Result<T, Error> {
        self.may_read::<T>().await?;
        let record = self.desk.inner.store.record(&self.tenant, &RecordKey::new(T::KIND, key)).await?;
        Ok(decode(record.ok_or(Error::NotFound { what: T::WHAT })?)?)
    }

    /// All entries of a catalogue, by key.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn entries<T: Catalogued>(&self) -> Result<Vec<T>, Error> {
        self.may_read::<T>().await?;
        let mut entries: Vec<T> = Vec::new();
        loop {
            let after = entries.last().map(|entry| entry.key().to_owned());
            let store = &self.desk.inner.store;
            let page = store.records(&self.tenant, T::KIND, after.as_deref(), CATALOGUE_PAGE).await?;
            let last = page.len() < CATALOGUE_PAGE;
            for record in page {
                entries.push(decode(record)?);
            }
            if last {
                return Ok(entries);
            }
        }
    }

    /// A contact by id or address.
    ///
    /// # Errors
    /// `NotFound` if it is not there.
    pub async fn contact(&self, requester: &Requester) -> Result<Contact, Error> {
        self.may_read::<Contact>().await?;
        let found = self.desk.find_contact(&self.tenant, requester).await?;
        Ok(found.ok_or(Error::NotFound { what: "contact" })?.contact)
    }

    /// The tenant's settings, for labels and choices.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn tenant_settings(&self) -> Result<std::sync::Arc<Settings>, Error> {
        Ok(self.desk.bare_context(&self.tenant, &self.who).await?.settings)
    }

    async fn may_read<T: Catalogued>(&self) -> Result<(), Error> {
        let context = self.desk.bare_context(&self.tenant, &self.who).await?;
        let action = if T::KIND == RecordKind::Contact { Action::ContactRead } else { Action::SettingsRead };
        self.desk.authorise(&context, action, None)
    }
}

/// Makes a type a catalogue.
macro_rules! catalogued {
    ($type:ty, $kind:ident, $what:literal, |$it:ident| $name:expr) => {
        impl Catalogued for $type {
            const KIND: RecordKind = RecordKind::$kind;
            const WHAT: &'static str = $what;
            fn key(&self) -> &str {
                self.id.as_str()
            }
            fn name(&self) -> Option<&str> {
                let $it = self;
                $name
            }
        }
    };
}

catalogued!(Agent, Agent, "agent", |agent| agent.name.as_deref());
catalogued!(Team, Team, "team", |team| Some(&team.name));
catalogued!(Organization, Organization, "organization", |organization| Some(&organization.name));
catalogued!(Category, Category, "category", |category| Some(&category.labels.en));
catalogued!(Contact, Contact, "contact", |contact| contact.name.as_deref());
