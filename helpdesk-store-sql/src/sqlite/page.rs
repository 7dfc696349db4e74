//! A page of a list: the arms of its access path merged in the order asked for, up to one row more than the page has.

use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{PageRequest, Position, Sort, TicketQuery};
use helpdesk_core::store::{TicketPage, TicketRow};
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::commit::lock;
use super::document::unpack_ticket;
use super::error::Fault;
use super::filter;
use super::load::mark;
use super::plan::{AccessPath, Arm, Place};
use super::readers::Readers;
use super::row::{Columns, limit};
use super::sql::{Param, Sql};

/// Most arms of one statement; SQLite takes 500. A tenant with more places gets several, merged here.
pub(super) const ARMS: usize = 128;

pub(super) async fn page(
    readers: &Readers,
    tenant: &TenantId,
    query: &TicketQuery,
    request: &PageRequest,
) -> Result<TicketPage, Fault> {
    let path = AccessPath::choose(query);
    if path == AccessPath::Nothing {
        return Ok(TicketPage::default());
    }
    let size = request.size.get();
    let after = request.after.as_ref();
    let mut reader = readers.checkout().await?;
    let (places, open) = places(&path, tenant, reader.connection()).await?;
    let arms = path.arms(query, &places, after);
    let statements = arms.chunks(ARMS).map(|arms| select(tenant, query, arms, after, size)).collect();
    let found = view(statements, open, reader.connection()).await?;
    reader.give_back();

    let mut rows = found.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let sort = query.sort;
    rows.sort_by(|a, b| sort.compare(&sort.position(&a.ticket), &sort.position(&b.ticket)));
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| sort.position(&row.ticket));
    Ok(TicketPage { rows, next })
}

/// The places that have tickets, if the path asks for them; then a transaction is open, so that what is read next is
/// of the same view.
pub(super) async fn places(
    path: &AccessPath,
    tenant: &TenantId,
    connection: &mut SqliteConnection,
) -> Result<(Vec<Place>, bool), Fault> {
    if !matches!(path, AccessPath::Places(_)) {
        return Ok((Vec::new(), false));
    }
    let mut sql = Sql::new();
    let tenant = sql.param(tenant.as_str());
    sql.add("BEGIN;SELECT shelf, status, rank FROM helpdesk_counter WHERE tenant = ? AND n > 0", &[tenant]);
    let rows = sql.rows(connection).await?;
    let place = |row: &SqliteRow| Ok((row.int(0)?, row.text(1)?, row.int(2)?));
    Ok((rows.iter().map(place).collect::<Result<_, Fault>>()?, true))
}

/// Runs statements in one view; several of them in a transaction, which is closed with the last one.
pub(super) async fn view(
    mut statements: Vec<Sql>,
    mut open: bool,
    connection: &mut SqliteConnection,
) -> Result<Vec<SqliteRow>, Fault> {
    if statements.len() > 1
        && !open
        && let Some(first) = statements.first_mut()
    {
        first.prefix("BEGIN;");
        open = true;
    }
    if open && statements.is_empty() {
        statements.push(Sql::new());
    }
    if let (Some(last), true) = (statements.last_mut(), open) {
        last.push(";COMMIT");
    }
    let mut found = Vec::new();
    for statement in statements {
        found.extend(statement.rows(connection).await?);
    }
    Ok(found)
}

/// The statement of a page, over at most [`ARMS`] arms. The inner part touches the columns of indexes as far as the
/// conditions allow; documents are fetched for the page's rows only.
pub(super) fn select(
    tenant: &TenantId,
    query: &TicketQuery,
    arms: &[Arm],
    after: Option<&Position>,
    size: usize,
) -> Sql {
    let mut sql = Sql::new();
    let tenant = sql.param(tenant.as_str());
    let agent = sql.param(query.reader.as_ref().map(AgentId::as_str));
    sql.add(
        "SELECT t.id, t.doc, (SELECT l.doc FROM helpdesk_lock AS l WHERE l.tenant = ? AND l.ticket = t.id), \
         (SELECT m.position FROM helpdesk_mark AS m WHERE m.tenant = ? AND m.ticket = t.id AND m.agent = ?) FROM (",
        &[tenant, tenant, agent],
    );
    let (columns, order) = keys(query.sort);
    for (index, arm) in arms.iter().enumerate() {
        sql.push(if index == 0 { "" } else { " UNION ALL " }).push(columns);
        filter::arm(&mut sql, tenant, query, arm);
        if let Some(after) = after.filter(|_| !arm.is_ordered(query.sort)) {
            beyond(&mut sql, query.sort, after);
        }
    }
    let size = sql.param(limit(size.saturating_add(1)));
    sql.push(order).add(" LIMIT ?) AS p CROSS JOIN helpdesk_ticket AS t ON t.row = p.row", &[size]);
    sql
}

/// The columns that an order compares, and the order.
fn keys(sort: Sort) -> (&'static str, &'static str) {
    match sort {
        Sort::Priority => ("SELECT t.row AS row, t.rank AS a, t.created_at AS b, t.id AS id", " ORDER BY a, b, id"),
        Sort::Updated => ("SELECT t.row AS row, t.updated_at AS a, t.id AS id", " ORDER BY a DESC, id DESC"),
        Sort::Due => ("SELECT t.row AS row, t.due_at AS a, t.id AS id", " ORDER BY a, id"),
        Sort::Created => ("SELECT t.row AS row, t.created_at AS a, t.id AS id", " ORDER BY a DESC, id DESC"),
    }
}

/// What comes after a position, for arms whose range does not begin there.
fn beyond(sql: &mut Sql, sort: Sort, after: &Position) {
    let mut params: Vec<Param> = vec![sql.param(after.major)];
    if sort == Sort::Priority {
        params.push(sql.param(after.minor));
    }
    params.push(sql.param(after.id.0.as_bytes().as_slice()));
    let text = match sort {
        Sort::Priority => " AND (t.rank, t.created_at, t.id) > (?, ?, ?)",
        Sort::Updated => " AND (t.updated_at, t.id) < (?, ?)",
        Sort::Due => " AND (t.due_at, t.id) > (?, ?)",
        Sort::Created => " AND (t.created_at, t.id) < (?, ?)",
    };
    sql.add(text, &params);
}

fn row(row: &SqliteRow) -> Result<TicketRow, Fault> {
    let ticket = unpack_ticket(row.uuid(0)?, row.text(1)?)?;
    Ok(TicketRow { lock: lock(Some(row), 2, ticket.id)?, mark: mark(row, 3)?, ticket })
}
