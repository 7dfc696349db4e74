//! The store on a Galera cluster: every rule of the conformance kit through one node and through all of them in turn,
//! writers at several nodes at once, a node that is behind, and one that is killed. Run by `scripts/galera`.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on has failed")]

#[path = "../../../helpdesk-core/tests/shared/acts.rs"]
mod acts;
mod behind;
mod joined;
mod kit;
mod loss;
mod nodes;
mod races;
#[path = "../servers/spread.rs"]
mod spread;
#[path = "../servers/through.rs"]
mod through;
