//! Tables for people: fitted to the width of the terminal, one line a row.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Row, Table, Width};
use helpdesk_core::text::Language;

use super::{Sheet, printable};
use crate::lang;

/// What stands left and right of a cell.
const PADDING: u16 = 2;
/// What goes first where the width is not enough for all: beside a subject that nobody can read the rest says little.
const LESS: [&str; 7] = ["updated_at", "sla", "requester", "created_at", "assignee", "due", "priority"];

/// A table, and which columns it has no room for.
pub(super) struct Fitted {
    pub(super) text: String,
    pub(super) left_out: Vec<&'static str>,
}

/// The rows as a table of at most `width` columns.
pub(super) fn table(sheet: &Sheet, width: u16, color: bool, language: Language) -> Fitted {
    let mut columns: Vec<usize> = (0..sheet.columns.len()).collect();
    let mut left_out = Vec::new();
    let whole = drawn(sheet, &columns, color, language);
    let natural = whole.column_max_content_widths();
    let least: Vec<u16> = (0..columns.len()).map(|i| least(sheet.columns[i], natural[i], language)).collect();
    for less in LESS {
        let needed: u16 = columns.iter().map(|&i| least[i].saturating_add(PADDING)).fold(0, u16::saturating_add);
        if needed <= width {
            break;
        }
        if let Some(at) = columns.iter().position(|&i| sheet.columns[i] == less) {
            columns.remove(at);
            left_out.push(less);
        }
    }
    let mut table = drawn(sheet, &columns, color, language);
    table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    for (at, &i) in columns.iter().enumerate() {
        if let Some(column) = table.column_mut(at) {
            // A cut number or id names another thing.
            let whole = natural[i] <= least[i] || matches!(sheet.columns[i], "number" | "id");
            column.set_constraint(if whole {
                ColumnConstraint::ContentWidth
            } else {
                ColumnConstraint::LowerBoundary(Width::Fixed(least[i].saturating_add(PADDING)))
            });
        }
    }
    Fitted { text: table.lines().map(|line| line.trim_end().to_owned() + "\n").collect(), left_out }
}

/// The columns of these positions, as wide as they are.
fn drawn(sheet: &Sheet, columns: &[usize], color: bool, language: Language) -> Table {
    let mut table = Table::new();
    table.load_style(NOTHING).set_truncation_indicator("…");
    if color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if !columns.is_empty() {
        let bold = |&i: &usize| Cell::new(lang::heading(sheet.columns[i]).get(language)).add_attribute(Attribute::Bold);
        table.set_header(Row::from(columns.iter().map(bold).collect::<Vec<_>>()));
    }
    for row in &sheet.rows {
        let cells = columns.iter().filter_map(|&i| Some((sheet.columns[i], row.get(i)?))).map(|(column, cell)| {
            let word = lang::word(column, &cell.full).map_or(&*cell.full, |word| word.get(language));
            let text = printable(cell.shown.as_deref().unwrap_or(word)).replace(['\n', '\t'], " ");
            let shown = Cell::new(text);
            match cell.tone.color() {
                Some(color) => shown.fg(color),
                None => shown,
            }
        });
        let mut line = Row::from(cells.collect::<Vec<_>>());
        line.max_height(1);
        table.add_row(line);
    }
    table
}

/// How wide a column is at least: a cut word or time says nothing, names and sentences may be cut. No heading is.
fn least(column: &'static str, natural: u16, language: Language) -> u16 {
    let cut = match column {
        "subject" => 18,
        "requester" | "status" => 11,
        "assignee" => 8,
        "number" | "id" | "priority" | "due" | "sla" | "updated_at" | "created_at" => natural,
        _ => 10,
    };
    let heading = lang::heading(column).get(language).chars().count();
    natural.min(cut).max(u16::try_from(heading).unwrap_or(u16::MAX))
}
