//! MariaDB and MySQL: connections, and what is said in their own way. Everything else is in `server`.

mod cluster;
mod dialect;
mod error;
mod link;
mod tables;
mod write;

pub(crate) use error::{is_transient, is_undecided, meaning};
pub(crate) use link::{Joined, MySqlSource};

/// How it is spoken to.
pub(crate) fn dialect() -> &'static crate::server::dialect::Dialect {
    &dialect::DIALECT
}
