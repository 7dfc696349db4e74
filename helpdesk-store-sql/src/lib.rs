//! SQL storage for the embeddable helpdesk, through sqlx. One room per database; each implements the whole of
//! [`helpdesk_core::store`]. What anything means is decided in the core; here it is only kept and found.
//!
//! - [`sqlite`] (feature `sqlite`, the default): one file, no server.
//! - `SqlStore` (features `postgres`, `mysql`): a server, in the host's pool.
//! - `Join` (with any of them): the desk on the host's own transaction.

mod fault;
mod join;
mod meaning;
#[cfg(feature = "mysql")]
mod mysql;
#[cfg(feature = "postgres")]
mod postgres;
mod rows;
mod schema;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "sqlite")]
pub mod sqlite;

pub use join::{Join, Joinable};
#[cfg(feature = "postgres")]
pub use postgres::notify::OutboxListener;
pub use schema::{AppliedStep, Migration, SchemaStatus, StepForm};
#[cfg(feature = "server")]
pub use server::about::About;
#[cfg(feature = "server")]
pub use server::connect::ConnectOptions;
#[cfg(feature = "server")]
pub use server::guard::Guarded;
#[cfg(feature = "server")]
pub use server::options::{SqlOptions, SqlStore};
#[cfg(feature = "server")]
pub use server::pool::SqlPool;
#[cfg(feature = "server")]
pub use server::store::ServerStore;

/// This crate's README is compiled too.
#[cfg(all(doctest, feature = "sqlite", feature = "postgres", feature = "mysql"))]
#[doc = include_str!("../README.md")]
struct OwnReadme;

/// The guide to upgrading is compiled too.
#[cfg(all(doctest, feature = "sqlite", feature = "postgres", feature = "mysql"))]
#[doc = include_str!("../../docs/guide/upgrading.md")]
struct Upgrading;

/// The guide to events is compiled and run.
#[cfg(all(doctest, feature = "sqlite", feature = "postgres", feature = "mysql"))]
#[doc = include_str!("../../docs/guide/events.md")]
struct Events;

/// The README's example is compiled and run with the documentation's tests.
#[cfg(all(doctest, feature = "sqlite"))]
#[doc = include_str!("../../README.md")]
struct Readme;
