//! A connection at hand, for a store on a pool of its own. The pool asks each connection that comes back whether it still
//! lives, and opens another one for whoever comes meanwhile: a program that asks one thing after the other would open
//! three, each with its handshakes.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use helpdesk_core::store::SchemaState;
use tokio::runtime::Handle;
use tokio::time::Instant;

use super::deltas::Deltas;
use super::dialect::Dialect;
use super::link::{Answer, Link, Source, Waiting, Written};
use super::pool::SqlPool;
use super::sql::Sql;
use super::value::Row;
use crate::fault::Fault;

/// How long one is taken for alive without asking.
const FRESH: Duration = Duration::from_secs(1);

/// The source of such a store.
pub(crate) struct AtHand {
    source: Arc<dyn Source>,
    spare: Arc<Spare>,
}

/// The connection at hand, if there is one.
pub(crate) struct Spare {
    pool: SqlPool,
    dialect: &'static Dialect,
    link: Mutex<Option<(Instant, Box<dyn Link>)>>,
    /// Where a connection can go back to its pool, wherever the store is dropped.
    runtime: Handle,
}

/// A connection that will be at hand again, unless something went wrong on it.
struct Lent {
    link: Option<Box<dyn Link>>,
    spare: Arc<Spare>,
    /// Whether an act is open.
    act: bool,
    /// Whether something runs on it, or went wrong.
    busy: bool,
}

impl AtHand {
    /// # Panics
    /// Without a runtime; whoever connects has one.
    pub(crate) fn over(source: Arc<dyn Source>, pool: SqlPool) -> Self {
        let (dialect, link, runtime) = (source.dialect(), Mutex::default(), Handle::current());
        Self { source, spare: Arc::new(Spare { pool, dialect, link, runtime }) }
    }

    pub(crate) fn spare(&self) -> Arc<Spare> {
        Arc::clone(&self.spare)
    }

    fn lend(&self, link: Box<dyn Link>) -> Box<dyn Link> {
        Box::new(Lent { link: Some(link), spare: self.spare(), act: false, busy: false })
    }
}

#[async_trait]
impl Source for AtHand {
    fn dialect(&self) -> &'static Dialect {
        self.source.dialect()
    }

    #[cfg(feature = "postgres")]
    fn postgres(&self) -> Option<sqlx::PgPool> {
        self.source.postgres()
    }

    async fn link(&self) -> Result<Box<dyn Link>, Fault> {
        let link = match self.spare.take() {
            Some(link) => link,
            None => self.source.link().await?,
        };
        Ok(self.lend(link))
    }

    async fn spare_link(&self) -> Option<Box<dyn Link>> {
        self.source.spare_link().await
    }

    /// Nobody but this store uses the pool, and it leaves nothing open.
    async fn clean_link(&self) -> Result<Box<dyn Link>, Fault> {
        let link = match self.spare.take() {
            Some(link) => link,
            None => self.source.clean_link().await?,
        };
        Ok(self.lend(link))
    }
}

impl Spare {
    fn take(&self) -> Option<Box<dyn Link>> {
        let (since, link) = self.place().take()?;
        (since.elapsed() < FRESH).then_some(link)
    }

    /// Keeps it, unless somebody may be waiting for the pool, who would not look here.
    fn keep(&self, link: Box<dyn Link>) {
        let before = if self.pool.is_full() {
            Some((Instant::now(), link))
        } else {
            self.place().replace((Instant::now(), link))
        };
        drop(before);
    }

    /// Gives it back to the pool.
    pub(crate) fn give_back(&self) {
        let link = self.place().take();
        let _runtime = self.runtime.enter();
        drop(link);
    }

    fn place(&self) -> std::sync::MutexGuard<'_, Option<(Instant, Box<dyn Link>)>> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Spare {
    fn drop(&mut self) {
        self.give_back();
    }
}

impl Lent {
    fn link(&mut self) -> &mut dyn Link {
        self.link.as_deref_mut().unwrap_or_else(|| unreachable!("a connection is lent until this is dropped"))
    }

    /// Begins something; it is over when its answer is told to `done`.
    fn begin(&mut self) -> &mut dyn Link {
        self.busy = true;
        self.link()
    }

    fn done<T>(&mut self, answer: Result<T, Fault>) -> Result<T, Fault> {
        self.busy = answer.is_err();
        answer
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(link) = self.link.take().filter(|_| !self.act && !self.busy) {
            self.spare.keep(link);
        }
    }
}

#[async_trait]
impl Link for Lent {
    fn dialect(&self) -> &'static Dialect {
        self.spare.dialect
    }

    fn schema(&self) -> Option<&str> {
        self.link.as_deref().and_then(Link::schema)
    }

    async fn rows(&mut self, sql: &Sql) -> Result<Vec<Row>, Fault> {
        let answer = self.begin().rows(sql).await;
        self.done(answer)
    }

    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault> {
        let answer = self.begin().run(sql).await;
        self.done(answer)
    }

    async fn once(&mut self, sql: &Sql, waiting: Waiting) -> Result<Answer, Fault> {
        let answer = self.begin().once(sql, waiting).await;
        self.done(answer)
    }

    async fn open(&mut self, waiting: Waiting) -> Result<(), Fault> {
        self.act = true;
        self.link().open(waiting).await
    }

    async fn view(&mut self) -> Result<(), Fault> {
        self.act = true;
        self.link().view().await
    }

    async fn keep(&mut self) -> Result<(), Fault> {
        self.link().keep().await?;
        self.act = false;
        Ok(())
    }

    async fn undo(&mut self) -> Result<(), Fault> {
        self.link().undo().await?;
        self.act = false;
        Ok(())
    }

    fn abandon(&mut self) {
        self.link().abandon();
    }

    async fn define(&mut self, script: &str) -> Result<(), Fault> {
        let answer = self.begin().define(script).await;
        self.done(answer)
    }

    async fn migrate(&mut self) -> Result<SchemaState, Fault> {
        let answer = self.begin().migrate().await;
        self.done(answer)
    }

    async fn write(&mut self, deltas: &Deltas) -> Result<Written, Fault> {
        let answer = self.begin().write(deltas).await;
        self.done(answer)
    }
}
