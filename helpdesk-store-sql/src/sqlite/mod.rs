//! SQLite: one file. A single writer groups what waits into one synced transaction; a few readers stand beside it.
//! Several processes may use the file at once. A host's own transaction is joined on its connection. The files mirror
//! those of [`helpdesk_core::store`].

mod backup;
mod beside;
mod commit;
mod counters;
pub(crate) mod error;
mod filter;
mod gather;
mod held;
mod joined;
#[cfg(test)]
mod joined_tests;
mod kept;
mod load;
mod locks;
mod maintenance;
mod marks;
mod memory;
mod migrate;
mod number;
mod open;
mod options;
mod outbox;
mod page;
mod place;
#[cfg(test)]
mod plan_tests;
mod presume;
mod readers;
mod records;
mod refusal;
mod row;
mod script;
mod shared;
mod sql;
mod steps;
mod store;
mod tables;
mod tally;
mod tickets;
mod turn;
mod verify;
mod view;
mod write;
mod writer;
#[cfg(test)]
mod writer_tests;

pub use options::{SqliteOptions, Synchronous};
pub use store::{FileStore, SqliteStore};
