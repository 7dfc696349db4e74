//! Tables for people: fitted to the width of the terminal, one line a row.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, Cell, ColumnConstraint, ContentArrangement, Row, Table};
use helpdesk_core::text::Language;

use super::{Sheet, printable};
use crate::lang;

/// A terminal of at least this width has room for words beside names.
const ROOMY: u16 = 80;

/// The rows as a table of at most `width` columns.
pub(super) fn table(sheet: &Sheet, width: u16, color: bool, language: Language) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
    table.set_truncation_indicator("…");
    if color {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    if !sheet.columns.is_empty() {
        let bold = |column| Cell::new(lang::heading(column).get(language)).add_attribute(Attribute::Bold);
        table.set_header(Row::from(sheet.columns.iter().copied().map(bold).collect::<Vec<_>>()));
    }
    // A cut number names another ticket, and a cut word or time says nothing; where there is room names give way.
    let whole: &[&str] = if width < ROOMY { &["number"] } else { &["number", "priority", "due", "sla"] };
    for (i, _) in sheet.columns.iter().enumerate().filter(|(_, column)| whole.contains(column)) {
        if let Some(column) = table.column_mut(i) {
            column.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
    for row in &sheet.rows {
        let cells = row.iter().map(|cell| {
            let text = printable(cell.shown.as_ref().unwrap_or(&cell.full)).replace(['\n', '\t'], " ");
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
    table.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
}
