//! `completion` and `man`: made from the grammar itself.

use clap::CommandFactory;
use serde_json::json;

use crate::args::{Cli, Completion, Man};
use crate::env::Env;
use crate::failure::Failure;
use crate::output::{Cell, Listed, Object, Sheet};

/// Prints a completion script.
///
/// # Errors
/// If standard output fails.
pub(super) fn completion(options: &Completion, env: &Env) -> Result<(), Failure> {
    let mut script = Vec::new();
    clap_complete::generate(options.shell, &mut Cli::command(), "helpdesk", &mut script);
    let script = String::from_utf8_lossy(&script).into_owned();
    if env.output.is_json() {
        let item = Object::new().with("shell", options.shell.to_string()).with("script", script);
        return env.output.item("helpdesk/completion/1", item, &[], &Sheet::default());
    }
    env.output.raw(&script)
}

/// Prints the manual, or writes one page per command into a folder.
///
/// # Errors
/// If standard output or the folder cannot be written.
pub(super) fn man(options: Man, env: &Env) -> Result<(), Failure> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = options.dir else {
        let page = page(command)?;
        if env.output.is_json() {
            let item = Object::new().with("page", page);
            return env.output.item("helpdesk/man/1", item, &[], &Sheet::default());
        }
        return env.output.raw(&page);
    };
    let place = folder.display().to_string();
    std::fs::create_dir_all(&folder).map_err(|error| Failure::io(place.clone(), error))?;
    let mut listed = Listed {
        schema: "helpdesk/man.list/1",
        sheet: Sheet { columns: vec!["file"], rows: Vec::new() },
        ..Listed::default()
    };
    let mut waiting = vec![("helpdesk".to_owned(), command)];
    while let Some((name, command)) = waiting.pop() {
        waiting.extend(command.get_subcommands().map(|sub| (format!("{name}-{}", sub.get_name()), sub.clone())));
        let file = folder.join(format!("{name}.1"));
        let text = page(command)?;
        std::fs::write(&file, text).map_err(|error| Failure::io(file.display().to_string(), error))?;
        let file = file.display().to_string();
        listed.sheet.rows.push(vec![Cell::new(file.as_str())]);
        listed.items.push(Object::new().with("file", json!(file)));
    }
    listed.total = Some(listed.items.len() as u64);
    env.output.list(listed)
}

fn page(command: clap::Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page).map_err(Failure::output)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}
