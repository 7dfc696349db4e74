//! The shell that hosts call: it loads, authorises, lets the core decide, and hands the store one commit. The only
//! async part of the core besides the port, and the only one that asks the clock and draws ids.

mod act;
mod admin;
mod agent;
mod asking;
mod authors;
mod board;
mod builder;
mod catalogue;
mod changes;
mod check;
mod closed;
mod code;
mod contact_care;
mod contacts;
mod context;
mod copy;
mod dead_letters;
mod deliberate;
mod error;
mod execute;
mod foreseen;
mod import;
mod joined;
mod levels_change;
mod list;
mod lock_ask;
mod locks;
mod outbox_switch;
mod outcome;
mod pairs;
mod queue;
mod read;
mod reapply;
mod record_act;
mod record_keys;
mod record_writer;
mod records;
mod redelivery;
mod reference;
mod relay;
mod relay_run;
mod requester;
mod restore;
mod settings_cache;
mod step;
mod stored;
mod sweep;
mod tail;
mod tenant;
pub(crate) mod together;
#[cfg(feature = "webhook")]
mod webhooks;
mod who;

use std::sync::Arc;

pub use act::{Act, Options};
pub use admin::AdminDesk;
pub use agent::{AgentDesk, OpenTicket};
pub use board::{Board, board_filters};
pub use builder::Builder;
pub use catalogue::Catalogued;
pub use changes::{AgentChange, CategoryChange, ContactChange, Editable, NameChange};
pub use check::{CheckReport, TicketFinding};
pub use code::Code;
pub use copy::{Copied, CopyReport, Difference};
pub use error::{Error, ErrorKind};
pub use import::{ImportMessage, ImportRequest, Imported};
pub use joined::JoinedDesk;
pub use levels_change::LevelsChange;
pub use list::{ListRequest, Listing};
pub use lock_ask::LockAsk;
pub use locks::HeldLock;
pub use outcome::{Outcome, TicketView};
pub use queue::queue_filter;
pub use reapply::ReapplyProgress;
pub use record_act::{RecordAct, Versioned, Written};
pub use records::RecordDump;
pub use redelivery::{Redelivered, RedeliveryReport};
pub use reference::TicketRef;
pub use relay::RelayReport;
pub use requester::{NewRequest, Replied, RequesterDesk};
pub use restore::{DumpedEvent, TicketDump};
pub use sweep::SweepReport;
pub use tail::{EventTail, TicketEvent};
pub use tenant::TenantDesk;

use crate::access::AccessPolicy;
use crate::env::{Clock, IdSource, Timestamp};
use crate::limits::Limits;
use crate::party::TenantId;
use crate::store::Store;
use settings_cache::SettingsCache;

/// A helpdesk on a store. Cheap to clone; spawns nothing.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use helpdesk_core::{Helpdesk, MemoryStore};
/// use helpdesk_core::desk::OpenTicket;
///
/// let desk = Helpdesk::builder(MemoryStore::new()).build();
/// let anna = desk.tenant("acme")?.agent("anna")?;
/// let opened = anna.open(OpenTicket::new("Printer jams").from_email("max@example.com")?.saying("It eats paper.")).await?;
/// let solved = anna.reply(opened.ticket.id, "Please open tray 2.").then_status("resolved")?.await?;
/// assert_eq!(solved.ticket.status.as_str(), "resolved");
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
pub type Helpdesk = Desk<'static>;

/// A helpdesk on a store that may borrow for `'s`. Hosts hold a [`Helpdesk`], whose store borrows nothing; a
/// [`JoinedDesk`] stands on one that borrows the host's transaction, and its handles live as long as that.
#[derive(Clone)]
pub struct Desk<'s> {
    inner: Arc<Inner<'s>>,
}

pub(crate) struct Inner<'s> {
    store: Arc<dyn Store + 's>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn IdSource>,
    access: Arc<dyn AccessPolicy>,
    limits: Limits,
    settings: SettingsCache,
}

impl Helpdesk {
    /// Begins to build a desk on `store`.
    pub fn builder(store: impl Store + 'static) -> Builder {
        Self::over(Arc::new(store))
    }

    /// Begins to build a desk on a store that others hold too.
    pub fn over(store: Arc<dyn Store>) -> Builder {
        Builder::new(store)
    }

    /// The store, for maintenance. Writing past the desk is not possible without deciding, and not meant.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.inner.store
    }
}

impl<'s> Desk<'s> {
    /// The handles of one tenant.
    ///
    /// # Errors
    /// If the id is not well-formed. A tenant need not be made: it is there when something is stored for it.
    pub fn tenant(&self, id: &str) -> Result<TenantDesk<'s>, Error> {
        Ok(TenantDesk::new(self.clone(), TenantId::new(id)?))
    }

    /// The bounds.
    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// The present instant, by the desk's clock, within [`crate::env::bounds`].
    pub fn now(&self) -> Timestamp {
        let (first, last) = crate::env::bounds();
        crate::env::micros(self.inner.clock.now().clamp(first, last))
    }

    pub(crate) fn fresh_id(&self, now: Timestamp) -> uuid::Uuid {
        self.inner.ids.next(now)
    }
}

impl std::fmt::Debug for Desk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Desk").field("store", &self.inner.store.name()).finish_non_exhaustive()
    }
}
