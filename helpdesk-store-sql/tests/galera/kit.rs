//! The conformance kit on a cluster: through one node, and with every call through another one.

use std::sync::Arc;

use helpdesk_core::conformance::{Fresh, Keep, Spawning, Subject, Task, rules};
use helpdesk_core::store::Store;

use crate::nodes::Database;
use crate::spread::Spread;

enum Through {
    OneNode,
    AllNodes,
}

impl Through {
    async fn open(&self, database: &Database) -> Arc<dyn Store> {
        match self {
            Self::OneNode => {
                let store = database.store(0).await;
                store.migrate().await.unwrap();
                store
            }
            Self::AllNodes => Arc::new(Spread::over(database.stores().await.to_vec())),
        }
    }
}

#[async_trait::async_trait]
impl Subject for Through {
    async fn fresh(&self) -> Fresh {
        let database = Database::create().await;
        Fresh::new(self.open(&database).await, database)
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        Some(self.open(keep.downcast_ref().unwrap()).await)
    }
}

/// Tries all rules, so that one that is broken does not hide the others.
async fn every_rule_is_kept(through: Through) {
    let beside = |task: Task| -> Task { Box::pin(async { tokio::spawn(task).await.unwrap() }) };
    let subject: Arc<dyn Subject> = Arc::new(Spawning::new(through, beside));
    let mut broken = Vec::new();
    for rule in rules() {
        let trial = (rule.run)(Arc::clone(&subject));
        if tokio::spawn(trial).await.is_err() {
            broken.push(format!("{}::{}", rule.group, rule.name));
        }
    }
    assert_eq!(broken, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn every_rule_is_kept_through_one_node() {
    every_rule_is_kept(Through::OneNode).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn every_rule_is_kept_if_every_call_goes_to_another_node() {
    every_rule_is_kept(Through::AllNodes).await;
}
