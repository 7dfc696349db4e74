//! Changing service levels: read, change, write at the version that was read. Files are TOML or JSON.

use std::io;
use std::path::Path;

use helpdesk_core::desk::LevelsChange;
use helpdesk_core::text::Invalid;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::super::conditions::record_conditions;
use crate::args::RecordWrite;
use crate::backend::Opening;
use crate::env::{Env, bytes};
use crate::failure::Failure;
use crate::lang::Saying;
use crate::output::{Cell, Object, Sheet};

/// Largest file that is read.
const MOST_BYTES: u64 = 1 << 20;

/// Reads a value from a file, or from standard input for `-`.
///
/// # Errors
/// If the file cannot be read, or what stands there is no such value; the parser's words say where.
pub(super) async fn read<T: DeserializeOwned>(file: &Path, what: &'static str) -> Result<T, Failure> {
    let bytes = bytes(file, MOST_BYTES + 1).await?;
    if bytes.len() as u64 > MOST_BYTES {
        let max = usize::try_from(MOST_BYTES).unwrap_or(usize::MAX);
        return Err(Invalid::new(what, helpdesk_core::text::Problem::TooLong { max, unit: "bytes" }).into());
    }
    let text = String::from_utf8(bytes)
        .map_err(|error| Failure::io(file.display().to_string(), io::Error::new(io::ErrorKind::InvalidData, error)))?;
    let json = text.trim_start().starts_with('{');
    let parsed = if json {
        serde_json::from_str(&text).map_err(|error| error.to_string())
    } else {
        toml::from_str(&text).map_err(|error| error.to_string())
    };
    parsed.map_err(|problem| {
        let form = if json { "JSON" } else { "TOML" };
        let expected = Invalid::malformed(what, "of the form that `show --json` prints, in TOML or JSON");
        Failure::from(expected).hinting(Saying::command(format!("{}: {form}: {}", file.display(), problem.trim_end())))
    })
}

/// Changes the tenant's service levels under the conditions, and prints what it came to.
///
/// # Errors
/// If they are not acceptable then, or the settings are not at the version expected.
pub(super) async fn write(env: &Env, options: &RecordWrite, item: Object, change: LevelsChange) -> Result<(), Failure> {
    let admin = env.admin(Opening::Existing).await?;
    let written = admin.change_service_levels(change).with(record_conditions(options)?).await?;
    let item = item
        .with("settings_version", written.version.0)
        .with("dry_run", written.dry_run)
        .with("replayed", written.replayed);
    let rows = item.fields().iter().map(|(name, value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned);
        vec![Cell::new(&**name), Cell::new(text)]
    });
    let sheet = Sheet { columns: vec!["key", "value"], rows: rows.collect() };
    env.output.item("helpdesk/sla.change/1", item, &[], &sheet)?;
    if !written.dry_run {
        env.output.next("helpdesk sla reapply");
    }
    Ok(())
}

/// Prints a value as it can be set: TOML for people, the object in JSON.
///
/// # Errors
/// If standard output fails.
pub(super) fn show<T: Serialize>(env: &Env, schema: &'static str, name: &str, value: &T) -> Result<(), Failure> {
    let json = serde_json::to_value(value).map_err(|error| Failure::output(error.into()))?;
    if env.output.is_json() {
        let named = if json.get("name").is_some() { Object::new() } else { Object::new().with("name", name) };
        return env.output.item(schema, named.and(json), &[], &Sheet::default());
    }
    let text = toml::to_string(value).map_err(|error| Failure::output(std::io::Error::other(error)))?;
    env.output.raw(&text)
}
