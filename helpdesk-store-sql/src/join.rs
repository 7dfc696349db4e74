//! Desks on the host's open transaction: one way for every database. What a store does on it stands beside each engine.

use std::sync::Arc;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::JoinedDesk;
use helpdesk_core::store::Store;

#[cfg(feature = "server")]
use crate::server::{
    dialect::Dialect,
    link::Link,
    store::{Joined, Place, ServerStore, Shared},
};

/// A desk on a transaction that the host has open: one way for every database.
pub trait Join {
    /// The desk within the host's transaction; what it promises stands at [`JoinedDesk`].
    ///
    /// The tables are looked for where the desk's own store has them; a desk on another sort of store looks where the
    /// transaction looks by itself. Where the tables are missing or older, every call ends as `NeedsMigration`.
    ///
    /// **On SQLite** one transaction writes at a time. While the host's does, a write of the desk that is not joined waits
    /// for its end: in the same task for ever, so write through the join, or commit first. Such a write fails at once, not
    /// retryable, while a joined desk lives that the same task wrote through; where that cannot be known, when the busy
    /// timeout is over. Other tasks just wait. Begin the transaction with `BEGIN IMMEDIATE`: one that reads first ends as
    /// `transaction_conflict` if others write before it does.
    ///
    /// **On a Galera cluster** another node may be faster and is heard of last: the host's `COMMIT` then fails with MariaDB's
    /// error 1213, nothing of the transaction is stored, and the host begins it anew.
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")]
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
    /// # let folder = tempfile::tempdir().unwrap();
    /// # let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("shop.db"));
    /// # let pool = sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await?;
    /// # sqlx::query("CREATE TABLE orders (id INTEGER PRIMARY KEY, ticket TEXT)").execute(&pool).await?;
    /// use helpdesk_core::Helpdesk;
    /// use helpdesk_core::desk::OpenTicket;
    /// use helpdesk_store_sql::Join;
    /// use helpdesk_store_sql::sqlite::SqliteStore;
    ///
    /// let desk = Helpdesk::builder(SqliteStore::from_pool(&pool).await?).build();
    ///
    /// let mut transaction = pool.begin_with("BEGIN IMMEDIATE").await?;
    /// let ticket = {
    ///     let joined = desk.on(&mut transaction);
    ///     let anna = joined.tenant("acme")?.agent("anna")?;
    ///     anna.open(OpenTicket::new("Order 4711 came damaged")).await?.ticket.id
    /// };
    /// let order = sqlx::query("INSERT INTO orders VALUES (4711, ?)").bind(ticket.to_string());
    /// order.execute(&mut *transaction).await?;
    /// transaction.commit().await?; // both, or neither
    /// # desk.tenant("acme")?.agent("anna")?.show(ticket).await?;
    /// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
    /// ```
    fn on<'t, T: Joinable>(&self, transaction: &'t mut T) -> JoinedDesk<'t>;
}

impl Join for Helpdesk {
    fn on<'t, T: Joinable>(&self, transaction: &'t mut T) -> JoinedDesk<'t> {
        self.joined(transaction.store(self.store().as_ref()))
    }
}

/// A transaction that a desk can join: those of sqlx.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// # let desk = helpdesk_core::Helpdesk::builder(helpdesk_core::MemoryStore::new()).build();
/// use helpdesk_store_sql::Joinable;
///
/// // The desk's tables are made together with the host's own.
/// let mut transaction = pool.begin().await?;
/// sqlx::query("CREATE TABLE orders (id INTEGER PRIMARY KEY)").execute(&mut *transaction).await?;
/// transaction.store(&**desk.store()).migrate().await?;
/// transaction.commit().await?;
/// # Ok::<(), Box<dyn std::error::Error>>(()) }).unwrap();
/// ```
pub trait Joinable: sealed::Sealed {
    /// The store on this transaction, beside the one that the desk stands on. [`Join::on`] makes a desk of it.
    fn store<'t>(&'t mut self, beside: &dyn Store) -> Arc<dyn Store + 't>;
}

mod sealed {
    /// What may be joined is known here, since it rests on how sqlx ends what is dropped.
    pub trait Sealed {}
    #[cfg(feature = "sqlite")]
    impl Sealed for sqlx::Transaction<'_, sqlx::Sqlite> {}
    #[cfg(feature = "postgres")]
    impl Sealed for sqlx::Transaction<'_, sqlx::Postgres> {}
    #[cfg(feature = "mysql")]
    impl Sealed for sqlx::Transaction<'_, sqlx::MySql> {}
}

#[cfg(feature = "sqlite")]
impl Joinable for sqlx::Transaction<'_, sqlx::Sqlite> {
    fn store<'t>(&'t mut self, beside: &dyn Store) -> Arc<dyn Store + 't> {
        Arc::new(crate::sqlite::FileStore::joined(&mut *self, beside))
    }
}

#[cfg(feature = "postgres")]
impl Joinable for sqlx::Transaction<'_, sqlx::Postgres> {
    fn store<'t>(&'t mut self, beside: &dyn Store) -> Arc<dyn Store + 't> {
        let shared = shared(beside, crate::postgres::dialect());
        let schema = shared.schema.clone();
        joined(Box::new(crate::postgres::Joined { connection: &mut *self, schema }), shared)
    }
}

#[cfg(feature = "mysql")]
impl Joinable for sqlx::Transaction<'_, sqlx::MySql> {
    fn store<'t>(&'t mut self, beside: &dyn Store) -> Arc<dyn Store + 't> {
        let shared = shared(beside, crate::mysql::dialect());
        let schema = shared.schema.clone();
        joined(Box::new(crate::mysql::Joined::new(&mut *self, schema)), shared)
    }
}

/// What the desk's own store knows, if it is one of these.
#[cfg(feature = "server")]
fn shared(beside: &dyn Store, dialect: &'static Dialect) -> Arc<Shared> {
    let known = beside.as_any().and_then(|any| any.downcast_ref::<Arc<Shared>>());
    let known = known.filter(|shared| std::ptr::eq(shared.dialect, dialect)).cloned();
    known.unwrap_or_else(|| Arc::new(Shared::new(dialect, None)))
}

#[cfg(feature = "server")]
fn joined<'t>(link: Box<dyn Link + 't>, shared: Arc<Shared>) -> Arc<dyn Store + 't> {
    Arc::new(ServerStore { place: Place::Joined(Joined::new(link)), shared })
}
