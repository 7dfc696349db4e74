//! What the servers share: one committer that takes what waits into one transaction, reads on the host's pool, the same
//! on the host's own transaction. The files mirror those of [`helpdesk_core::store`]; what a server says in its own way
//! stands beside this room.

pub(crate) mod about;
pub(crate) mod act;
pub(crate) mod apart;
pub(crate) mod at_hand;
pub(crate) mod bulk;
pub(crate) mod committer;
pub(crate) mod connect;
pub(crate) mod deltas;
pub(crate) mod dialect;
pub(crate) mod filter;
pub(crate) mod guard;
pub(crate) mod hex;
pub(crate) mod kept;
pub(crate) mod link;
pub(crate) mod load;
pub(crate) mod locks;
pub(crate) mod lost;
pub(crate) mod maintenance;
pub(crate) mod marks;
pub(crate) mod migrate;
pub(crate) mod numbers;
pub(crate) mod options;
pub(crate) mod outbox;
pub(crate) mod page;
pub(crate) mod places;
#[cfg(test)]
mod plan_tests;
pub(crate) mod pool;
pub(crate) mod records;
pub(crate) mod replica;
pub(crate) mod retry;
pub(crate) mod sql;
pub(crate) mod standing;
pub(crate) mod store;
pub(crate) mod tally;
pub(crate) mod tickets;
pub(crate) mod unit;
pub(crate) mod value;
pub(crate) mod verify;
