//! `sla`: policies, calendars, explanations, and the jobs that run by themselves.

mod calendar;
mod change;
mod explain;
mod policy;
mod reapply;
mod sweep;

use crate::args::SlaVerb;
use crate::env::Env;
use crate::failure::Failure;

/// Runs a verb.
///
/// # Errors
/// If a value is not acceptable, somebody else was faster, or the store fails.
pub(super) async fn run(verb: &SlaVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        SlaVerb::Policy(verb) => policy::run(verb, env).await,
        SlaVerb::Calendar(verb) => calendar::run(verb, env).await,
        SlaVerb::Explain { ticket } => explain::run(ticket, env).await,
        SlaVerb::Reapply { step, dry_run } => reapply::run(step, *dry_run, env).await,
        SlaVerb::Sweep { limit, dry_run } => sweep::run(limit, *dry_run, env).await,
    }
}
