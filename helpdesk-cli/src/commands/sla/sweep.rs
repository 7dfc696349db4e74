//! `sla sweep`: what is due is done when somebody sweeps.

use helpdesk_core::store::DueTimer;
use helpdesk_core::text::Invalid;
use serde_json::{Value, json};

use crate::backend::Opening;
use crate::env::{Env, natural};
use crate::failure::Failure;
use crate::lang;
use crate::output::{Cell, Object, Sheet, time};

/// Most timers of one call.
const MOST: u64 = 100_000;

/// Fires what is due.
///
/// # Errors
/// If the store fails; a timer that cannot be fired stands in the answer and stays due.
pub(super) async fn run(limit: &str, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let limit = natural("limit", limit)?;
    let in_range = usize::try_from(limit).ok().filter(|_| (1..=MOST).contains(&limit));
    let limit = in_range.ok_or_else(|| Invalid::malformed("limit", "1 to 100000"))?;
    env.admin(Opening::Existing).await?;
    let desk = env.desk(Opening::Existing).await?;
    if dry_run {
        return print_due(&desk.due(limit).await?, env);
    }
    let report = desk.sweep(limit).await?;
    let failed = report.failed.iter().map(|(due, error)| {
        json!({ "tenant": due.tenant, "ticket": due.ticket, "timer": due.timer.key.as_str(), "code": error.code().as_str() })
    });
    let failed: Vec<Value> = failed.collect();
    let counts = [("fired", report.fired), ("gone", report.gone), ("failed", report.failed.len())];
    let rows = counts.map(|(name, count)| vec![Cell::new(name), Cell::new(count.to_string())]).into();
    let item = Object::new()
        .with("fired", report.fired)
        .with("gone", report.gone)
        .with("failed", failed)
        .with("more", report.more);
    let extra = [("dry_run", json!(dry_run))];
    env.output.item("helpdesk/sweep/1", item, &extra, &Sheet { columns: vec!["key", "value"], rows })
}

/// What would be fired: it may come to nothing where the ticket has moved on.
fn print_due(due: &[DueTimer], env: &Env) -> Result<(), Failure> {
    env.output.say(lang::DRY_RUN.get(env.output.language));
    let timers = due.iter().map(|due| {
        let at = time(due.timer.at);
        json!({ "tenant": due.tenant, "ticket": due.ticket, "timer": due.timer.key.as_str(), "at": at })
    });
    let timers: Vec<Value> = timers.collect();
    let rows = vec![vec![Cell::new("due"), Cell::new(due.len().to_string())]];
    let item = Object::new().with("due", timers);
    let sheet = Sheet { columns: vec!["key", "value"], rows };
    env.output.item("helpdesk/sweep/1", item, &[("dry_run", json!(true))], &sheet)
}
