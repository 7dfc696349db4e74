//! Lists from the replica: as old as it is behind, while everything that decides is not; and without it, from the primary.

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_core::query::{GroupBy, PageRequest, Sort, TicketFilter, TicketQuery};
use helpdesk_core::store::*;
use helpdesk_core::ticket::Version;
use helpdesk_store_sql::{SqlOptions, SqlStore};
use sqlx::Executor;
use sqlx::postgres::PgPool;

use crate::acts::*;
use crate::pair::{Server, control, database};

/// A store whose lists come from the replica.
async fn store() -> (SqlStore, PgPool) {
    let name = database().await;
    let primary = Server::Primary.pool(&name).await;
    let store = SqlOptions::new(primary).build();
    store.migrate().await.unwrap();
    let (primary, replica) = (Server::Primary.pool(&name).await, Server::Standby.pool(&name).await);
    // A commit does not wait for a replica that is paused or gone: it is behind, as one that nobody waits for would be.
    primary
        .execute(sqlx::AssertSqlSafe(format!("ALTER DATABASE {name} SET synchronous_commit = local")))
        .await
        .unwrap();
    let primary = Server::Primary.pool(&name).await;
    (SqlOptions::new(primary).lists_from(replica.clone()).unwrap().build(), replica)
}

async fn listed(store: &SqlStore) -> usize {
    let query = TicketQuery::new(TicketFilter::default(), Sort::Created, at(100));
    store.tickets(&acme(), &query, &PageRequest::default()).await.unwrap().rows.len()
}

async fn counted(store: &SqlStore) -> u64 {
    let query = TicketQuery::new(TicketFilter::default(), Sort::Created, at(100));
    store.tally(&acme(), &query, GroupBy::Nothing).await.unwrap().iter().map(|tally| tally.count).sum()
}

async fn until_listed(store: &SqlStore, tickets: usize) {
    while listed(store).await != tickets {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/replica"]
async fn lists_are_as_old_as_the_replica_and_decisions_are_not() {
    let (store, replica) = store().await;
    let ticket = open(&store, plain("First"), at(0)).await;
    until_listed(&store, 1).await;
    replica.execute("SELECT pg_wal_replay_pause()").await.unwrap();

    let after = act(&store, &ticket, &reply("Done."), at(1)).await;
    open(&store, plain("Second"), at(2)).await;
    let key = RecordKey::settings();
    let write = RecordWrite { key: key.clone(), expected: Expected::Absent, value: Some(1.into()) };
    applied(store.commit(Commit { records: vec![write], ..commit_of(Vec::new(), at(3)) }).await.unwrap());

    assert_eq!((listed(&store).await, counted(&store).await), (1, 1), "as old as the replica");
    assert_eq!(load(&store, ticket.id).await.unwrap().version, after.version);
    assert_eq!(store.conversation(&acme(), ticket.id, 1..=9).await.unwrap().len(), 2);
    assert!(
        store.history(&acme(), ticket.id, 0, 99).await.unwrap().iter().any(|told| told.record.version == Version(2))
    );
    assert_eq!(store.scan(&acme(), None, 99).await.unwrap().len(), 2);
    assert!(store.record(&acme(), &key).await.unwrap().is_some());
    assert_eq!(store.count_records(&acme(), key.kind).await.unwrap(), 1);

    replica.execute("SELECT pg_wal_replay_resume()").await.unwrap();
    until_listed(&store, 2).await;
    assert_eq!(counted(&store).await, 2);
    let report = Helpdesk::over(Arc::new(store) as Arc<dyn Store>).build().check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/replica"]
async fn without_the_replica_lists_come_from_the_primary() {
    let (store, _replica) = store().await;
    open(&store, plain("First"), at(0)).await;
    until_listed(&store, 1).await;
    control(&["kill", "standby"]).await;
    open(&store, plain("Second"), at(1)).await;
    assert_eq!((listed(&store).await, counted(&store).await), (2, 2));
    control(&["start", "standby"]).await;
    open(&store, plain("Third"), at(2)).await;
    until_listed(&store, 3).await;
}

#[tokio::test]
#[ignore = "run by scripts/replica"]
async fn a_replica_of_another_sort_is_refused() {
    let primary = Server::Primary.pool("helpdesk").await;
    let other = sqlx::mysql::MySqlPoolOptions::new().connect_lazy("mysql://nobody@127.0.0.1/none").unwrap();
    let refused = SqlOptions::new(primary).lists_from(other).unwrap_err();
    assert_eq!(refused.kind, FaultKind::Unsupported);
}
