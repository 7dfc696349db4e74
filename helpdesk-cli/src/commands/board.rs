//! `board`: what there is to do, in numbers, critical first.

use helpdesk_core::access::Action;
use helpdesk_core::desk::Board;
use helpdesk_core::query::PageSize;
use helpdesk_core::ticket::StatusCategory;
use serde_json::{Map, Value};

use crate::args;
use crate::env::{Env, integer};
use crate::failure::Failure;
use crate::lang::Phrase;
use crate::output::{Beside, Cell, Form, Object, Sheet, Tone, ticket_object, ticket_row, ticket_sheet};

/// Where the tickets are when only the counts are printed.
const TICKETS_BESIDE: Phrase = Phrase(
    "these are the counts; the tickets come with `helpdesk ticket list --csv`",
    "dies sind die Zahlen; die Tickets gibt `helpdesk ticket list --csv`",
);

/// Shows the board.
///
/// # Errors
/// If the number of rows is not the size of a page.
pub(super) async fn run(options: &args::Board, env: &Env) -> Result<(), Failure> {
    print(integer("limit", &options.limit)?, env).await
}

/// Prints the board with its first `rows` tickets.
///
/// # Errors
/// As [`run`].
pub(super) async fn print(rows: i64, env: &Env) -> Result<(), Failure> {
    let rows = PageSize::new(rows)?;
    let agent = env.agent(Action::TicketNote).await?;
    let board = agent.board(rows).await?;
    let output = &env.output;
    let mut counts = Sheet { columns: vec!["key", "count"], rows: Vec::new() };
    let mut by_category = Map::new();
    for category in StatusCategory::ALL {
        let count = count_of(&board, category);
        by_category.insert(category.as_str().to_owned(), count.into());
        let name = Cell::new(category.as_str()).shown(category.labels().get(output.language)).tone(category.into());
        counts.rows.push(vec![name, Cell::new(count.to_string())]);
    }
    let beside = [
        ("unread", board.unread, Phrase("Unread", "Ungelesen"), Tone::Plain),
        ("overdue", board.overdue, Phrase("Overdue", "Überfällig"), Tone::Alarm),
        ("unassigned", board.unassigned, Phrase("Unassigned", "Nicht zugewiesen"), Tone::Warning),
        ("mine", board.mine, Phrase("Mine", "Meine"), Tone::Plain),
    ];
    for (name, count, words, tone) in beside {
        let tone = if count == 0 { Tone::Plain } else { tone };
        counts
            .rows
            .push(vec![Cell::new(name).shown(words.get(output.language)), Cell::new(count.to_string()).tone(tone)]);
    }
    let mut sheet = ticket_sheet();
    let mut first: Vec<Value> = Vec::new();
    for row in board.first {
        let beside = Beside { lock: row.lock, mark: row.mark, reader: agent.id().cloned() };
        sheet.rows.push(ticket_row(&row.ticket, &beside, output));
        first.push(ticket_object(&row.ticket, &beside, output).into());
    }
    if output.is_json() {
        let item = Object::new()
            .with("by_category", by_category)
            .with("unread", board.unread)
            .with("overdue", board.overdue)
            .with("unassigned", board.unassigned)
            .with("mine", board.mine)
            .with("first", first);
        return output.item("helpdesk/board/1", item, &[], &counts);
    }
    output.sheet(&counts)?;
    if output.form == Form::Csv {
        // One table a stream; the tickets are a list of their own.
        output.say(TICKETS_BESIDE.get(output.language));
        return Ok(());
    }
    output.raw("\n")?;
    output.sheet(&sheet)
}

fn count_of(board: &Board, category: StatusCategory) -> u64 {
    board.by_category.iter().find(|tally| tally.group == category.as_str()).map_or(0, |tally| tally.count)
}
