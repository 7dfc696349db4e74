//! `outbox`: what waits to be told, what could not be, and whether anything goes there at all.

mod letters;
mod relay;

use helpdesk_core::desk::Written;
use helpdesk_core::settings::Settings;
use serde_json::json;

use super::conditions::record_conditions;
use crate::args::{OutboxVerb, RecordWrite};
use crate::backend::Opening;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang;
use crate::output::{Cell, Object, Sheet};

/// Runs a verb.
///
/// # Errors
/// As the desk says; `Partly` if dead letters were posted again in vain.
pub(super) async fn run(verb: OutboxVerb, env: &Env) -> Result<(), Failure> {
    match verb {
        OutboxVerb::Relay { follow, limit, dry_run } => relay::run(follow, &limit, dry_run, env).await,
        OutboxVerb::List { dropped: false, page } => letters::list(&page, env).await,
        OutboxVerb::List { dropped: true, page } => letters::list_dropped(&page, env).await,
        OutboxVerb::Retry { event, endpoint, dry_run, .. } => {
            let event = event.as_deref().map(str::parse).transpose()?;
            letters::retry(event, endpoint.as_deref(), dry_run, env).await
        }
        OutboxVerb::Drop { event, reason, write } => letters::drop_letter(event.parse()?, &reason, &write, env).await,
        OutboxVerb::On(write) => switch(true, &write, env).await,
        OutboxVerb::Off(write) => switch(false, &write, env).await,
    }
}

async fn switch(on: bool, write: &RecordWrite, env: &Env) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let written: Written<Settings> = admin.set_outbox(on).with(record_conditions(write)?).await?;
    let Written { value, version, replayed, dry_run } = written;
    if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let sheet = Sheet {
        columns: vec!["key", "value"],
        rows: vec![["outbox", if on { "true" } else { "false" }].map(Cell::new).into()],
    };
    let item = Object::new().with("outbox", value.outbox).with("settings_version", version.0);
    let extra = [("dry_run", json!(dry_run)), ("replayed", json!(replayed))];
    env.output.item("helpdesk/outbox.switch/1", item, &extra, &sheet)
}
