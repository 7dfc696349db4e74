//! A node that is behind: it was not given what others committed, and must not decide by what it has.

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::store::*;
use sqlx::mysql::MySqlConnection;
use sqlx::{Executor, Row};

use crate::acts::*;
use crate::nodes::{Database, fresh};

/// A node that takes nothing over until it is let go; it can be read all the while.
struct HeldBack {
    connection: MySqlConnection,
}

impl HeldBack {
    async fn node(database: &Database, node: usize) -> Self {
        let mut connection = database.connection(node).await;
        connection.execute("FLUSH TABLES WITH READ LOCK").await.unwrap();
        Self { connection }
    }

    /// Waits until `calls` of the desk wait there, or one has come to its end without.
    async fn until_waiting(&mut self, calls: u64, ended: impl Fn() -> bool) {
        let waiting = "SELECT COUNT(*) FROM information_schema.processlist \
                       WHERE db = DATABASE() AND command <> 'Sleep' AND id <> CONNECTION_ID()";
        while !ended() {
            let row = self.connection.fetch_one(waiting).await.unwrap();
            if row.get::<i64, _>(0).unsigned_abs() >= calls {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn let_go(mut self) {
        self.connection.execute("UNLOCK TABLES").await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn what_one_node_acknowledged_is_seen_by_the_next_load_at_another() {
    let (stores, database) = fresh().await;
    let ticket = open(stores[0].as_ref(), plain("Seen"), at(0)).await;
    assert_eq!(load(stores[1].as_ref(), ticket.id).await.unwrap().version, ticket.version);
    let mut behind = HeldBack::node(&database, 1).await;
    let after = act(stores[0].as_ref(), &ticket, &reply("Done."), at(1)).await;
    let store = Arc::clone(&stores[1]);
    let loading = tokio::spawn(async move { load(store.as_ref(), ticket.id).await.unwrap() });
    behind.until_waiting(1, || loading.is_finished()).await;
    behind.let_go().await;
    assert_eq!(loading.await.unwrap().version, after.version);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn an_act_does_not_rest_on_a_record_that_was_changed_at_another_node() {
    let (stores, database) = fresh().await;
    let ticket = open(stores[0].as_ref(), plain("Guarded"), at(0)).await;
    let key = RecordKey::new(RecordKind::Agent, "anna");
    let record = |expected, value: i32| Commit {
        records: vec![RecordWrite { key: key.clone(), expected, value: Some(value.into()) }],
        ..commit_of(Vec::new(), at(1))
    };
    applied(stores[0].commit(record(Expected::Absent, 1)).await.unwrap());
    let seen = stores[1].record(&acme(), &key).await.unwrap().unwrap().version;
    let mut behind = HeldBack::node(&database, 1).await;
    applied(stores[0].commit(record(Expected::At(seen), 2)).await.unwrap());
    let mut resting = commit_of(vec![write(&ticket, &reply("Done."), &anna(), at(2))], at(2));
    resting.guards.push(Guard { key: key.clone(), expected: Expected::At(seen) });
    let store = Arc::clone(&stores[1]);
    let committing = tokio::spawn(async move { store.commit(resting).await.unwrap() });
    behind.until_waiting(1, || committing.is_finished()).await;
    behind.let_go().await;
    let outcome = committing.await.unwrap();
    assert!(matches!(outcome, CommitOutcome::Conflict(Conflict::Record { .. })), "{outcome:?}");
}
