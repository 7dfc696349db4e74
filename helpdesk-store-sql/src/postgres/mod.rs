//! PostgreSQL: connections, and what is said in its own way. Everything else is in `server`.

mod dialect;
mod error;
mod link;
mod write;

pub(crate) use error::{clash, meaning};
pub(crate) use link::{Joined, PgSource};

/// Ends a transaction that somebody may have left open, without a warning where there is none.
pub(crate) const OUTSIDE: &str = "BEGIN; ROLLBACK";

/// How it is spoken to.
pub(crate) fn dialect() -> &'static crate::server::dialect::Dialect {
    &dialect::DIALECT
}
