//! `config`: what the command runs with.

use crate::args::ConfigVerb;
use crate::config::masked;
use crate::env::Env;
use crate::failure::Failure;
use crate::output::{Cell, Listed, Object, Sheet};

/// Runs a verb. No store is opened for it.
///
/// # Errors
/// If standard output fails.
pub(super) fn run(verb: &ConfigVerb, env: &Env) -> Result<(), Failure> {
    let ConfigVerb::Show { origin } = verb;
    let mut columns = vec!["key", "value"];
    if *origin {
        columns.push("origin");
    }
    let mut listed =
        Listed { schema: "helpdesk/config/1", sheet: Sheet { columns, rows: Vec::new() }, ..Listed::default() };
    for (key, setting) in env.config.settings() {
        let value = if key == "url" { masked(&setting.value) } else { setting.value.clone() };
        let mut row = vec![Cell::new(key), Cell::new(value.as_str())];
        let mut item = Object::new().with("key", key).with("value", value);
        if *origin {
            row.push(Cell::new(setting.origin.as_str()));
            item = item.with("origin", setting.origin.as_str());
        }
        listed.sheet.rows.push(row);
        listed.items.push(item);
    }
    listed.total = Some(listed.items.len() as u64);
    env.output.list(listed)
}
