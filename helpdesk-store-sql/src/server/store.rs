//! The store on a server, and how everything in this room reads: on a connection out of the host's pool, or on the one
//! that the host's transaction runs on.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use helpdesk_core::store::StoreError;
use tokio::sync::{Mutex, OnceCell};

use super::at_hand::Spare;
use super::committer::{Committer, LINGER, Workshop};
use super::dialect::Dialect;
use super::link::{Link, Source};
use super::numbers::Numbers;
use super::places::Places;
use super::pool::SqlPool;
use super::replica::Replica;
use super::sql::Sql;
use super::value::Row;
use crate::fault::Fault;

/// A desk's store in a PostgreSQL or MariaDB database, in the host's pool or within the host's transaction.
pub struct ServerStore<'t> {
    pub(crate) place: Place<'t>,
    pub(crate) shared: Arc<Shared>,
}

/// What a store and those that join from it know together.
pub(crate) struct Shared {
    pub(crate) dialect: &'static Dialect,
    /// Where the tables are, if not where the database looks by itself.
    pub(crate) schema: Option<String>,
    /// Blocks of numbers, unless every act draws its own.
    pub(crate) numbers: Option<Arc<Numbers>>,
    /// Where an act on the host's transaction can reserve numbers beside it.
    pub(crate) source: Option<Arc<dyn Source>>,
    /// Whether the tables were found to be of this version.
    pub(crate) current: OnceCell<()>,
    /// Where each tenant has tickets, as it was seen last.
    pub(crate) places: Places,
}

/// Where the connections come from.
pub(crate) enum Place<'t> {
    Own(Own),
    Joined(Joined<'t>),
}

/// The host's side.
pub(crate) struct Joined<'t> {
    pub(crate) link: Mutex<Box<dyn Link + 't>>,
    /// Whether an act has drawn numbers in the host's transaction: then nobody beside it can reserve any before its end.
    pub(crate) drew: AtomicBool,
}

impl<'t> Joined<'t> {
    pub(crate) fn new(link: Box<dyn Link + 't>) -> Self {
        Self { link: Mutex::new(link), drew: AtomicBool::new(false) }
    }
}

/// The pool's side.
pub(crate) struct Own {
    pub(crate) workshop: Workshop,
    /// Where lists are asked first.
    lists: Option<Replica>,
    /// Begins with the first commit, so that a store can be made where no runtime is.
    committer: OnceLock<Committer>,
    closed: AtomicBool,
    /// The pool, if it is nobody else's.
    owned: Option<Owned>,
}

/// A pool that ends with its store.
pub(crate) struct Owned {
    pub(crate) pool: SqlPool,
    /// The connection of it that is at hand.
    pub(crate) spare: Arc<Spare>,
    /// How long its end is waited for.
    pub(crate) patience: Duration,
}

impl Own {
    pub(crate) fn new(
        source: Arc<dyn Source>,
        lists: Option<Replica>,
        numbers: Option<Arc<Numbers>>,
        owned: Option<Owned>,
    ) -> Self {
        // One that is given back is at hand all the same where the pool is ours.
        let linger = if owned.is_some() { Duration::ZERO } else { LINGER };
        let workshop = Workshop { source, numbers, stripe: stripe(), linger };
        Self { workshop, lists, committer: OnceLock::new(), closed: AtomicBool::new(false), owned }
    }

    pub(crate) fn committer(&self) -> &Committer {
        self.committer.get_or_init(|| Committer::start(self.workshop.clone()))
    }

    pub(crate) fn open(&self) -> Result<(), Fault> {
        if self.closed.load(Ordering::Acquire) { Err(Fault::Closed) } else { Ok(()) }
    }

    pub(crate) async fn close(&self) {
        self.closed.store(true, Ordering::Release);
        if let Some(committer) = self.committer.get() {
            committer.close().await;
        }
        if let Some(Owned { pool, spare, patience }) = &self.owned {
            spare.give_back();
            pool.close(*patience).await;
        }
    }
}

/// A stripe that nobody else has.
pub(crate) fn stripe() -> i64 {
    let bits = uuid::Uuid::new_v4().as_u128();
    i64::try_from(bits & 0x7fff_ffff_ffff_ffff).unwrap_or_default()
}

impl Shared {
    pub(crate) fn new(dialect: &'static Dialect, schema: Option<String>) -> Self {
        let (numbers, source) = (None, None);
        Self { dialect, schema, numbers, source, current: OnceCell::new(), places: Places::default() }
    }
}

impl ServerStore<'_> {
    pub(crate) fn dialect(&self) -> &'static Dialect {
        self.shared.dialect
    }

    pub(crate) async fn shut(&self) {
        if let Place::Own(own) = &self.place {
            own.close().await;
        }
    }

    /// Runs a statement that reads: it is one view by itself.
    pub(crate) async fn rows(&self, sql: Sql) -> Result<Vec<Row>, Fault> {
        self.ready().await?;
        self.asked(&sql).await
    }

    /// The same for a list: it may be behind, if the host has said so.
    pub(crate) async fn listed(&self, sql: Sql) -> Result<Vec<Row>, Fault> {
        self.ready().await?;
        if let Place::Own(own) = &self.place
            && let Some(lists) = &own.lists
        {
            own.open()?;
            if let Some(rows) = lists.rows(&sql).await {
                return Ok(rows);
            }
        }
        self.asked(&sql).await
    }

    /// The same without looking at the tables' version first.
    pub(crate) async fn asked(&self, sql: &Sql) -> Result<Vec<Row>, Fault> {
        match &self.place {
            Place::Joined(joined) => joined.link.lock().await.rows(sql).await,
            Place::Own(own) => {
                own.open()?;
                let source = &own.workshop.source;
                let answer = match source.link().await {
                    Ok(mut link) => link.rows(sql).await,
                    Err(fault) => return Err(fault),
                };
                match answer {
                    // It had been idle and the server had ended it; a fresh one tells whether the server is there.
                    Err(fault) if fault.is_lost() => source.clean_link().await?.rows(sql).await,
                    answer => answer,
                }
            }
        }
    }
}

impl fmt::Debug for ServerStore<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerStore").field("engine", &self.shared.dialect.name).finish_non_exhaustive()
    }
}

/// A fault as the port tells it.
pub(crate) fn told<T>(operation: &'static str, answer: Result<T, Fault>) -> Result<T, StoreError> {
    answer.map_err(|fault| fault.during(operation))
}
