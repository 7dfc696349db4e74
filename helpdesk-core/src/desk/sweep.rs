//! What happens by itself: due timers are fired, old idempotency keys forgotten. Driven by the host.

use super::step::Step;
use super::together::{Part, together};
use super::who::Who;
use super::{Error, Helpdesk, Options, Outcome};
use crate::sla::Seconds;
use crate::store::{DueTimer, Shard};
use crate::ticket::Command;

/// How long an idempotency key is kept at least.
const KEY_LIFETIME: Seconds = Seconds::days(7);
/// Timers that are fired at once, so that a store can commit them together.
const AT_ONCE: usize = 32;
/// Most keys that one sweep forgets.
const KEYS_A_SWEEP: usize = 10_000;

/// What a sweep did.
#[derive(Debug, Default)]
pub struct SweepReport {
    /// Timers that fired.
    pub fired: usize,
    /// Timers that somebody else had fired first, or that were moved.
    pub gone: usize,
    /// Timers that could not be fired, and why. They stay due.
    pub failed: Vec<(DueTimer, Error)>,
    /// Idempotency keys that were forgotten.
    pub keys_forgotten: usize,
    /// Whether more may be due than the limit let it take.
    pub more: bool,
}

impl Helpdesk {
    /// Fires at most `limit` due timers of all tenants.
    ///
    /// Any number of processes may sweep at once: each timer fires once. Missing sweeps delays, it changes no
    /// outcome.
    ///
    /// # Errors
    /// If the store cannot be read; a timer that cannot be fired stands in the report.
    pub async fn sweep(&self, limit: usize) -> Result<SweepReport, Error> {
        self.sweep_shard(Shard::ALL, limit).await
    }

    /// Fires at most `limit` due timers of a share of the tenants.
    ///
    /// # Errors
    /// As [`Helpdesk::sweep`].
    pub async fn sweep_shard(&self, shard: Shard, limit: usize) -> Result<SweepReport, Error> {
        let now = self.now();
        let due = self.inner.store.due(shard, now, limit).await?;
        let mut report = SweepReport { more: due.len() == limit, ..SweepReport::default() };
        for wave in due.chunks(AT_ONCE) {
            let parts = wave.iter().map(|timer| -> Part<'_, _> { Box::pin(self.fire(timer)) });
            for (timer, outcome) in wave.iter().zip(together(parts.collect()).await) {
                match outcome {
                    Ok(outcome) if outcome.events.is_empty() => report.gone += 1,
                    Ok(_) => report.fired += 1,
                    Err(Error::NotFound { .. }) => report.gone += 1,
                    Err(error) => report.failed.push((timer.clone(), error)),
                }
            }
        }
        if let Some(before) = now.checked_sub_signed(KEY_LIFETIME.as_delta()) {
            report.keys_forgotten = self.inner.store.forget_keys(before, KEYS_A_SWEEP).await?;
        }
        Ok(report)
    }

    /// What a sweep of at most `limit` timers would fire now, earliest first. Nothing is changed.
    ///
    /// # Errors
    /// If the store cannot be read.
    pub async fn due(&self, limit: usize) -> Result<Vec<DueTimer>, Error> {
        Ok(self.inner.store.due(Shard::ALL, self.now(), limit).await?)
    }

    async fn fire(&self, due: &DueTimer) -> Result<Outcome, Error> {
        let step = Step::on(due.ticket, Command::FireTimer(due.timer));
        self.execute(&due.tenant, &Who::System, &[step], &Options::default()).await
    }
}
