//! The kit's rules for numbers without gaps, which a store with blocks leaves out: on servers, for stores that were told
//! to draw so.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;

use helpdesk_core::conformance::{Fresh, Keep, Subject, Verdict, rules};
use helpdesk_core::store::Store;
use servers::{Database, Server};

/// Where the kit has rules that ask for it.
const GROUPS: [&str; 3] = ["atomicity", "numbers", "races"];

struct Gapless(Server);

#[async_trait::async_trait]
impl Subject for Gapless {
    async fn fresh(&self) -> Fresh {
        let database = Database::create(self.0).await;
        Fresh::new(Arc::new(database.store_drawing(true).await), database)
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        let database = keep.downcast_ref::<Database>().unwrap();
        Some(Arc::new(database.store_drawing(true).await))
    }
}

async fn no_rule_is_left_out(server: Server) {
    if server.is_lacking() {
        return;
    }
    let subject: Arc<dyn Subject> = Arc::new(Gapless(server));
    let asked: Vec<_> = rules().iter().filter(|rule| GROUPS.contains(&rule.group)).collect();
    assert!(asked.len() > 40, "the kit has these groups: {}", asked.len());
    for rule in asked {
        assert_eq!((rule.run)(Arc::clone(&subject)).await, Verdict::Kept, "{}", rule.name);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_without_gaps_are_kept_so_on_postgres() {
    no_rule_is_left_out(Server::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn numbers_without_gaps_are_kept_so_on_mariadb() {
    no_rule_is_left_out(Server::MySql).await;
}
