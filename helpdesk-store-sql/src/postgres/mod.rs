//! PostgreSQL: connections, and what is said in its own way. Everything else is in `server`.

mod dialect;
pub(crate) mod error;
mod joined;
mod link;
mod literal;
pub(crate) mod notify;
mod wire;
mod write;

pub(crate) use joined::Joined;
pub(crate) use link::PgSource;

/// Ends a transaction that somebody may have left open, without a warning where there is none.
pub(crate) const OUTSIDE: &str = "BEGIN; ROLLBACK";

/// How it is spoken to.
pub(crate) fn dialect() -> &'static crate::server::dialect::Dialect {
    &dialect::DIALECT
}
