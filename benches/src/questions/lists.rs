//! What do a list page of 50 by priority then age, the first and the twentieth, and the board cost at 10,000 and at
//! a million tickets? Against fetching the documents of the same rows by plain sqlx, which knows them beforehand.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use helpdesk_core::desk::{AgentDesk, ListRequest};
use helpdesk_core::party::AgentId;
use helpdesk_core::query::{Assignee, PageSize, TicketFilter};
use helpdesk_store_sql::sqlite::Synchronous;

use crate::bare::Bare;
use crate::measure::{Rounds, head, line, ratio, span};
use crate::world::{World, fresh};
use crate::{Asked, Failure, fill};

/// Calls of a round.
const CALLS: u32 = 100;
/// The page that is far down.
const FAR: usize = 20;

/// The store with so many tickets, filled unless it is there already.
pub(crate) async fn filled(asked: &Asked, count: u64) -> Result<PathBuf, Failure> {
    let done = asked.dir.join(format!("bench-filled-{count}.db"));
    if done.exists() {
        return Ok(done);
    }
    let path = fresh(&asked.dir, "filling")?;
    let begun = Instant::now();
    // Nobody waits for these rows: the syncs are left to the end.
    let world = World::open(&path, Synchronous::Normal).await?;
    world.settle().await?;
    fill::fill(&world.store, count).await?;
    world.close().await?;
    std::fs::rename(&path, &done)?;
    eprintln!("filled with {count} tickets in {:.1} s", begun.elapsed().as_secs_f64());
    Ok(done)
}

pub(crate) async fn ask(asked: &Asked) -> Result<(), Failure> {
    let mut columns = Vec::new();
    for count in [10_000, asked.large] {
        columns.push(at(asked, count).await?);
    }
    head(
        "Lists by priority then age, 50 rows, and the board",
        &["what", "10,000", "bare", "many", "bare", "many : 10,000"],
    );
    let many = columns.pop().unwrap_or_default();
    for (few, many) in columns.pop().unwrap_or_default().into_iter().zip(many) {
        let bare = |row: &Line| row.bare.map_or_else(|| "–".to_owned(), span);
        let grown = ratio(many.desk.as_secs_f64(), few.desk.as_secs_f64());
        line(&[few.what.to_owned(), span(few.desk), bare(&few), span(many.desk), bare(&many), grown]);
    }
    println!(
        "\nMany: {} tickets, 95 of 100 open. Bare: the same 50 documents by row id, not read as JSON.",
        asked.large
    );
    Ok(())
}

struct Line {
    what: &'static str,
    desk: Duration,
    bare: Option<Duration>,
}

async fn at(asked: &Asked, count: u64) -> Result<Vec<Line>, Failure> {
    let path = filled(asked, count).await?;
    let world = World::open(&path, Synchronous::Full).await?;
    let mut bare = Bare::open(&path).await?;
    let mut lines = Vec::new();
    for (what, filter, page) in [
        ("all, page 1", TicketFilter::all(), 1),
        ("all, page 20", TicketFilter::all(), FAR),
        ("open work, page 1", TicketFilter::unsolved(), 1),
        ("open work, page 20", TicketFilter::unsolved(), FAR),
    ] {
        let request = page_of(&world.anna, filter, page).await?;
        let wanted = world.anna.list(&request).await?;
        let ids: Vec<Vec<u8>> = wanted.rows.iter().map(|row| row.ticket.id.0.as_bytes().to_vec()).collect();
        let rows = bare.rows_of(&ids).await?;
        let (mut desk, mut plain) = (Rounds::default(), Rounds::default());
        for _ in 0..asked.rounds {
            let begun = Instant::now();
            for _ in 0..CALLS {
                world.anna.list(&request).await?;
            }
            desk.add(begun.elapsed() / CALLS);
            let begun = Instant::now();
            for _ in 0..CALLS {
                bare.documents(&rows).await?;
            }
            plain.add(begun.elapsed() / CALLS);
        }
        lines.push(Line { what, desk: desk.middle(), bare: Some(plain.middle()) });
    }
    let mut board = Rounds::default();
    for _ in 0..asked.rounds.min(5) {
        let begun = Instant::now();
        world.anna.board(PageSize::new(10)?).await?;
        board.add(begun.elapsed());
    }
    lines.push(Line { what: "board", desk: board.middle(), bare: None });
    let [unread, overdue, unassigned] = helpdesk_core::desk::board_filters();
    let mine = TicketFilter { assignee: Some(Assignee::Agent(AgentId::new("anna")?)), ..TicketFilter::unsolved() };
    for (what, filter) in [
        ("of it: unread", unread),
        ("of it: overdue", overdue),
        ("of it: unassigned", unassigned),
        ("of it: mine", mine),
    ] {
        let begun = Instant::now();
        world.anna.total(&filter).await?;
        lines.push(Line { what, desk: begun.elapsed(), bare: None });
    }
    world.close().await?;
    Ok(lines)
}

/// The request for page number `page`.
pub(crate) async fn page_of(anna: &AgentDesk<'_>, filter: TicketFilter, page: usize) -> Result<ListRequest, Failure> {
    let mut request = ListRequest::of(filter);
    for _ in 1..page {
        request.after = anna.list(&request).await?.next;
        if request.after.is_none() {
            return Err("there are not so many pages".into());
        }
    }
    Ok(request)
}
