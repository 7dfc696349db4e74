//! The command on real files: what scripts rely on. Every test has a folder of its own and says what time it is.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod backends;
mod catalogue;
mod desk;
mod dry_runs;
mod events;
mod exits;
mod golden;
mod import;
mod interrupts;
mod life;
mod lists;
mod migrate;
mod output;
mod poison;
#[cfg(feature = "webhook-http")]
mod receiver;
mod requester;
mod servers;
mod sla;
mod terminal;
#[cfg(feature = "webhook-http")]
mod webhooks;
mod writes;
