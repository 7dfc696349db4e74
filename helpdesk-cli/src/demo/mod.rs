//! A realistic week in a small company, played through the public API on a clock that moves from act to act.
//!
//! What happens stands in `stories`, who takes part in `company`, when it happens in `week`; `stage` does it.
//! Nothing here writes past the desk, so a demo store proves its history like any other.

mod company;
mod scene;
mod stage;
mod stories;
mod story;
#[cfg(test)]
mod tests;
mod week;

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::Error;
use helpdesk_core::env::{ManualClock, Timestamp};
use helpdesk_core::store::Shard;
use helpdesk_core::ticket::ExternalRef;

use stage::Stage;
use week::Week;

/// Where the week's first ticket is known outside: whoever finds it there has played the week before.
const SIGN: (&str, &str) = ("demo", "week");
/// How many due timers one sweep fires; more than a week ever has at once.
const SWEEP: usize = 100;

/// Plays the week that ends at `end` into `tenant`, and leaves the clock at `end`. Says how many tickets besides spam
/// there are.
///
/// `progress` is told how many acts of how many are done. A tenant that has the week already is left as it is.
///
/// # Errors
/// If the store fails, or the tenant's workflow does not allow what the stories do.
pub(crate) async fn play(
    desk: &Helpdesk,
    clock: &ManualClock,
    tenant: &str,
    end: Timestamp,
    progress: &mut (dyn FnMut(usize, usize) + Send),
) -> Result<usize, Error> {
    let week = Week::of(stories::tell);
    let tickets = week.tickets();
    clock.set(end);
    if was_played(desk, tenant).await? {
        return Ok(tickets);
    }
    clock.set(end - week.begin());
    let tenant = desk.tenant(tenant)?;
    company::found(&tenant).await?;
    let shard = Shard::new(Shard::bucket(tenant.id()), Shard::BUCKETS)?;
    let mut stage = Stage::new(tenant, end, week.stories());
    let scenes = week.into_scenes();
    let all = scenes.len();
    for (done, scene) in scenes.into_iter().enumerate() {
        clock.set(end - scene.before_end);
        desk.sweep_shard(shard, SWEEP).await?;
        stage.perform(&scene).await?;
        progress(done + 1, all);
    }
    clock.set(end);
    desk.sweep_shard(shard, SWEEP).await?;
    Ok(tickets)
}

async fn was_played(desk: &Helpdesk, tenant: &str) -> Result<bool, Error> {
    let (source, id) = SIGN;
    match desk.tenant(tenant)?.system().show(ExternalRef::new(source, id)?).await {
        Ok(_) => Ok(true),
        Err(Error::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}
