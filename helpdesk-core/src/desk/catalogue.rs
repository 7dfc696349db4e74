//! The small catalogues: agents, teams, organisations, categories and contacts, read by agents, kept by administrators.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::record_writer::{ATTEMPTS, RecordWriter};
use super::stored::{decode, encode};
use super::{AdminDesk, AgentDesk, Editable, Error, RecordAct, Versioned, Written};
use crate::access::Action;
use crate::party::{Agent, Category, Contact, Organization, Requester, Team};
use crate::settings::Settings;
use crate::store::{Expected, Record, RecordKey, RecordKind, RecordWrite};
use crate::text::{Invalid, Problem, line};
use crate::ticket::Version;

/// A small catalogue kept as records: agents, teams, organisations, categories.
pub trait Catalogued: Serialize + DeserializeOwned + Clone + Send + Sync + 'static {
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

impl<'s> AdminDesk<'s> {
    /// Adds an entry, or puts it in the place of the one with its key.
    ///
    /// # Errors
    /// When awaited: `Invalid` if the name has a line break or is too long; `Conflict` if it is not at the version
    /// expected; `Contended` if others keep changing it.
    pub fn put<T: Catalogued>(&self, entry: &T) -> RecordAct<'s, T> {
        let entry = entry.clone();
        RecordAct::new(self, async move |writer| writer.put(entry).await)
    }

    /// Adds an entry that is not there yet.
    ///
    /// # Errors
    /// When awaited: `Invalid` if its key is taken, or the name has a line break or is too long.
    pub fn add<T: Catalogued>(&self, entry: &T) -> RecordAct<'s, T> {
        let entry = entry.clone();
        RecordAct::new(self, async move |writer| writer.add(entry).await)
    }

    /// Changes an entry as it stands.
    ///
    /// # Errors
    /// When awaited: `NotFound` if it is not there; otherwise as [`AdminDesk::put`].
    pub fn edit<T: Editable>(&self, key: &str, change: T::Change) -> RecordAct<'s, T> {
        let key = key.to_owned();
        RecordAct::new(self, async move |writer| writer.edit(&key, change).await)
    }

    /// Takes an entry away and gives it as it was; none if it was taken away before under the same idempotency key.
    /// Tickets keep its id.
    ///
    /// # Errors
    /// When awaited: `NotFound` if it is not there; `Conflict` if it is not at the version expected.
    pub fn remove<T: Catalogued>(&self, key: &str) -> RecordAct<'s, Option<T>> {
        let key = key.to_owned();
        RecordAct::new(self, async move |writer| writer.remove(&key).await)
    }
}

