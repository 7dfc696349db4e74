//! The conformance kit on MariaDB: a real server, a database for each rule.

#![cfg(feature = "mysql")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;

use helpdesk_core::conformance::{Fresh, Keep, Subject, stamp};
use helpdesk_core::store::Store;
use servers::{Database, Server, fresh};

struct MySql;

#[async_trait::async_trait]
impl Subject for MySql {
    async fn fresh(&self) -> Fresh {
        let (store, database) = fresh(Server::MySql).await;
        Fresh::new(store, database)
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        let database = keep.downcast_ref::<Database>().unwrap();
        Some(Arc::new(database.store().await))
    }

    async fn lacking(&self) -> Option<&'static str> {
        Server::MySql.url().is_none().then_some("mysql")
    }
}

stamp!(MySql);
