//! How long an event waits between two tries. Nothing else decides about it.

use chrono::TimeDelta;
use sha2::{Digest, Sha256};

use super::RelayOptions;
use crate::ticket::EventId;

/// The part of a wait that differs from event to event: a quarter.
const JITTER_PARTS: i64 = 4;

/// How long to wait after the `attempt`-th try, from 1, of this event: [`RelayOptions::first_wait`], doubled with every
/// further try up to [`RelayOptions::longest_wait`], less up to a quarter, so that events that failed together are not
/// tried together. How much less is derived from the event's id and the attempt: the same in every process.
///
/// ```
/// use helpdesk_core::relay::{RelayOptions, backoff};
/// use helpdesk_core::ticket::EventId;
/// let (event, options) = (EventId(uuid::Uuid::from_u128(7)), RelayOptions::default());
/// let (first, fifth) = (backoff(event, 1, &options), backoff(event, 5, &options));
/// assert!(first.num_seconds() <= 60 && first.num_seconds() >= 45);
/// assert!(fifth.num_minutes() <= 16 && fifth.num_minutes() >= 12);
/// ```
pub fn backoff(event: EventId, attempt: u32, options: &RelayOptions) -> TimeDelta {
    let first = i64::from(options.first_wait.0) * 1000;
    let longest = i64::from(options.longest_wait.0) * 1000;
    // More than 32 doublings are above any longest wait.
    let doublings = attempt.saturating_sub(1).min(32);
    let millis = first.saturating_mul(1_i64 << doublings).min(longest);
    let digest = Sha256::new().chain_update(event.0.as_bytes()).chain_update(attempt.to_be_bytes()).finalize();
    let drawn = i64::from(u16::from_be_bytes([digest[0], digest[1]]));
    let less = millis / JITTER_PARTS * drawn / i64::from(u16::MAX);
    TimeDelta::milliseconds(millis - less)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::sla::Seconds;

    fn event(number: u128) -> EventId {
        EventId(uuid::Uuid::from_u128(number))
    }

    #[test]
    fn waits_double_up_to_the_longest_and_lose_a_quarter_at_most() {
        let options = RelayOptions::default();
        for number in 0..200 {
            for attempt in 1..=40 {
                let nominal = (60_000_i64 << (attempt - 1).min(20)).min(8 * 3_600_000);
                let wait = backoff(event(number), attempt, &options).num_milliseconds();
                assert!(wait <= nominal && wait >= nominal * 3 / 4, "{attempt}: {wait} of {nominal}");
            }
        }
    }

    #[test]
    fn all_tries_take_about_a_day() {
        let options = RelayOptions::default();
        for number in 0..50 {
            let waits = (1..options.attempts.get()).map(|attempt| backoff(event(number), attempt, &options));
            let all: TimeDelta = waits.sum();
            assert!((18..=25).contains(&all.num_hours()), "{all}");
        }
    }

    #[test]
    fn events_that_failed_together_are_not_tried_together() {
        let options = RelayOptions::default();
        let waits: BTreeSet<i64> =
            (0..100).map(|number| backoff(event(number), 8, &options).num_milliseconds()).collect();
        assert!(waits.len() > 95, "{} different waits", waits.len());
        assert_eq!(backoff(event(1), 8, &options), backoff(event(1), 8, &options));
        assert_ne!(backoff(event(1), 11, &options), backoff(event(1), 12, &options), "the attempt counts too");
    }

    #[test]
    fn the_largest_values_do_not_overflow() {
        let most = Seconds(u32::MAX);
        let options = RelayOptions { first_wait: most, longest_wait: most, ..RelayOptions::default() };
        assert!(backoff(event(1), u32::MAX, &options) <= most.as_delta());
        let none = RelayOptions { first_wait: Seconds(0), ..options };
        assert_eq!(backoff(event(1), u32::MAX, &none), TimeDelta::zero());
    }
}
