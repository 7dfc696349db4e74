//! Waking a relay when events were put into the outbox, by `LISTEN` and `NOTIFY`. It spares waiting and promises nothing:
//! what waits is found by looking, and who is not woken looks a little later.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::FutureExt;
use helpdesk_core::store::StoreError;
use sqlx::postgres::{PgListener, PgPool, PgPoolOptions};

use super::link::TURN;
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::server::link::Link;
use crate::server::sql::Sql;
use crate::server::store::{Place, ServerStore, told};
use crate::server::unit::Unit;
use crate::server::value::Row;

/// The channel. Whoever listens looks for itself what there is, so that desks in several schemas may share it.
const CHANNEL: &str = "helpdesk_outbox";
/// How long a server that does not let us listen is left alone.
const PAUSE: Duration = Duration::from_secs(1);

const IS_ON: &str = "SELECT count(*) FROM pg_trigger \
    WHERE tgrelid = to_regclass(' helpdesk_outbox') AND tgname = 'helpdesk_outbox_notify' AND tgenabled <> 'D'";
/// One for a transaction, however many events it has; a transaction without any wakes nobody.
const FUNCTION: &str = "CREATE OR REPLACE FUNCTION helpdesk_outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$ \
    BEGIN IF EXISTS (SELECT 1 FROM added) THEN PERFORM pg_notify('helpdesk_outbox', ''); END IF; RETURN NULL; END $$";
const TRIGGER: &str = "CREATE TRIGGER \"helpdesk_outbox_notify\" AFTER INSERT ON helpdesk_outbox \
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION helpdesk_outbox_notify()";
const NO_TRIGGER: &str = "DROP TRIGGER IF EXISTS \"helpdesk_outbox_notify\" ON helpdesk_outbox";
const NO_FUNCTION: &str = "DROP FUNCTION IF EXISTS helpdesk_outbox_notify()";

impl ServerStore<'_> {
    /// Lets every commit that puts events into the outbox wake those who listen, or no longer: whoever commits, also on a
    /// transaction of the host's, and from then on for all programs on this database. It is off unless switched on here;
    /// where it is as wanted already, nothing is held.
    ///
    /// It is a trigger on the table of the outbox. PostgreSQL lets commits that notify end one after the other, each with
    /// its sync, over all databases of the server; leave it off where many processes commit at once and a relay that looks
    /// every second is soon enough. A transaction that notifies cannot be prepared (`PREPARE TRANSACTION`).
    ///
    /// # Errors
    /// `Unsupported` on another server than PostgreSQL; `Unexpected` if the user does not own the table, or the server
    /// speaks PostgreSQL's protocol and has no such triggers; `Unavailable` if it cannot be reached or others hold the
    /// table.
    pub async fn notify_outbox(&self, on: bool) -> Result<(), StoreError> {
        told("notify", self.switch(on).await)
    }

    /// Whether it is on.
    ///
    /// # Errors
    /// `Unsupported` on another server than PostgreSQL; `Unavailable` if it cannot be reached.
    pub async fn notifies_outbox(&self) -> Result<bool, StoreError> {
        told("notify", self.is_on().await)
    }

    /// Listens from now on: what is put into the outbox after this has returned wakes it.
    ///
    /// It keeps one connection beside the pool. A pooler that gives out connections by transaction lets nobody listen: let
    /// this store reach the server itself, or the listener is only ever woken by time.
    ///
    /// ```no_run
    /// # async fn f(pool: sqlx::PgPool, sink: &dyn helpdesk_core::relay::EventSink)
    /// # -> Result<(), Box<dyn std::error::Error>> {
    /// use std::sync::Arc;
    /// use std::time::Duration;
    ///
    /// use helpdesk_core::Helpdesk;
    /// use helpdesk_store_sql::SqlStore;
    ///
    /// let store = Arc::new(SqlStore::from_pool(pool));
    /// store.notify_outbox(true).await?; // once, such as where the host migrates
    /// let mut listener = store.listen_outbox().await?;
    /// let desk = Helpdesk::over(store).build();
    /// loop {
    ///     while desk.relay(sink, 500).await?.more {}
    ///     // Events that wait for another try wake nobody: they are looked for at least so often.
    ///     listener.wait(Duration::from_secs(10)).await;
    /// }
    /// # }
    /// ```
    ///
    /// # Errors
    /// `Unsupported` on another server than PostgreSQL, and on a transaction of the host's; `Unavailable` if the server
    /// cannot be reached.
    pub async fn listen_outbox(&self) -> Result<OutboxListener, StoreError> {
        told("listen", self.listener().await)
    }

    async fn switch(&self, on: bool) -> Result<(), Fault> {
        self.is_postgres()?;
        self.unit(Switch(on)).await
    }

    async fn is_on(&self) -> Result<bool, Fault> {
        self.is_postgres()?;
        is_on(&self.rows(Sql::of(IS_ON, [])).await?)
    }

    async fn listener(&self) -> Result<OutboxListener, Fault> {
        let Place::Own(own) = &self.place else {
            return Err(Fault::Unsupported("a transaction of the host's does not listen"));
        };
        own.open()?;
        let host = own.workshop.source.postgres().ok_or(ELSEWHERE)?;
        let options = PgPoolOptions::new().max_connections(1).idle_timeout(None).max_lifetime(None);
        let options = options.acquire_timeout(host.options().get_acquire_timeout());
        let pool = options.connect_lazy_with(PgPool::connect_options(&host).as_ref().clone());
        let listener = Some(connected(&pool).await?);
        Ok(OutboxListener { pool, listener })
    }

    fn is_postgres(&self) -> Result<(), Fault> {
        if self.dialect().name == super::dialect().name { Ok(()) } else { Err(ELSEWHERE) }
    }
}

