//! The conformance kit: the rules a storage backend must keep, one named test each. Whoever writes a backend
//! implements [`Subject`] and stamps the rules; what passes is a backend the desk can trust.
//!
//! ```
//! use std::sync::Arc;
//! use helpdesk_core::MemoryStore;
//! use helpdesk_core::conformance::{Fresh, Subject, stamp};
//!
//! struct Memory;
//!
//! #[async_trait::async_trait]
//! impl Subject for Memory {
//!     async fn fresh(&self) -> Fresh {
//!         Fresh::new(Arc::new(MemoryStore::new()), ()) // a store on disk gives its directory in place of ()
//!     }
//! }
//!
//! stamp!(Memory);
//! # fn main() {}
//! ```
//!
//! The stamped tests are ordinary `#[tokio::test]`s named `conformance::<concern>::<rule>`; the test crate has tokio
//! (features `macros` and `rt-multi-thread`) among its dev-dependencies, this crate does not.
//!
//! Several backends in one test file stand in a module each. A backend whose server is not there says so in
//! [`Subject::lacking`]; then its rules print `skipped: <server>`.
//!
//! `cargo test the_table -- --ignored --nocapture` prints the table for the backend's README: what it keeps, by concern.
//!
//! A rule that rests on a capability which the backend does not claim prints `skipped: <capability>`. A backend that
//! claims a capability is held to it.
//!
//! # How rules are added
//! - A rule follows from a sentence of a doc comment in [`crate::store`], or from the meaning of queries in
//!   [`crate::query`]. What stands in neither is not tested; if it should be, the sentence is written first.
//! - A rule's name is a sentence that is true of every right backend. It tests one thing, depends on no absolute time
//!   and on no other rule, and builds what it needs through the core (the `given` file).
//! - Each rule can fail: a faulty store in `tests/faulty_stores.rs` breaks it.
//! - New rules come in minor releases, stand in the changelog, and raise [`VERSION`]. A backend certified by an
//!   earlier version stays so; it has until the next minor release to keep the new ones. A rule that turns out wrong
//!   is taken out at once, in a patch release.
#![expect(clippy::missing_panics_doc, reason = "rules are tests: they fail by panicking")]

#[macro_use]
mod catalog;
mod expected;
mod given;
mod join;
mod population;
mod random;
mod report;
mod subject;

pub mod atomicity;
pub mod conversation;
pub mod counts;
pub mod history;
pub mod idempotency;
pub mod limits;
pub mod locks;
pub mod maintenance;
pub mod marks;
pub mod numbers;
pub mod outbox;
pub mod pages;
pub mod queries;
pub mod races;
pub mod reads;
pub mod records;
pub mod references;
pub mod reopen;
pub mod tenants;
pub mod timers;
pub mod unicode;
pub mod versions;

pub use catalog::rules;
pub use report::{Rule, Trial, VERSION, Verdict, announce, certify, is_lacking, report};
pub use subject::{Fresh, Keep, Spawning, Subject, Task};

#[doc(inline)]
pub use crate::stamp_conformance as stamp;
