//! An embeddable helpdesk: the pure domain, the storage port, the memory store, and the shell that hosts call.
//!
//! Storage engines, async runtimes and the command line live in other crates; nothing here depends on one.

pub mod access;
#[cfg(feature = "conformance")]
pub mod conformance;
pub mod desk;
pub mod env;
mod limits;
pub mod memory;
pub mod party;
pub mod query;
pub mod relay;
pub mod settings;
pub mod sla;
pub mod store;
pub mod text;
pub mod ticket;
#[cfg(feature = "webhook")]
pub mod webhook;

pub use desk::Helpdesk;
pub use limits::Limits;
pub use memory::MemoryStore;
pub use settings::Settings;
