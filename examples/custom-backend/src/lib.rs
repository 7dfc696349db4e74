//! A storage backend of one's own: the whole of [`helpdesk_core::store`] on [redb](https://docs.rs/redb), in a few short
//! files, proved by the conformance kit in `tests/conformance.rs`. The guide page *Writing a backend* walks through it.
//!
//! It is meant to be read and copied. Acts are atomic and durable; lists and counts look at every ticket and ask the
//! core whether it matches, which is right and, with many tickets, slow. Without comments it has fewer than 600 lines.
#![cfg_attr(not(test), expect(clippy::wildcard_imports, reason = "a backend implements the whole of the port"))]

mod commit;
mod data;
mod lists;
mod others;

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use helpdesk_core::party::TenantId;
use helpdesk_core::store::{FaultKind, StoreError};
use helpdesk_core::ticket::TicketId;
use redb::{Database, ReadableDatabase};

use data::{Fault, File, ROWS, Reading, Rows, Writing};

/// The guide's programs are compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/guide/writing-a-backend.md")]
struct Guide;

/// What a method of the port gives.
pub type Answer<T> = Result<T, StoreError>;

/// A store in a redb file.
#[derive(Debug)]
pub struct RedbStore {
    /// Nothing once it was closed.
    database: Arc<RwLock<Option<Database>>>,
}

impl RedbStore {
    /// Opens a file, and makes it if it is not there.
    ///
    /// # Errors
    /// `Corrupt` if it is damaged or something else; `Unavailable` if it cannot be opened, or is open already.
    pub fn open(path: impl AsRef<Path>) -> Answer<Self> {
        let opened = || -> Result<Self, Fault> {
            let database = Database::create(path).map_err(redb::Error::from)?;
            let begun = database.begin_write().map_err(redb::Error::from)?;
            begun.open_table(ROWS).map_err(redb::Error::from)?;
            begun.commit().map_err(redb::Error::from)?;
            Ok(Self { database: Arc::new(RwLock::new(Some(database))) })
        };
        opened().map_err(|fault| told(&fault, "open"))
    }

    /// Reads from one moment, on a thread that may block.
    async fn read<T: Send + 'static>(
        &self,
        operation: &'static str,
        read: impl FnOnce(&Reading) -> Result<T, Fault> + Send + 'static,
    ) -> Answer<T> {
        self.blocking(operation, move |database| {
            let begun = database.begin_read().map_err(redb::Error::from)?;
            read(&Rows(begun.open_table(ROWS).map_err(redb::Error::from)?))
        })
        .await
    }

    /// Changes everything or nothing. redb lets one write at a time and syncs before it returns.
    async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        write: impl FnOnce(&mut Writing<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Answer<T> {
        self.blocking(operation, move |database| {
            let begun = database.begin_write().map_err(redb::Error::from)?;
            let done = write(&mut Rows(begun.open_table(ROWS).map_err(redb::Error::from)?))?;
            Ok(begun.commit().map(|()| done).map_err(redb::Error::from)?)
        })
        .await
    }

    async fn file(&self, operation: &'static str, tenant: &TenantId, ticket: TicketId) -> Answer<Option<File>> {
        let tenant = tenant.clone();
        self.read(operation, move |data| data.file(&tenant, ticket)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        operation: &'static str,
        act: impl FnOnce(&Database) -> Result<T, Fault> + Send + 'static,
    ) -> Answer<T> {
        let database = Arc::clone(&self.database);
        let act = move || {
            let database = database.read().unwrap_or_else(PoisonError::into_inner);
            match database.as_ref() {
                Some(database) => act(database).map_err(|fault| told(&fault, operation)),
                None => Err(StoreError::new(FaultKind::Unavailable, operation).because("the store was closed")),
            }
        };
        let done = tokio::task::spawn_blocking(act).await;
        done.unwrap_or_else(|error| Err(StoreError::new(FaultKind::Unexpected, operation).caused_by(error)))
    }
}

/// What kind of fault it is: so that the caller knows what to do.
fn told(fault: &Fault, operation: &'static str) -> StoreError {
    let kind = match fault.downcast_ref::<redb::Error>() {
        // What is no database at all is told by the engine as data that it cannot read.
        Some(redb::Error::Io(error)) if error.kind() == std::io::ErrorKind::InvalidData => FaultKind::Corrupt,
        Some(redb::Error::Io(_) | redb::Error::DatabaseAlreadyOpen) => FaultKind::Unavailable,
        Some(redb::Error::Corrupted(_)) => FaultKind::Corrupt,
        None if fault.is::<serde_json::Error>() => FaultKind::Corrupt,
        _ => FaultKind::Unexpected,
    };
    StoreError::new(kind, operation).caused_by(fault.to_string())
}
