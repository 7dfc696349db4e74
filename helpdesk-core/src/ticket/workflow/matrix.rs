//! The tables as text, for the files that are checked in and compared by a test.

use std::fmt::Write;

use super::{Cell, Movers, Workflow, bounds};

/// The table that bounds every workflow, as Markdown.
pub fn print_bounds() -> String {
    let names: Vec<&str> = Cell::ALL.iter().map(|cell| cell.as_str()).collect();
    table(&names, |from, to| bounds(Cell::ALL[from], Cell::ALL[to]))
}

/// A workflow's moves, as Markdown.
pub fn print_workflow(workflow: &Workflow) -> String {
    let names: Vec<&str> = workflow.statuses().iter().map(|status| status.key.as_str()).collect();
    let statuses = workflow.statuses();
    table(&names, |from, to| workflow.movers(&statuses[from].key, &statuses[to].key))
}

fn table(names: &[&str], movers: impl Fn(usize, usize) -> Movers) -> String {
    let mut text = format!("| from \\ to | {} |\n|{}\n", names.join(" | "), "---|".repeat(names.len() + 1));
    for (from, name) in names.iter().enumerate() {
        let cells = (0..names.len()).map(|to| match movers(from, to) {
            Movers::NONE => "–".to_owned(),
            some => some.to_string(),
        });
        let _ = writeln!(text, "| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
    }
    text
}
