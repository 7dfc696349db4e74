//! How a store is made on the host's pool.

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::store::StoreError;

use super::at_hand::AtHand;
use super::link::Source;
use super::pool::SqlPool;
use super::replica::Replica;
use super::store::{Own, Owned, Place, ServerStore, Shared};
use crate::fault::Fault;

/// How long an answer is waited for, unless said otherwise.
const PATIENCE: Duration = Duration::from_secs(30);

/// A desk's store in a PostgreSQL or MariaDB database, in the host's pool.
///
/// It takes connections from the pool for as long as a unit of work lasts, leaves no transaction and no
/// setting on them, and gives them back; on MariaDB variables of the session, all named `@helpdesk_…`, keep what was
/// written last. Commits of one process go through one of them at a time, several together. Every future may be dropped at
/// any time: a read leaves nothing behind, and a commit was applied whole or not at all. It needs a tokio runtime with
/// time enabled, and does no background work but for commits; [`helpdesk_core::store::Maintenance::close`] ends that and
/// leaves the pool open.
pub type SqlStore = ServerStore<'static>;

/// How a store is made on a pool.
#[derive(Debug, Clone)]
pub struct SqlOptions {
    pool: SqlPool,
    schema: Option<String>,
    gapless: bool,
    patience: Duration,
    lists: Option<SqlPool>,
}

impl SqlOptions {
    /// A store in the database's default schema, with numbers out of reserved blocks.
    pub fn new(pool: impl Into<SqlPool>) -> Self {
        Self { pool: pool.into(), schema: None, gapless: false, patience: PATIENCE, lists: None }
    }

    /// Keeps the tables in this schema, which must be there.
    ///
    /// # Errors
    /// `Unsupported` if the name is not 1 to 63 of `a-z`, `0-9` and `_`, beginning with a letter.
    pub fn schema(mut self, schema: &str) -> Result<Self, StoreError> {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if schema.is_empty()
            || schema.len() > 63
            || !schema.bytes().all(plain)
            || !schema.starts_with(|c: char| c.is_ascii_lowercase())
        {
            return Err(Fault::Unsupported("a schema has a name of a-z, 0-9 and _").during("schema"));
        }
        self.schema = Some(schema.to_owned());
        Ok(self)
    }

    /// Draws each number in the act that uses it, so that none is left out. Creates of one tenant then wait for each
    /// other's syncs.
    pub fn gapless_numbers(mut self, gapless: bool) -> Self {
        self.gapless = gapless;
        self
    }

    /// How long an answer of the server is waited for; 30 s unless said. After that the connection is closed, and an act
    /// whose fate cannot be read back ends as `Unavailable`.
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Asks lists of tickets and counts of another server: a replica of the pool's, or a node of its cluster.
    ///
    /// A list may then be as old as the replica is behind. That goes for what is shown, and for what goes by a list: the
    /// next ticket of the queue, whose claim is decided by what stands in the pool's own database, and applying service
    /// levels anew, which misses tickets that the replica does not have yet. A single ticket, its conversation and
    /// history, records, timers, the outbox, checks and exports are read from the pool. A replica that does not answer
    /// is left out; then lists come from the pool as well.
    ///
    /// # Errors
    /// `Unsupported` if it is a pool of another sort.
    pub fn lists_from(mut self, replica: impl Into<SqlPool>) -> Result<Self, StoreError> {
        let replica = replica.into();
        if std::mem::discriminant(&replica) != std::mem::discriminant(&self.pool) {
            return Err(Fault::Unsupported("a replica is a server of the same sort").during("lists_from"));
        }
        self.lists = Some(replica);
        Ok(self)
    }

    /// The store. Nothing is asked of the database yet.
    pub fn build(self) -> SqlStore {
        let source = self.source();
        self.made(source, None)
    }

    /// The same, and the pool is nobody else's: it ends with the store, which takes at most so long.
    pub(crate) fn build_owning(self, patience: Duration) -> SqlStore {
        let source = AtHand::over(self.source(), self.pool.clone());
        let owned = Owned { pool: self.pool.clone(), spare: source.spare(), patience };
        self.made(Arc::new(source), Some(owned))
    }

    fn source(&self) -> Arc<dyn Source> {
        let (schema, patience) = (self.schema.clone(), self.patience);
        match self.pool.clone() {
            #[cfg(feature = "postgres")]
            SqlPool::Postgres(pool) => Arc::new(crate::postgres::PgSource { pool, schema, patience }),
            #[cfg(feature = "mysql")]
            SqlPool::MySql(pool) => Arc::new(crate::mysql::MySqlSource::new(pool, schema, patience)),
        }
    }

    /// The other server that lists are asked of; nobody minds an older state there.
    fn replica(&self) -> Option<Replica> {
        let (schema, patience) = (self.schema.clone(), self.patience);
        let source: Arc<dyn Source> = match self.lists.clone()? {
            #[cfg(feature = "postgres")]
            SqlPool::Postgres(pool) => Arc::new(crate::postgres::PgSource { pool, schema, patience }),
            #[cfg(feature = "mysql")]
            SqlPool::MySql(pool) => Arc::new(crate::mysql::MySqlSource::new(pool, schema, patience).behind()),
        };
        Some(Replica::new(source))
    }

    fn made(self, source: Arc<dyn Source>, owned: Option<Owned>) -> SqlStore {
        let numbers = (!self.gapless).then(Arc::default);
        let (beside, lists) = (Some(Arc::clone(&source)), self.replica());
        let shared = Arc::new(Shared { numbers, source: beside, ..Shared::new(source.dialect(), self.schema) });
        ServerStore { place: Place::Own(Own::new(source, lists, shared.numbers.clone(), owned)), shared }
    }
}

impl SqlStore {
    /// A store in the host's pool, as [`SqlOptions::new`] has it.
    pub fn from_pool(pool: impl Into<SqlPool>) -> Self {
        SqlOptions::new(pool).build()
    }
}
