//! `sla reapply`: edited service levels reach open tickets, step by step, with a progress report.

use helpdesk_core::text::Invalid;
use serde_json::{Value, json};

use crate::backend::Opening;
use crate::commands::progress::Progress;
use crate::env::{Env, natural};
use crate::failure::Failure;
use crate::lang;
use crate::output::{Cell, Object, Sheet};

/// Takes steps until the job is through.
///
/// # Errors
/// If the store fails; the next call goes on where this one stopped.
pub(super) async fn run(step: &str, dry_run: bool, env: &Env) -> Result<(), Failure> {
    let limit = u16::try_from(natural("step", step)?).ok().filter(|step| (1..=500).contains(step));
    let limit = limit.ok_or_else(|| Invalid::malformed("step", "1 to 500"))?;
    let admin = env.admin(Opening::Existing).await?;
    let mut bar = Progress::new("tickets", None, env);
    let progress = loop {
        if dry_run {
            env.output.say(lang::DRY_RUN.get(env.output.language));
            break admin.foresee_reapply(limit).await?;
        }
        let progress = admin.reapply_service_levels(limit).await?;
        bar.of(progress.total);
        bar.at(progress.seen, progress.seen);
        if progress.finished {
            break progress;
        }
    };
    bar.finish();
    let failed = progress.failed.iter().map(|(ticket, code)| json!({ "ticket": ticket, "code": code }));
    let failed: Vec<Value> = failed.collect();
    let counts = [("seen", progress.seen), ("changed", progress.changed), ("failed", failed.len() as u64)];
    let rows = counts.map(|(name, count)| vec![Cell::new(name), Cell::new(count.to_string())]).into();
    let item = Object::new()
        .with("seen", progress.seen)
        .with("changed", progress.changed)
        .with("failed", failed)
        .with("finished", progress.finished)
        .with("settings_version", progress.settings.0);
    let extra = [("dry_run", json!(dry_run))];
    env.output.item("helpdesk/sla.reapply/1", item, &extra, &Sheet { columns: vec!["key", "value"], rows })
}
