//! Why SQLite did not do what was asked, as far as something else can be tried then.

use super::error::{BUSY, BUSY_SNAPSHOT, ERROR, LOCKED, code, extended};
use crate::fault::Fault;

impl Fault {
    /// Whether another connection holds what was wanted.
    pub(super) fn is_busy(&self) -> bool {
        matches!(self.code(), Some(BUSY | LOCKED))
    }

    /// Whether the transaction sees an older state than stands there, so that it can write no more.
    pub(super) fn is_outdated(&self) -> bool {
        let Self::Engine(error) = self else { return false };
        error.as_database_error().and_then(extended) == Some(BUSY_SNAPSHOT)
    }

    /// Whether a script ended at its comparison: something stands otherwise than the writer remembered.
    pub(super) fn is_presumption(&self) -> bool {
        matches!(self, Self::Engine(error) if self.code() == Some(ERROR)
            && error.as_database_error().is_some_and(|error| error.message().contains("'presumed otherwise'")))
    }

    fn code(&self) -> Option<i32> {
        let Self::Engine(error) = self else { return None };
        code(error.as_database_error()?)
    }
}