impl RecordWriter<'_> {
    async fn put<T: Catalogued>(self, entry: T) -> Result<Written<T>, Error> {
        self.check_name(&entry)?;
        self.replace(("put", T::KIND, encode(&entry)?), entry.key(), |_| Ok(entry.clone())).await
    }

    async fn add<T: Catalogued>(self, entry: T) -> Result<Written<T>, Error> {
        self.check_name(&entry)?;
        let asked = ("add", T::KIND, encode(&entry)?);
        self.replace(asked, entry.key(), |before| match before {
            None => Ok(entry.clone()),
            Some(_) => Err(Invalid::new("id", Problem::Duplicate).into()),
        })
        .await
    }

    async fn edit<T: Editable>(self, key: &str, change: T::Change) -> Result<Written<T>, Error> {
        self.replace(("edit", T::KIND, key, &change), key, |before: Option<T>| {
            let mut entry = before.ok_or(Error::NotFound { what: T::WHAT })?;
            entry.apply(change.clone());
            self.check_name(&entry)?;
            Ok(entry)
        })
        .await
    }

    /// Puts what `make` makes of the entry in its place.
    async fn replace<T: Catalogued>(
        &self,
        asked: impl Serialize + Sync,
        key: &str,
        make: impl Fn(Option<T>) -> Result<T, Error> + Sync,
    ) -> Result<Written<T>, Error> {
        let key = RecordKey::new(T::KIND, key);
        for _ in 0..ATTEMPTS {
            let mut attempt = self.begin(&asked, std::slice::from_ref(&key)).await?;
            let found = attempt.found.pop().flatten();
            let version = found.as_ref().map_or(Version::NONE, |record| record.version);
            let before: Option<T> = found.map(decode).transpose()?;
            if attempt.replayed {
                return Ok(Self::replayed(before.ok_or(Error::NotFound { what: T::WHAT })?, version));
            }
            self.as_seen(version)?;
            let entry = make(before)?;
            let write =
                RecordWrite { key: key.clone(), expected: Expected::now(version), value: Some(encode(&entry)?) };
            if self.settle(attempt, vec![write]).await? {
                return Ok(self.written(entry, version.next()));
            }
        }
        Err(Error::Contended)
    }

    async fn remove<T: Catalogued>(self, key: &str) -> Result<Written<Option<T>>, Error> {
        let key = RecordKey::new(T::KIND, key);
        for _ in 0..ATTEMPTS {
            let mut attempt = self.begin(&("remove", &key), std::slice::from_ref(&key)).await?;
            if attempt.replayed {
                return Ok(Self::replayed(None, Version::NONE));
            }
            let found = attempt.found.pop().flatten().ok_or(Error::NotFound { what: T::WHAT })?;
            let version = found.version;
            self.as_seen(version)?;
            let entry = decode(found)?;
            let write = RecordWrite { key: key.clone(), expected: Expected::At(version), value: None };
            if self.settle(attempt, vec![write]).await? {
                return Ok(self.written(Some(entry), version));
            }
        }
        Err(Error::Contended)
    }

    fn check_name<T: Catalogued>(&self, entry: &T) -> Result<(), Error> {
        if let Some(name) = entry.name() {
            line("name", name, self.admin.desk.limits().name_chars)?;
        }
        Ok(())
    }
}

impl AgentDesk<'_> {
    /// Entries of a catalogue by rising key after `after`, at most `limit`.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn entries_after<T: Catalogued>(
        &self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<Versioned<T>>, Error> {
        self.may_read::<T>().await?;
        let records = self.desk.inner.store.records(&self.tenant, T::KIND, after, limit).await?;
        records.into_iter().map(versioned).collect()
    }

    /// An entry of a catalogue.
    ///
    /// # Errors
    /// `NotFound` if it is not there.
    pub async fn entry<T: Catalogued>(&self, key: &str) -> Result<Versioned<T>, Error> {
        self.may_read::<T>().await?;
        let record = self.desk.inner.store.record(&self.tenant, &RecordKey::new(T::KIND, key)).await?;
        versioned(record.ok_or(Error::NotFound { what: T::WHAT })?)
    }

    /// All entries of a catalogue, by key.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn entries<T: Catalogued>(&self) -> Result<Vec<Versioned<T>>, Error> {
        self.may_read::<T>().await?;
        let mut entries: Vec<Versioned<T>> = Vec::new();
        loop {
            let after = entries.last().map(|entry| entry.value.key().to_owned());
            let store = &self.desk.inner.store;
            let page = store.records(&self.tenant, T::KIND, after.as_deref(), CATALOGUE_PAGE).await?;
            let last = page.len() < CATALOGUE_PAGE;
            for record in page {
                entries.push(versioned(record)?);
            }
            if last {
                return Ok(entries);
            }
        }
    }

    /// How many entries a catalogue has.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn count_entries<T: Catalogued>(&self) -> Result<u64, Error> {
        self.may_read::<T>().await?;
        Ok(self.desk.inner.store.count_records(&self.tenant, T::KIND).await?)
    }

    /// A contact by id or address.
    ///
    /// # Errors
    /// `NotFound` if it is not there.
    pub async fn contact(&self, requester: &Requester) -> Result<Versioned<Contact>, Error> {
        self.may_read::<Contact>().await?;
        let found = self.desk.find_contact(&self.tenant, requester).await?;
        found.ok_or(Error::NotFound { what: "contact" })
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
        let action = match T::KIND {
            RecordKind::Contact => Action::ContactRead,
            // There are secrets in it.
            RecordKind::Webhook => Action::SettingsEdit,
            _ => Action::SettingsRead,
        };
        self.desk.authorise(&context, action, None)
    }
}

fn versioned<T: Catalogued>(record: Record) -> Result<Versioned<T>, Error> {
    let version = record.version;
    Ok(Versioned { value: decode(record)?, version })
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
