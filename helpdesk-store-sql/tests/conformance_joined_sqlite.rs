//! The conformance kit on a store that stands on a host's transaction: one transaction for each rule, never committed.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop")]

use std::sync::Arc;

use helpdesk_core::conformance::{Fresh, Keep, Rule, Subject, rules};
use helpdesk_core::store::Store;
use helpdesk_store_sql::Joinable;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use sqlx::SqlitePool;
use sqlx::sqlite::SqliteConnectOptions;

/// What holds elsewhere and not here: a joined store has nothing to close, that is the host's.
const NOT_HERE: &str = "a_closed_store_is_unavailable";

struct Joined;

#[async_trait::async_trait]
impl Subject for Joined {
    async fn fresh(&self) -> Fresh {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("desk.db");
        let desk = SqliteStore::open(SqliteOptions::new(&file).create(true)).await.unwrap();
        let pool = SqlitePool::connect_lazy_with(SqliteConnectOptions::new().filename(&file));
        // A rule keeps its store for as long as it likes, so the transaction lasts as long as the test.
        let transaction = Box::leak(Box::new(pool.begin().await.unwrap()));
        let store: Arc<dyn Store> = transaction.store(&desk);
        Fresh::new(Arc::clone(&store), (store, folder))
    }

    /// The transaction is still open, and so is all that it did.
    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        keep.downcast_ref::<(Arc<dyn Store>, tempfile::TempDir)>().map(|(store, _)| Arc::clone(store))
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_rule_that_makes_sense_there_holds_in_a_transaction() {
    let mut broken = Vec::new();
    for Rule { group, name, run } in rules().iter().filter(|rule| rule.name != NOT_HERE) {
        let trial = run(Arc::new(Joined));
        if tokio::spawn(trial).await.is_err() {
            broken.push(format!("{group}::{name}"));
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}
