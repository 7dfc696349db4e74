//! The conformance kit on PostgreSQL: a real server, a database for each rule.

#![cfg(feature = "postgres")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;

use helpdesk_core::conformance::{Fresh, Keep, Subject, stamp};
use helpdesk_core::store::Store;
use servers::{Database, Server, fresh};

struct Postgres;

#[async_trait::async_trait]
impl Subject for Postgres {
    async fn fresh(&self) -> Fresh {
        let (store, database) = fresh(Server::Postgres).await;
        Fresh::new(store, database)
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        let database = keep.downcast_ref::<Database>().unwrap();
        Some(Arc::new(database.store().await))
    }

    async fn lacking(&self) -> Option<&'static str> {
        Server::Postgres.url().is_none().then_some("postgres")
    }
}

stamp!(Postgres);
