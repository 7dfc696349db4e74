//! Doing a whole act again after others were in its way, so often and no more, with waits that no two writers share.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::fault::{Clash, Fault};

/// How often an act is tried.
pub(crate) const TRIES: u32 = 8;
/// The same for one that the engine ended for another: at the nodes of a cluster nobody queues for a row, and of those who
/// want it all but one begin anew.
const ENDED: u32 = 24;
/// The longest first wait; it doubles from try to try.
const FIRST: Duration = Duration::from_millis(2);
/// The longest wait.
const LONGEST: Duration = Duration::from_millis(200);

/// Does something until it is not in others' way any more. What it does must leave nothing behind when it fails.
pub(crate) async fn retrying<T, F>(mut act: impl FnMut() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>> + Send,
{
    let mut tries = 1;
    loop {
        let done = act().await;
        let most = match done.as_ref().err().and_then(Fault::clash) {
            None => return done,
            Some(Clash::Stale) => ENDED,
            Some(Clash::Duplicate | Clash::Waited) => TRIES,
        };
        if tries >= most {
            return done;
        }
        tokio::time::sleep(jitter(tries)).await;
        tries += 1;
    }
}

/// A wait of any length up to the one that is due (full jitter).
fn jitter(tries: u32) -> Duration {
    let most = (FIRST * 2_u32.saturating_pow(tries)).min(LONGEST);
    // The keys of each hasher are random; this is not a place for a generator of its own.
    let dice = RandomState::new().hash_one(tries);
    let micros = u64::try_from(most.as_micros()).unwrap_or(u64::MAX).max(1);
    Duration::from_micros(dice % micros)
}
