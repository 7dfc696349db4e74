//! The store on a server, and how everything in this room gets at a connection: out of the host's pool, or the one that
//! the host's transaction runs on.

use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use helpdesk_core::store::StoreError;
use tokio::sync::{Mutex, OnceCell};

use super::committer::{Committer, Workshop};
use super::dialect::Dialect;
use super::link::{Link, Source};
use super::numbers::Numbers;
use super::places::Places;
use super::replica::Replica;
use super::retry::{TRIES, retrying};
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
    /// Whether the tables were found to be of this version.
    pub(crate) current: OnceCell<()>,
    /// Where each tenant has tickets, as it was seen last.
    pub(crate) places: Places,
}

/// Where the connections come from.
pub(crate) enum Place<'t> {
    Own(Own),
    Joined(Mutex<Box<dyn Link + 't>>),
}

/// The pool's side.
pub(crate) struct Own {
    pub(crate) workshop: Workshop,
    /// Where lists are asked first.
    lists: Option<Replica>,
    /// Begins with the first commit, so that a store can be made where no runtime is.
    committer: OnceLock<Committer>,
    closed: std::sync::atomic::AtomicBool,
}

/// Something that changes the tables in an act of its own.
#[async_trait]
pub(crate) trait Act: Send + Sync {
    type Answer: Send;

    /// Checks and writes; may be done again if others were in the way.
    async fn apply(&self, link: &mut dyn Link) -> Result<Self::Answer, Fault>;
}

impl Own {
    pub(crate) fn new(source: Arc<dyn Source>, lists: Option<Replica>, numbers: Option<Arc<Numbers>>) -> Self {
        let workshop = Workshop { source, numbers, stripe: stripe() };
        Self { workshop, lists, committer: OnceLock::new(), closed: std::sync::atomic::AtomicBool::new(false) }
    }

    pub(crate) fn committer(&self) -> &Committer {
        self.committer.get_or_init(|| Committer::start(self.workshop.clone()))
    }

    pub(crate) fn open(&self) -> Result<(), Fault> {
        if self.closed.load(std::sync::atomic::Ordering::Acquire) { Err(Fault::Closed) } else { Ok(()) }
    }

    pub(crate) async fn close(&self) {
        self.closed.store(true, std::sync::atomic::Ordering::Release);
        if let Some(committer) = self.committer.get() {
            committer.close().await;
        }
    }
}

/// A stripe that nobody else has.
pub(crate) fn stripe() -> i64 {
    let bits = uuid::Uuid::new_v4().as_u128();
    i64::try_from(bits & 0x7fff_ffff_ffff_ffff).unwrap_or_default()
}

impl Shared {
    pub(crate) fn new(dialect: &'static Dialect, schema: Option<String>, gapless: bool) -> Self {
        let numbers = (!gapless).then(Arc::default);
        Self { dialect, schema, numbers, current: OnceCell::new(), places: Places::default() }
    }
}

impl ServerStore<'_> {
    pub(crate) fn dialect(&self) -> &'static Dialect {
        self.shared.dialect
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
            Place::Joined(link) => link.lock().await.rows(sql).await,
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

    /// Does an act in a transaction of its own, or in a savepoint of the host's.
    pub(crate) async fn act<A: Act>(&self, act: A) -> Result<A::Answer, Fault> {
        self.ready().await?;
        match &self.place {
            Place::Joined(link) => {
                let mut link = link.lock().await;
                joined(link.as_mut(), &act).await
            }
            Place::Own(own) => {
                own.open()?;
                let source = &own.workshop.source;
                retrying(|| async {
                    let mut link = source.link().await?;
                    if let Err(fault) = link.open().await {
                        if !fault.is_lost() {
                            return Err(fault);
                        }
                        // As above; nothing was done yet.
                        link = source.clean_link().await?;
                        link.open().await?;
                    }
                    opened(link.as_mut(), &act).await
                })
                .await
            }
        }
    }
}

/// Does an act in a savepoint of the host's transaction: again if somebody else was faster with a row that was not there
/// before, as long as the transaction can see it.
async fn joined<A: Act>(link: &mut dyn Link, act: &A) -> Result<A::Answer, Fault> {
    for _ in 1..TRIES {
        match within(link, act).await {
            Err(fault) if fault.is_stale() => return Err(Fault::Stale),
            Err(fault) if fault.is_transient() => {}
            done => return done,
        }
    }
    within(link, act).await.map_err(|fault| if fault.is_transient() { Fault::Stale } else { fault })
}

/// Opens, does and closes an act.
pub(crate) async fn within<A: Act>(link: &mut dyn Link, act: &A) -> Result<A::Answer, Fault> {
    link.open().await?;
    opened(link, act).await
}

async fn opened<A: Act>(link: &mut dyn Link, act: &A) -> Result<A::Answer, Fault> {
    let mut open = Open { link, ended: false };
    let answer = act.apply(open.link).await;
    match &answer {
        Ok(_) => open.link.keep().await?,
        // The fault says more than what may go wrong while it is taken back.
        Err(_) => drop(open.link.undo().await),
    }
    open.ended = true;
    answer
}

/// An act that is open; dropped before its end it is abandoned.
struct Open<'l> {
    link: &'l mut (dyn Link + 'l),
    ended: bool,
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        if !self.ended {
            self.link.abandon();
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
