//! Where fresh ids come from. Ids are UUID version 7, so that they sort by creation time.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::Uuid;

use super::Timestamp;

/// Gives ids that nobody has had before.
pub trait IdSource: Send + Sync {
    /// A fresh id. `now` is the instant it shall carry, if the source wants one given.
    fn next(&self, now: Timestamp) -> Uuid;
}

/// Ids from the operating system's clock and randomness; they rise within a process.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemIds;

impl IdSource for SystemIds {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter that draws random ids")]
    fn next(&self, _now: Timestamp) -> Uuid {
        Uuid::now_v7()
    }
}

/// Ids counted up from one: for tests whose output must not change from run to run.
///
/// ```
/// use helpdesk_core::env::{IdSource, SequentialIds};
/// let ids = SequentialIds::default();
/// let now = "2026-11-02T09:00:00Z".parse().unwrap();
/// assert!(ids.next(now) < ids.next(now));
/// ```
#[derive(Debug, Default)]
pub struct SequentialIds(AtomicU64);

impl IdSource for SequentialIds {
    fn next(&self, now: Timestamp) -> Uuid {
        let count = self.0.fetch_add(1, Ordering::SeqCst) + 1;
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        let mut tail = [0_u8; 10];
        tail[2..].copy_from_slice(&count.to_be_bytes());
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }
}
