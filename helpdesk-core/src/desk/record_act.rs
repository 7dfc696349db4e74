//! A write of a record in the making: what is asked, and under which conditions. Awaiting it does it. Writes of tickets
//! are in `act`.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::record_writer::RecordWriter;
use super::{AdminDesk, Error, Options};
use crate::text::line;
use crate::ticket::Version;

/// A record as it stands: an agent, a team, a contact, the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned<T> {
    /// What stands there.
    pub value: T,
    /// How many writes it has seen, from 1: what [`RecordAct::expecting`] takes.
    pub version: Version,
}

/// What a write of a record came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written<T> {
    /// The record after it.
    pub value: T,
    /// Its version after it.
    pub version: Version,
    /// Whether this is the answer to an earlier call under the same idempotency key: the record as it stands now.
    pub replayed: bool,
    /// Whether it was only tried, not done.
    pub dry_run: bool,
}

type Doing<'s, T> = Pin<Box<dyn Future<Output = Result<Written<T>, Error>> + Send + 's>>;
type Deed<'s, T> = Box<dyn FnOnce(RecordWriter<'s>) -> Doing<'s, T> + Send + 's>;

/// A write of a record. Nothing happens until it is awaited. Without [`RecordAct::expecting`] it is decided anew when
/// others write at the same time.
///
/// Dropping it while it runs is safe: what was asked is then done whole or not at all.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use helpdesk_core::desk::NameChange;
/// use helpdesk_core::party::{Team, TeamId};
/// use helpdesk_core::{Helpdesk, MemoryStore};
///
/// let admin = Helpdesk::builder(MemoryStore::new()).build().tenant("acme")?.admin("root")?;
/// let added = admin.add(&Team { id: TeamId::new("first")?, name: "First".to_owned() }).idempotent("setup-1")?.await?;
/// let change = NameChange { name: Some("First line".to_owned()) };
/// let edited = admin.edit::<Team>("first", change).expecting(added.version).await?;
/// assert_eq!((edited.value.name.as_str(), edited.version.0), ("First line", 2));
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
#[must_use = "nothing happens until it is awaited"]
pub struct RecordAct<'s, T> {
    admin: AdminDesk<'s>,
    options: Options,
    does: Deed<'s, T>,
}

impl<'s, T> RecordAct<'s, T> {
    pub(super) fn new<F>(admin: &AdminDesk<'s>, does: impl FnOnce(RecordWriter<'s>) -> F + Send + 's) -> Self
    where
        F: Future<Output = Result<Written<T>, Error>> + Send + 's,
    {
        let does = Box::new(move |writer| -> Doing<'s, T> { Box::pin(does(writer)) });
        Self { admin: admin.clone(), options: Options::default(), does }
    }

    /// Only if it is still at this version; 0 if it must not be there.
    pub fn expecting(mut self, version: Version) -> Self {
        self.options.expecting = Some(version);
        self
    }

    /// Once only, however often it is called with this key and the same request.
    ///
    /// # Errors
    /// If the key is empty, too long, or has a line break.
    pub fn idempotent(mut self, key: &str) -> Result<Self, Error> {
        self.options.idempotency_key = Some(line("idempotency_key", key, self.admin.desk.limits().key_chars)?);
        Ok(self)
    }

    /// Only try it: everything is checked, nothing is written.
    pub fn dry_run(mut self) -> Self {
        self.options.dry_run = true;
        self
    }

    /// All conditions at once. A lock token says nothing here: records have no locks.
    pub fn with(mut self, options: Options) -> Self {
        self.options = options;
        self
    }
}

impl<'s, T> IntoFuture for RecordAct<'s, T> {
    type Output = Result<Written<T>, Error>;
    type IntoFuture = Doing<'s, T>;

    fn into_future(self) -> Self::IntoFuture {
        (self.does)(RecordWriter { admin: self.admin, options: self.options })
    }
}

impl<T> std::fmt::Debug for RecordAct<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RecordAct").field("options", &self.options).finish_non_exhaustive()
    }
}
