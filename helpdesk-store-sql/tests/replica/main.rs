//! The store on a PostgreSQL primary and its streaming replica: lists that lag behind, and a primary that is killed. Run
//! by `scripts/replica`.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "../../../helpdesk-core/tests/shared/acts.rs"]
mod acts;
mod lists;
mod pair;
mod promotion;
