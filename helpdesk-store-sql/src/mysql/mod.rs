//! MariaDB and MySQL: connections, and what is said in their own way. Everything else is in `server`.

mod change;
mod cluster;
mod compare;
mod dialect;
pub(crate) mod error;
mod joined;
mod link;
mod literal;
mod tables;
mod wire;
mod write;

pub(crate) use joined::Joined;
pub(crate) use link::MySqlSource;

/// Ends a transaction that somebody may have left open.
pub(crate) const OUTSIDE: &str = "ROLLBACK";

/// How it is spoken to.
pub(crate) fn dialect() -> &'static crate::server::dialect::Dialect {
    &dialect::DIALECT
}
