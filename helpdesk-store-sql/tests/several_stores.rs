//! Several stores on one database, as so many processes have them: whatever goes at once, every call at another one.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;
#[path = "servers/spread.rs"]
mod spread;
#[path = "servers/through.rs"]
mod through;

use std::sync::Arc;

use helpdesk_core::conformance::{Fresh, Spawning, Subject, Task, Verdict, rules};
use servers::{Database, Server};
use spread::Spread;

/// How many stores there are.
const STORES: usize = 3;
/// How often each rule is tried; what may go wrong goes wrong now and then.
const ROUNDS: usize = 12;

struct Several {
    server: Server,
    gapless: bool,
}

#[async_trait::async_trait]
impl Subject for Several {
    async fn fresh(&self) -> Fresh {
        let database = Database::create(self.server).await;
        let mut stores = Vec::new();
        for _ in 0..STORES {
            stores.push(Arc::new(database.store_drawing(self.gapless).await));
        }
        Fresh::new(Arc::new(Spread::over(stores)), database)
    }
}

async fn races_are_decided_once(server: Server) {
    if server.is_lacking() {
        return;
    }
    let beside = |task: Task| -> Task { Box::pin(async { tokio::spawn(task).await.unwrap() }) };
    let races: Vec<_> = rules().iter().filter(|rule| rule.group == "races").collect();
    assert!(races.len() > 3, "the kit has races");
    for round in 0..ROUNDS {
        let gapless = round % 2 == 0;
        let subject: Arc<dyn Subject> = Arc::new(Spawning::new(Several { server, gapless }, beside));
        for rule in &races {
            let verdict = (rule.run)(Arc::clone(&subject)).await;
            let left_out = !gapless && verdict == Verdict::Skipped("gapless_numbers");
            assert!(verdict == Verdict::Kept || left_out, "{}: {verdict:?}", rule.name);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn races_through_several_stores_on_postgres_are_decided_once() {
    races_are_decided_once(Server::Postgres).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn races_through_several_stores_on_mariadb_are_decided_once() {
    races_are_decided_once(Server::MySql).await;
}
