//! `sla sweep`: what is due is done when somebody sweeps.

use helpdesk_core::text::Invalid;
use serde_json::{Value, json};

use crate::backend::Opening;
use crate::env::{Env, natural};
use crate::failure::Failure;
use crate::output::{Cell, Object, Sheet};

/// Most timers of one call.
const MOST: u64 = 100_000;

/// Fires what is due.
///
/// # Errors
/// If the store fails; a timer that cannot be fired stands in the answer and stays due.
pub(super) async fn run(limit: &str, env: &Env) -> Result<(), Failure> {
    let limit = natural("limit", limit)?;
    let in_range = usize::try_from(limit).ok().filter(|_| (1..=MOST).contains(&limit));
    let limit = in_range.ok_or_else(|| Invalid::malformed("limit", "1 to 100000"))?;
    env.admin(Opening::Existing).await?;
    let report = env.desk(Opening::Existing).await?.sweep(limit).await?;
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
    env.output.item("helpdesk/sweep/1", item, &[], &Sheet { columns: vec!["key", "value"], rows })
}
