//! Commits that wake a relay, on PostgreSQL: who commits, on whose transaction, what is not woken, and what a lost
//! connection comes to. Nothing rests on it: what waits is found by looking.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::{OpenTicket, TenantDesk};
use helpdesk_core::party::Role;
use helpdesk_core::relay::{Answer, EventSink, OutgoingEvent};
use helpdesk_core::store::FaultKind;
use helpdesk_core::ticket::TicketId;
use helpdesk_store_sql::{Join, OutboxListener, SqlOptions, SqlPool, SqlStore};
use servers::own::OwnServer;
use servers::{Database, Server, fresh};
use sqlx::{Executor, PgPool};

/// No wait here is as long; it only ends a test that would hang.
const LONG: Duration = Duration::from_mins(5);
/// How long something is listened for that must not come.
const BRIEFLY: Duration = Duration::from_millis(300);

/// A desk that tells its events, and what listens beside it.
struct Site {
    desk: Helpdesk,
    store: Arc<SqlStore>,
    listener: OutboxListener,
    database: Database,
}

impl Site {
    async fn new() -> Option<Self> {
        if Server::Postgres.is_lacking() {
            return None;
        }
        let (store, database) = fresh(Server::Postgres).await;
        assert!(!store.notifies_outbox().await.unwrap(), "it is off unless switched on");
        store.notify_outbox(true).await.unwrap();
        let listener = store.listen_outbox().await.unwrap();
        Some(Self { desk: telling(&store).await, store, listener, database })
    }

    /// Another program's pool on the same database.
    async fn pool(&self) -> PgPool {
        let SqlPool::Postgres(pool) = self.database.pool(4).await else { unreachable!() };
        pool
    }
}

/// A desk of a tenant whose events go to the outbox.
async fn telling(store: &Arc<SqlStore>) -> Helpdesk {
    let desk = Helpdesk::over(Arc::clone(store) as Arc<_>).build();
    desk.tenant("acme").unwrap().admin("root").unwrap().set_outbox(true).await.unwrap();
    desk
}

async fn open(desk: &Helpdesk) -> TicketId {
    open_for(desk.tenant("acme").unwrap()).await
}

