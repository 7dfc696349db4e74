//! `db notify`: whether commits wake a relay that follows.

use helpdesk_core::store::{FaultKind, StoreError};
use serde_json::json;

use super::allowed;
use crate::args::Switch;
use crate::backend::Opening;
use crate::env::Env;
use crate::failure::Failure;
use crate::lang::{self, Saying};
use crate::output::{Cell, Object, Sheet};

/// Switches it.
///
/// # Errors
/// If the store cannot, or who asks may not.
pub(super) async fn run(switch: Switch, dry_run: bool, env: &Env) -> Result<(), Failure> {
    allowed(env).await?;
    let backend = env.backend(Opening::Existing).await?;
    let on = switch == Switch::On;
    let Some(store) = backend.waking() else {
        let failure =
            StoreError::new(FaultKind::Unsupported, "notify").because("only PostgreSQL wakes those who listen");
        return Err(Failure::from(failure).hinting(Saying::new(
            "nothing is to be done: `helpdesk outbox relay --follow` looks every second",
            "nichts ist zu tun: `helpdesk outbox relay --follow` sieht jede Sekunde nach",
        )));
    };
    if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    } else {
        store.notify_outbox(on).await?;
    }
    let sheet =
        Sheet { columns: vec!["key", "value"], rows: vec![vec![Cell::new("notify"), Cell::new(on.to_string())]] };
    env.output.item("helpdesk/notify/1", Object::new().with("notify", on), &[("dry_run", json!(dry_run))], &sheet)
}
