//! The small catalogues: agents, teams, organisations, categories and contacts, read by agents, kept by administrators.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::context::{decode, encode};
use super::{AdminDesk, AgentDesk, Error};
use crate::access::Action;
use crate::party::{Agent, Category, Contact, Organization, Requester, Team};
use crate::settings::Settings;
use crate::store::{Expected, RecordKey, RecordKind, RecordWrite};
use crate::text::{Invalid, Problem, line};
use crate::ticket::Version;

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
}

impl AgentDesk {
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
