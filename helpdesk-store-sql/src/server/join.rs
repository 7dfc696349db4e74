//! Desks on the host's open transaction.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::JoinedDesk;
use helpdesk_core::store::Store;
use tokio::sync::Mutex;

use super::dialect::Dialect;
use super::link::Link;
use super::store::{Joined, Place, ServerStore, Shared};

/// A desk on a transaction that the host has open: one way for every database.
pub trait Join {
    /// The desk within the host's transaction; what it promises stands at [`JoinedDesk`].
    ///
    /// The tables are looked for where the desk's own store has them; a desk on another sort of store looks where the
    /// transaction looks by itself.
    fn on<'t, T: Joinable>(&self, transaction: &'t mut T) -> JoinedDesk<'t>;
}

impl Join for Helpdesk {
    fn on<'t, T: Joinable>(&self, transaction: &'t mut T) -> JoinedDesk<'t> {
        self.joined(transaction.store(self.store().as_ref()))
    }
}

/// A transaction that a desk can join: those of sqlx.
pub trait Joinable: sealed::Sealed {
    /// The store on this transaction, beside the one that the desk stands on.
    fn store<'t>(&'t mut self, beside: &dyn Store) -> Arc<dyn Store + 't>;
}

mod sealed {
    /// What may be joined is known here, since it rests on how sqlx ends what is dropped.
    pub trait Sealed {}
    #[cfg(feature = "postgres")]
    impl Sealed for sqlx::Transaction<'_, sqlx::Postgres> {}
    #[cfg(feature = "mysql")]
    impl Sealed for sqlx::Transaction<'_, sqlx::MySql> {}
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
fn shared(beside: &dyn Store, dialect: &'static Dialect) -> Arc<Shared> {
    let known = beside.as_any().and_then(|any| any.downcast_ref::<Arc<Shared>>());
    let known = known.filter(|shared| std::ptr::eq(shared.dialect, dialect)).cloned();
    known.unwrap_or_else(|| Arc::new(Shared::new(dialect, None)))
}

fn joined<'t>(link: Box<dyn Link + 't>, shared: Arc<Shared>) -> Arc<dyn Store + 't> {
    let joined = Joined { link: Mutex::new(link), drew: AtomicBool::new(false) };
    Arc::new(ServerStore { place: Place::Joined(joined), shared })
}
