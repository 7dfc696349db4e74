//! What the author of a backend brings: an empty store, and if it lasts, the same store opened again.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use async_trait::async_trait;

use crate::store::Store;

/// Something to be run to its end.
pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What keeps a store's place (a directory, a database) and cleans it up when it is dropped.
pub type Keep = Arc<dyn Any + Send + Sync>;

/// A new store and its place.
#[expect(missing_debug_implementations, reason = "a store need not be printable")]
pub struct Fresh {
    /// The store, empty and migrated.
    pub store: Arc<dyn Store>,
    /// Its place.
    pub keep: Keep,
}

impl Fresh {
    /// A store with what cleans up behind it.
    pub fn new(store: Arc<dyn Store>, keep: impl Any + Send + Sync) -> Self {
        Self { store, keep: Arc::new(keep) }
    }
}

/// A backend under test.
#[async_trait]
pub trait Subject: Send + Sync {
    /// A new, empty, migrated store that shares nothing with any other.
    async fn fresh(&self) -> Fresh;

    /// The same store opened again; the handle before was closed. `keep` is what [`Subject::fresh`] gave.
    /// A backend whose capabilities say `persistent` must have this.
    async fn reopen(&self, _keep: &Keep) -> Option<Arc<dyn Store>> {
        None
    }

    /// What the backend cannot be tried without and is not there: the name of a server. Then every rule is skipped,
    /// visibly, or fails if the environment says `HELPDESK_TEST_REQUIRE=all`.
    async fn lacking(&self) -> Option<&'static str> {
        None
    }

    /// Runs a task beside others. The stamped tests give it to tokio; without a runtime it is run where it is awaited.
    fn spawn(&self, task: Task) -> Task {
        task
    }
}

/// A subject with a way to run tasks in parallel; the stamped tests make it.
#[derive(Debug)]
pub struct Spawning<S, F> {
    subject: S,
    spawn: F,
}

impl<S: Subject, F: Fn(Task) -> Task + Send + Sync> Spawning<S, F> {
    /// `subject`, whose tasks are run by `spawn`.
    pub fn new(subject: S, spawn: F) -> Self {
        Self { subject, spawn }
    }
}

#[async_trait]
impl<S: Subject, F: Fn(Task) -> Task + Send + Sync> Subject for Spawning<S, F> {
    async fn fresh(&self) -> Fresh {
        self.subject.fresh().await
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        self.subject.reopen(keep).await
    }

    async fn lacking(&self) -> Option<&'static str> {
        self.subject.lacking().await
    }

    fn spawn(&self, task: Task) -> Task {
        (self.spawn)(task)
    }
}
