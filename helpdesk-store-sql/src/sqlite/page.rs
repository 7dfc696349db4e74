//! A page of a list: the arms of its access path merged in the order asked for, up to one row more than the page has.

use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{PageRequest, Position, Sort, TicketQuery};
use helpdesk_core::store::{TicketPage, TicketRow};
use sqlx::sqlite::SqliteRow;

use super::filter;
use super::sql::{Param, Sql};
use super::store::FileStore;
use super::view::{ARMS, places, view};
use crate::fault::Fault;
use crate::rows::columns::{Columns, limit};
use crate::rows::decode::{lock, mark};
use crate::rows::document::unpack_ticket;
use crate::rows::plan::{AccessPath, Arm};

pub(super) async fn page(
    store: &FileStore<'_>,
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
    let mut reader = store.checkout().await?;
    let (places, open) = places(&path, tenant, &mut reader).await?;
    let arms = path.arms(query, &places, after);
    let statements = arms.chunks(ARMS).map(|arms| select(tenant, query, arms, after, size)).collect();
    let found = view(statements, open, &mut reader).await?;
    reader.give_back();

    let mut rows = found.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let sort = query.sort;
    rows.sort_by(|a, b| sort.compare(&sort.position(&a.ticket), &sort.position(&b.ticket)));
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| sort.position(&row.ticket));
    Ok(TicketPage { rows, next })
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
    sql.push(order).add(" LIMIT 0 + ?) AS p CROSS JOIN helpdesk_ticket AS t ON t.row = p.row", &[size]);
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
