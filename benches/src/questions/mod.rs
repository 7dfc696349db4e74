//! The questions, one a file. Each prints one table of its own.

pub(crate) mod backends;
pub(crate) mod calendar;
pub(crate) mod create;
pub(crate) mod fold;
pub(crate) mod growth;
pub(crate) mod life;
pub(crate) mod lists;
pub(crate) mod parts;
pub(crate) mod size;
pub(crate) mod sweep;
pub(crate) mod ticket;