async fn open_for(acme: TenantDesk<'_>) -> TicketId {
    acme.agent("anna").unwrap().open(OpenTicket::new("Till down")).await.unwrap().ticket.id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_to_the_outbox_wakes_whoever_listens() {
    let Some(mut site) = Site::new().await else { return };
    // From another store, and while it was not listened to.
    let other = Helpdesk::over(Arc::new(site.database.store().await)).build();
    let ticket = open(&other).await;
    assert!(site.listener.wait(LONG).await);
    // A lock is taken by a statement of its own.
    let acme = other.tenant("acme").unwrap();
    acme.agent("ben").unwrap().lock(ticket, None).await.unwrap();
    let boss = acme.agent("cleo").unwrap().with_role(Role::Supervisor);
    boss.steal_lock(ticket, "He went home.").await.unwrap();
    assert!(site.listener.wait(LONG).await);
    // While it is listened to.
    let (listened, _) = tokio::join!(site.listener.wait(LONG), open(&site.desk));
    assert!(listened);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn however_many_came_it_is_woken_once() {
    let Some(mut site) = Site::new().await else { return };
    for _ in 0..20 {
        open(&site.desk).await;
    }
    assert!(site.listener.wait(LONG).await);
    // The last of them may still have been on its way.
    site.listener.wait(BRIEFLY).await;
    assert!(!site.listener.wait(BRIEFLY).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_woken_by_what_does_not_go_there() {
    let Some(mut site) = Site::new().await else { return };
    let ticket = open(&site.desk).await;
    assert!(site.listener.wait(LONG).await);
    let acme = site.desk.tenant("acme").unwrap();
    acme.agent("ben").unwrap().mark_read(ticket).await.unwrap();
    acme.admin("root").unwrap().set_outbox(false).await.unwrap();
    site.listener.wait(BRIEFLY).await;
    open(&site.desk).await;
    assert!(!site.listener.wait(BRIEFLY).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_of_the_hosts_wakes_with_its_commit_and_not_without() {
    let Some(mut site) = Site::new().await else { return };
    let pool = site.pool().await;
    let mut transaction = pool.begin().await.unwrap();
    open_for(site.desk.on(&mut transaction).tenant("acme").unwrap()).await;
    assert!(!site.listener.wait(BRIEFLY).await, "not before the host commits");
    transaction.rollback().await.unwrap();
    assert!(!site.listener.wait(BRIEFLY).await, "nor after it rolled back");
    let mut transaction = pool.begin().await.unwrap();
    open_for(site.desk.on(&mut transaction).tenant("acme").unwrap()).await;
    transaction.commit().await.unwrap();
    assert!(site.listener.wait(LONG).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_is_switched_by_many_at_once_and_off_for_all() {
    let Some(mut site) = Site::new().await else { return };
    let switches: Vec<_> = (0..8)
        .map(|n| {
            let store = Arc::clone(&site.store);
            tokio::spawn(async move { store.notify_outbox(n % 2 == 0).await })
        })
        .collect();
    for switch in switches {
        switch.await.unwrap().unwrap();
    }
    site.store.notify_outbox(false).await.unwrap();
    assert!(!site.store.notifies_outbox().await.unwrap());
    open(&site.desk).await;
    assert!(!site.listener.wait(BRIEFLY).await);
    site.store.notify_outbox(true).await.unwrap();
    assert!(site.store.notifies_outbox().await.unwrap());
    open(&site.desk).await;
    assert!(site.listener.wait(LONG).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_where_the_tables_are() {
    let Some(site) = Site::new().await else { return };
    let pool = site.pool().await;
    pool.execute("CREATE SCHEMA desk").await.unwrap();
    let store = Arc::new(SqlOptions::new(pool).schema("desk").unwrap().build());
    store.migrate().await.unwrap();
    assert!(!store.notifies_outbox().await.unwrap(), "the other schema's is not this one's");
    store.notify_outbox(true).await.unwrap();
    site.store.notify_outbox(false).await.unwrap();
    assert!(store.notifies_outbox().await.unwrap());
    let mut listener = store.listen_outbox().await.unwrap();
    open(&telling(&store).await).await;
    assert!(listener.wait(LONG).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_connection_wakes_it_and_is_found_again() {
    let Some(mut site) = Site::new().await else { return };
    let pool = site.pool().await;
    let listening = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity \
                     WHERE datname = current_database() AND query LIKE 'LISTEN%'";
    for _ in 0..3 {
        let ended: i64 = sqlx::query_scalar(listening).fetch_one(&pool).await.unwrap();
        assert_eq!(ended, 1);
        assert!(site.listener.wait(LONG).await, "what came meanwhile was not heard");
        open(&site.desk).await;
        assert!(site.listener.wait(LONG).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_died_is_waited_for_and_found_again() {
    if Server::Postgres.is_lacking() {
        return;
    }
    let own = OwnServer::start(Server::Postgres);
    let store = Arc::new(own.store(Duration::from_secs(2)).await);
    store.notify_outbox(true).await.unwrap();
    let mut listener = store.listen_outbox().await.unwrap();
    let desk = telling(&store).await;
    own.kill("QUIT");
    assert!(!listener.wait(BRIEFLY * 2).await, "there is nobody who could wake it");
    own.restart();
    assert!(listener.wait(LONG).await, "what came meanwhile was not heard");
    open(&desk).await;
    assert!(listener.wait(LONG).await);
}

struct Told(tokio::sync::mpsc::UnboundedSender<String>);

#[async_trait::async_trait]
impl EventSink for Told {
    async fn tell(&self, event: &OutgoingEvent) -> Answer {
        self.0.send(event.record.event.name().to_owned()).unwrap();
        Answer::Delivered
    }
}

/// The loop of the documentation: nothing is missed between looking and listening, however the two meet.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relay_that_is_only_ever_woken_tells_everything() {
    let Some(mut site) = Site::new().await else { return };
    let (sender, mut told) = tokio::sync::mpsc::unbounded_channel();
    let relaying = {
        let desk = site.desk.clone();
        tokio::spawn(async move {
            let sink = Told(sender);
            loop {
                while desk.relay(&sink, 7).await.unwrap().more {}
                site.listener.wait(LONG).await;
            }
        })
    };
    let writers: Vec<_> = (0..4)
        .map(|_| {
            let desk = site.desk.clone();
            tokio::spawn(async move {
                for _ in 0..25 {
                    open(&desk).await;
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    for n in 0..100 {
        let event = tokio::time::timeout(LONG, told.recv()).await.unwrap_or_else(|_| panic!("only {n} came"));
        assert_eq!(event.unwrap(), "opened");
    }
    relaying.abort();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_servers_say_that_they_cannot() {
    if Server::MySql.is_lacking() {
        return;
    }
    let (store, _database) = fresh(Server::MySql).await;
    let unsupported = |error: helpdesk_core::store::StoreError| assert_eq!(error.kind, FaultKind::Unsupported);
    unsupported(store.notify_outbox(true).await.unwrap_err());
    unsupported(store.notifies_outbox().await.unwrap_err());
    unsupported(store.listen_outbox().await.unwrap_err());
}
