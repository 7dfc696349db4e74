//! `db migrate`: a store is brought to this version, and what stood there is set aside first.

use helpdesk_core::access::Action;
use helpdesk_core::desk::Error;
use helpdesk_core::store::SchemaState;
use serde_json::json;

use super::status::pending;
use crate::backend::{Backend, Opening};
use crate::env::Env;
use crate::failure::Failure;
use crate::lang;
use crate::output::{Cell, Object, Sheet};
use crate::place::Place;

/// Brings it there, or only says which steps are missing. Whose role stands in the store cannot be known before it is of
/// this version: then only the console may migrate it.
///
/// # Errors
/// If the store is missing or of a newer version, or cannot be copied first.
pub(super) async fn run(dry_run: bool, no_backup: bool, env: &Env) -> Result<(), Failure> {
    let place = Place::parse(env.config.url())?;
    let before = place.schema().await?;
    let outdated = before.found < before.supported;
    if outdated && !env.is_console() {
        return Err(Error::Forbidden { action: Action::SettingsEdit }.into());
    }
    let mut kept = None;
    let schema = if outdated && dry_run {
        before
    } else {
        if outdated && !no_backup {
            kept = Backend::set_aside(&place, before.found).await?;
        }
        env.admin(Opening::Migrate).await?;
        let store = env.backend(Opening::Migrate).await?.store;
        if dry_run { store.schema().await? } else { store.migrate().await? }
    };
    if dry_run {
        env.output.say(lang::DRY_RUN.get(env.output.language));
    }
    let steps = place.status().await?;
    let kept = kept.map(|kept| kept.display().to_string());
    let SchemaState { found, supported } = schema;
    let item = Object::new()
        .with("found", found)
        .with("supported", supported)
        .with("pending", json!(steps.as_ref().map(pending)))
        .with("backup", json!(kept))
        .with("dry_run", dry_run);
    let named = steps.iter().flat_map(|status| &status.pending).map(|step| format!("{} {}", step.version, step.name));
    let sheet = Sheet {
        columns: vec!["found", "supported", "pending", "backup"],
        rows: vec![vec![
            Cell::new(found.to_string()),
            Cell::new(supported.to_string()),
            Cell::new(named.collect::<Vec<_>>().join(", ")),
            Cell::new(kept.unwrap_or_default()),
        ]],
    };
    env.output.item("helpdesk/schema/1", item, &[], &sheet)
}
