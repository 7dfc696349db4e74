//! How a relay goes about it: how much at a time, how long it holds events, when it gives up.

use std::num::NonZeroU32;

use crate::sla::Seconds;
use crate::store::Shard;

/// How a relay goes about it. The defaults try an event twelve times in about a day.
///
/// ```
/// use helpdesk_core::relay::RelayOptions;
/// use helpdesk_core::sla::Seconds;
/// let hasty = RelayOptions { first_wait: Seconds(1), longest_wait: Seconds(10), ..RelayOptions::default() };
/// assert_eq!(hasty.attempts.get(), 12);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelayOptions {
    /// Whose events.
    pub shard: Shard,
    /// How many events at most.
    pub limit: usize,
    /// How often an event is tried before it becomes a dead letter.
    pub attempts: NonZeroU32,
    /// How long it waits after the first try; twice as long after every further one.
    pub first_wait: Seconds,
    /// How long it waits at most.
    pub longest_wait: Seconds,
}

impl RelayOptions {
    /// How long a relay holds what it has claimed, by the desk's clock. If it ends before, others take over then.
    pub const LEASE: Seconds = Seconds::minutes(5);
    /// How long a sink may take for one event: no event is begun in the last minute of a lease.
    pub const ANSWER_WITHIN: Seconds = Seconds::minutes(1);
    /// How often an event is tried unless said.
    pub const ATTEMPTS: NonZeroU32 = NonZeroU32::MIN.saturating_add(11);
    /// The wait after the first try unless said.
    pub const FIRST_WAIT: Seconds = Seconds::minutes(1);
    /// The longest wait unless said. Eleven waits of 1, 2, 4 … 256, 480, 480 minutes are a day.
    pub const LONGEST_WAIT: Seconds = Seconds::hours(8);
    /// Events at a time unless said.
    pub const LIMIT: usize = 500;
}

impl Default for RelayOptions {
    fn default() -> Self {
        Self {
            shard: Shard::ALL,
            limit: Self::LIMIT,
            attempts: Self::ATTEMPTS,
            first_wait: Self::FIRST_WAIT,
            longest_wait: Self::LONGEST_WAIT,
        }
    }
}