fn is_on(rows: &[Row]) -> Result<bool, Fault> {
    Ok(rows.first().map_or(Ok(0), |row| row.int(0))? > 0)
}

const ELSEWHERE: Fault = Fault::Unsupported("only PostgreSQL wakes those who listen");

struct Switch(bool);

#[async_trait]
impl Unit for Switch {
    type Answer = ();

    async fn apply(&self, link: &mut dyn Link) -> Result<(), Fault> {
        // Two that define the same function at once would be told of a conflict inside the catalogue.
        link.rows(&Sql::of(TURN, [])).await?;
        // Where it is as wanted, the table is not held: whoever writes the outbox would wait for that.
        if is_on(&link.rows(&Sql::of(IS_ON, [])).await?)? == self.0 {
            return Ok(());
        }
        let wanted: &[&str] = if self.0 { &[NO_TRIGGER, FUNCTION, TRIGGER] } else { &[NO_TRIGGER, NO_FUNCTION] };
        for text in wanted {
            link.run(&Sql::of(text, [])).await?;
        }
        Ok(())
    }
}

/// Hears of events that were put into the outbox. Made by `listen_outbox` of a store on PostgreSQL; drop it where a runtime
/// is.
pub struct OutboxListener {
    /// Of one connection, to find another one when that is lost.
    pool: PgPool,
    listener: Option<PgListener>,
}

impl OutboxListener {
    /// Waits until something may have come into the outbox, but no longer than `at_most`; says whether it was woken. What
    /// came since it listens or waited last wakes it at once, and once, however much it was.
    ///
    /// It never fails. A lost connection wakes it when there is one again, since what came meanwhile was not heard; without
    /// a server it waits the whole time. Give it a few seconds or more, which connecting may need. Dropped before its end
    /// it has missed nothing.
    pub async fn wait(&mut self, at_most: Duration) -> bool {
        tokio::time::timeout(at_most, self.woken()).await.is_ok()
    }

    async fn woken(&mut self) {
        loop {
            let Some(listener) = &mut self.listener else {
                match connected(&self.pool).await {
                    Ok(listener) => return self.listener = Some(listener),
                    Err(_) => tokio::time::sleep(PAUSE).await,
                }
                continue;
            };
            match listener.try_recv().await {
                Ok(Some(_)) => loop {
                    match listener.try_recv().now_or_never() {
                        Some(Ok(Some(_))) => {}
                        Some(Ok(None) | Err(_)) => return self.listener = None,
                        None => return,
                    }
                },
                // It is lost. Found again here, so that a wait which ends meanwhile does not forget it.
                Ok(None) | Err(_) => self.listener = None,
            }
        }
    }
}

impl fmt::Debug for OutboxListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OutboxListener").field("connected", &self.listener.is_some()).finish_non_exhaustive()
    }
}

async fn connected(pool: &PgPool) -> Result<PgListener, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    Ok(listener)
}
