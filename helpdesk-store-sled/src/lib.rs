//! An embedded key-value store for the helpdesk, on [sled](https://docs.rs/sled/0.34) 0.34. It implements the whole of
//! [`helpdesk_core::store`] and keeps its conformance kit. What anything means is decided in the core; here it is only
//! kept and found. Where everything stands is written in the file `layout`; the engine is behind a trait of five
//! methods.
//!
//! Take `SQLite` instead unless you know why not: it opens faster, is smaller on the disk, and several processes may
//! use it at once. This store is pure Rust, needs no C compiler, and has one process at a time.
//!
//! What it promises: an act is applied whole or not at all, also through a kill and a power cut, and is durable when it
//! returns. sled's own flush does not wait for the disk, so each group of acts ends with a sync of the data file too.

mod backup;
mod cell;
mod commit;
mod counters;
mod documents;
mod draft;
mod engine;
mod error;
mod index;
mod layout;
mod load;
mod locks;
mod maintenance;
mod marks;
mod merge;
mod open;
mod outbox;
mod page;
mod plan;
mod readable;
mod records;
mod shared;
mod sled_engine;
mod tally;
#[cfg(feature = "tape")]
mod tape;
mod tickets;
mod verify;
mod view;
mod write;
mod writer;
#[cfg(test)]
mod writer_tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use helpdesk_core::store::StoreError;

/// The README's example is compiled with the documentation's tests.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

pub use open::SledOptions;
#[cfg(feature = "tape")]
#[doc(hidden)]
pub use tape::Noted;

use draft::Draft;
use error::Fault;
use shared::Shared;
use view::View;
use writer::Writer;

/// A desk's store in a folder.
///
/// Every future may be dropped at any time: a read leaves nothing behind, and a write that was handed over is applied
/// whole or not at all. Writes wait on a thread of their own, and need no runtime. Reads are done where they are
/// called, mostly from memory, and may show what is not durable yet. A count over many tickets, and `check`, take as long
/// as they take; writes wait for them, and other reads for those writes: call them where blocking is fine. Dropping the store waits for what was handed over, and frees the folder.
///
/// sled panics on damage, also in threads of its own. That is caught and told as `Corrupt`; a program that is built with
/// `panic = "abort"` ends there.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("desk.sled");
/// use helpdesk_core::store::Maintenance;
/// use helpdesk_store_sled::{SledOptions, SledStore};
///
/// let store = SledStore::open(&SledOptions::new(path).create(true)).unwrap();
/// assert!(store.check().await.unwrap().is_empty());
/// store.close().await.unwrap();
/// # });
/// ```
pub struct SledStore {
    path: PathBuf,
    shared: Arc<Shared>,
    writer: Writer,
}

impl SledStore {
    /// Opens a folder. That reads its whole index, and blocks as long: about a second for each hundred thousand
    /// tickets.
    ///
    /// # Errors
    /// `NeedsMigration` if there is no store and the options do not allow for one; `SchemaTooNew` if newer code wrote
    /// it; `Unsupported` if it is somebody else's; `Corrupt` if it is damaged, with what can be done; `Unavailable` if
    /// it cannot be reached, or another process, or this one, has it open.
    ///
    /// ```
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let path = folder.path().join("desk.sled");
    /// use helpdesk_core::store::FaultKind;
    /// use helpdesk_store_sled::{SledOptions, SledStore};
    ///
    /// let missing = SledStore::open(&SledOptions::new(&path)).unwrap_err();
    /// assert_eq!(missing.kind, FaultKind::NeedsMigration);
    /// let open = SledStore::open(&SledOptions::new(&path).create(true)).unwrap();
    /// let twice = SledStore::open(&SledOptions::new(&path)).unwrap_err();
    /// assert_eq!(twice.kind, FaultKind::Unavailable);
    /// # drop(open);
    /// ```
    pub fn open(options: &SledOptions) -> Result<Self, StoreError> {
        open::open(options)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How large it is on the disk, in bytes. sled does not give room back.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub fn size_on_disk(&self) -> Result<u64, StoreError> {
        self.read("size_on_disk", |view| view.0.size())
    }

    fn read<T>(
        &self,
        operation: &'static str,
        read: impl FnOnce(View<'_>) -> Result<T, Fault>,
    ) -> Result<T, StoreError> {
        self.shared.read(read).map_err(|fault| fault.during(operation))
    }

    async fn write<T: Send + 'static>(
        &self,
        operation: &'static str,
        act: impl FnOnce(&mut Draft<'_>) -> Result<T, Fault> + Send + 'static,
    ) -> Result<T, StoreError> {
        self.writer.submit(act).await.map_err(|fault| fault.during(operation))
    }
}

impl fmt::Debug for SledStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SledStore").field("path", &self.path).finish_non_exhaustive()
    }
}
