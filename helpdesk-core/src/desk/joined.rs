//! A desk within the host's own transaction. What it stands on borrows the transaction; a backend brings the way from
//! one to the other. Beginning, committing and rolling back stay the host's, and no method for it stands here.

use std::sync::Arc;

use super::settings_cache::SettingsCache;
use super::{Desk, Error, Helpdesk, Inner, TenantDesk};
use crate::env::Timestamp;
use crate::limits::Limits;
use crate::store::Store;

/// A desk within the host's own transaction: what its handles do is done when the host commits, together with what the
/// host wrote itself.
///
/// **Visible when.** Its own handles see what they wrote at once. Nobody else sees any of it before the host commits,
/// and nobody ever does if the host rolls back: then no ticket, event, delivery or idempotency key of it is left, and the
/// answers that were given are void. So tell nobody of a ticket, nor of its number, before the commit.
///
/// **Whose transaction.** The host's. Nobody here begins, commits, rolls back or retries it. Each act is applied whole
/// or not at all, also here: one that is refused, whatever its [`ErrorKind`](super::ErrorKind), leaves of itself nothing
/// behind and the transaction as usable as it was, so that the host may go on and commit the rest. The exception is a
/// fault of the store ([`Error::Store`]): then roll back. Dropping a handle or a call neither commits nor rolls back.
///
/// **Isolation.** In a transaction that sees what others commit meanwhile (`READ COMMITTED`) the desk decides anew when
/// others were faster, as it does elsewhere. One that keeps to the state it began with (`REPEATABLE READ`,
/// `SERIALIZABLE`) would show it the same old state every time; there the desk gives up at once with the code
/// [`transaction_conflict`](super::Code::TransactionConflict), which is not retryable within the transaction: roll it
/// back and begin it anew, with all that the host does in it. Keep such a transaction short either way: others wait for
/// what it has written.
///
/// Clock, ids, permissions and limits are those of the desk it came from; settings it reads for itself. It has nothing
/// that sweeps, copies or maintains. It and its handles borrow the transaction, so they must be gone before the host can
/// commit: let them end with a block, or drop them.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// # use std::sync::Arc;
/// # use helpdesk_core::store::Store;
/// # use helpdesk_core::{Helpdesk, MemoryStore};
/// # struct Transaction(Arc<MemoryStore>);
/// # impl Transaction {
/// #     fn commit(self) {}
/// # }
/// # fn within<'t>(transaction: &'t mut Transaction) -> Arc<dyn Store + 't> { Arc::clone(&transaction.0) as Arc<dyn Store> }
/// # let desk = Helpdesk::builder(MemoryStore::new()).build();
/// # let mut transaction = Transaction(Arc::new(MemoryStore::new()));
/// use helpdesk_core::desk::OpenTicket;
///
/// let ticket = {
///     let joined = desk.joined(within(&mut transaction)); // `within` is the backend's
///     let anna = joined.tenant("acme")?.agent("anna")?;
///     anna.open(OpenTicket::new("Order 4711 came damaged")).await?.ticket
/// };
/// // The host writes the ticket's id to its order here, in the same transaction.
/// transaction.commit();
/// # assert_eq!(ticket.version.0, 1);
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
#[derive(Debug)]
pub struct JoinedDesk<'t> {
    desk: Desk<'t>,
}

impl Helpdesk {
    /// The desk within the transaction that `store` borrows. Meant for backends: each brings a way from a transaction of
    /// its engine to here.
    pub fn joined<'t>(&self, store: Arc<dyn Store + 't>) -> JoinedDesk<'t> {
        let Inner { clock, ids, access, limits, .. } = &*self.inner;
        let inner = Inner {
            store,
            clock: Arc::clone(clock),
            ids: Arc::clone(ids),
            access: Arc::clone(access),
            limits: limits.clone(),
            // Versions of settings may be taken back here and given again elsewhere, for others.
            settings: SettingsCache::default(),
        };
        JoinedDesk { desk: Desk { inner: Arc::new(inner) } }
    }
}

impl<'t> JoinedDesk<'t> {
    /// The handles of one tenant.
    ///
    /// # Errors
    /// As [`Helpdesk::tenant`].
    pub fn tenant(&self, id: &str) -> Result<TenantDesk<'t>, Error> {
        self.desk.tenant(id)
    }

    /// The bounds.
    pub fn limits(&self) -> &Limits {
        self.desk.limits()
    }

    /// The present instant, as [`Helpdesk::now`].
    pub fn now(&self) -> Timestamp {
        self.desk.now()
    }
}
