//! Doing a whole act again after others were in its way: a few dozen times at most, with waits that no two writers share.

use std::future::Future;
use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

use crate::fault::Fault;
use crate::meaning::Clash;

/// How often an act is tried. Writers at several nodes of a cluster do not queue for a row: all but one begin anew.
pub(crate) const TRIES: u32 = 24;
/// The longest first wait; it doubles from try to try.
const FIRST: Duration = Duration::from_millis(2);
/// The longest wait.
const LONGEST: Duration = Duration::from_millis(200);

/// Does something until it is not in others' way any more; whom it has waited for already is not waited for again. What
/// it does must leave nothing behind when it fails.
pub(crate) async fn retrying<T, F>(mut act: impl FnMut() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>> + Send,
{
    let mut tries = 1;
    loop {
        match act().await {
            Err(fault) if fault.clash().is_some_and(|clash| clash != Clash::Waited) && tries < TRIES => {
                tokio::time::sleep(jitter(tries)).await;
            }
            done => return done,
        }
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
