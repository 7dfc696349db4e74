//! Lists from another server, which may be behind. While it does not answer, lists come from where everything else does;
//! nothing that is decided is asked here.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::link::Source;
use super::sql::Sql;
use super::value::Row;
use crate::fault::Fault;

/// How long a list waits for a connection.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a replica that did not answer is left alone.
const PAUSE: Duration = Duration::from_secs(5);

/// Where lists are asked first.
pub(crate) struct Replica {
    source: Arc<dyn Source>,
    /// Until when it is left alone.
    resting: Mutex<Option<Instant>>,
}

impl Replica {
    pub(crate) fn new(source: Arc<dyn Source>) -> Self {
        Self { source, resting: Mutex::new(None) }
    }

    /// Its answer, if it gives one.
    pub(crate) async fn rows(&self, sql: &Sql) -> Option<Vec<Row>> {
        if self.resting().is_some_and(|until| Instant::now() < until) {
            return None;
        }
        let answer = self.ask(sql).await;
        let rest = answer.is_err().then(|| Instant::now() + PAUSE);
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner) = rest;
        answer.ok()
    }

    async fn ask(&self, sql: &Sql) -> Result<Vec<Row>, Fault> {
        let late = |_| Fault::Engine(sqlx::Error::PoolTimedOut);
        let answer = timeout(PATIENCE, self.source.link()).await.map_err(late)??.rows(sql).await;
        match answer {
            // It had been idle and the server had ended it.
            Err(fault) if fault.is_lost() => {
                timeout(PATIENCE, self.source.clean_link()).await.map_err(late)??.rows(sql).await
            }
            answer => answer,
        }
    }

    fn resting(&self) -> Option<Instant> {
        *self.resting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
