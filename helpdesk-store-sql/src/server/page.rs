//! A page of a list: the arms of its access path, each no further than the page can need, merged in the order asked for.

use std::collections::BTreeSet;

use helpdesk_core::party::{AgentId, TenantId};
use helpdesk_core::query::{PageRequest, Position, Sort, TicketQuery};
use helpdesk_core::store::{TicketPage, TicketRow};

use super::dialect::Dialect;
use super::filter;
use super::sql::Sql;
use super::store::ServerStore;
use super::value::{Row, Value};
use crate::fault::Fault;
use crate::rows::columns::{Columns, limit};
use crate::rows::decode::{lock, mark};
use crate::rows::document::unpack_ticket;
use crate::rows::plan::{AccessPath, Arm, Place};

pub(crate) async fn page(
    store: &ServerStore<'_>,
    tenant: &TenantId,
    query: &TicketQuery,
    request: &PageRequest,
) -> Result<TicketPage, Fault> {
    let path = AccessPath::choose(query);
    if path == AccessPath::Nothing {
        return Ok(TicketPage::default());
    }
    let (size, after) = (request.size.get(), request.after.as_ref());
    let found = over(store, tenant, &path, |places| {
        let arms = path.arms(query, places, after);
        select(store.dialect(), tenant, query, &arms, after, size)
    });
    let mut rows = found.await?.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    let sort = query.sort;
    rows.sort_by(|a, b| sort.compare(&sort.position(&a.ticket), &sort.position(&b.ticket)));
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().filter(|_| more).map(|row| sort.position(&row.ticket));
    Ok(TicketPage { rows, next })
}

/// Asks a statement that goes over the places of a tenant and tells, in rows of their own, which those are; again if it
/// did not know all of them.
pub(crate) async fn over(
    store: &ServerStore<'_>,
    tenant: &TenantId,
    path: &AccessPath,
    statement: impl Fn(&[Place]) -> Sql,
) -> Result<Vec<Row>, Fault> {
    let behind_place = |row: Row| Row(row.0.into_iter().skip(3).collect());
    if !matches!(path, AccessPath::Places(_)) {
        let rows = store.listed(statement(&[])).await?;
        return Ok(rows.into_iter().map(behind_place).collect());
    }
    let mut asked = store.shared.places.of(tenant);
    loop {
        let places: Vec<Place> = asked.iter().cloned().collect();
        let mut sql = statement(&places);
        tell_places(&mut sql, tenant);
        let mut found = Vec::new();
        let mut there = BTreeSet::new();
        for row in store.listed(sql).await? {
            match row.maybe_int(0)? {
                Some(shelf) => {
                    there.insert((shelf, row.text(1)?, row.int(2)?));
                }
                None => found.push(behind_place(row)),
            }
        }
        let known = asked.is_superset(&there);
        asked.extend(there.iter().cloned());
        if known {
            store.shared.places.keep(tenant, there);
            return Ok(found);
        }
    }
}

/// The places that have tickets, in rows with as many columns as the statement's.
fn tell_places(sql: &mut Sql, tenant: &TenantId) {
    let tenant = sql.param(tenant.as_str());
    sql.add(
        " UNION ALL SELECT shelf, status, prio, NULL, NULL, NULL, NULL, NULL FROM helpdesk_counter \
         WHERE tenant = ? AND counted = 'all' GROUP BY shelf, status, prio HAVING sum(n) > 0",
        &[tenant],
    );
}

/// The statement of a page. Columns: three of a place, id, document, lock, mark, and one that stands for a count. The
/// inner part finds keys; documents are fetched for the page's rows only.
pub(crate) fn select(
    dialect: &Dialect,
    tenant: &TenantId,
    query: &TicketQuery,
    arms: &[Arm],
    after: Option<&Position>,
    size: usize,
) -> Sql {
    let mut sql = Sql::new();
    sql.push(dialect.listed);
    if arms.is_empty() {
        return sql;
    }
    let tenant = sql.param(tenant.as_str());
    let agent = sql.param(Value::from(query.reader.as_ref().map(AgentId::as_str)));
    sql.add(
        " UNION ALL SELECT NULL, NULL, NULL, t.id, t.doc, t.lock_doc, (SELECT m.position FROM helpdesk_mark AS m \
         WHERE m.tenant = ? AND m.ticket = t.id AND m.agent = ?), NULL FROM (SELECT u.* FROM (",
        &[tenant, agent],
    );
    let size = sql.param(limit(size.saturating_add(1)));
    for (index, arm) in arms.iter().enumerate() {
        sql.push(if index == 0 { "(" } else { " UNION ALL (" }).push(keys(query.sort));
        filter::arm(&mut sql, dialect, tenant, query, arm);
        if let Some(after) = after.filter(|_| !arm.is_ordered(query.sort)) {
            beyond(&mut sql, query.sort, after);
        }
        sql.push(order(query.sort, arm)).add(" LIMIT ?)", &[size]);
    }
    sql.push(") AS u")
        .push(merged(query.sort))
        .add(" LIMIT ?) AS p JOIN helpdesk_ticket AS t", &[size])
        .push(dialect.by_key)
        .add(" ON t.tenant = ? AND t.id = p.id", &[tenant]);
    sql
}

/// The columns that an order compares.
fn keys(sort: Sort) -> &'static str {
    match sort {
        Sort::Priority => "SELECT t.prio AS a, t.created_at AS b, t.id AS id",
        Sort::Updated => "SELECT t.updated_at AS a, t.id AS id",
        Sort::Due => "SELECT t.due_at AS a, t.id AS id",
        Sort::Created => "SELECT t.created_at AS a, t.id AS id",
    }
}

/// The order of an arm: that of its index where its rows come so, which says the priority by itself.
fn order(sort: Sort, arm: &Arm) -> &'static str {
    match sort {
        Sort::Priority if arm.is_ordered(sort) => " ORDER BY t.created_at, t.id",
        Sort::Priority => " ORDER BY t.prio, t.created_at, t.id",
        Sort::Updated => " ORDER BY t.updated_at DESC, t.id DESC",
        Sort::Due => " ORDER BY t.due_at, t.id",
        Sort::Created => " ORDER BY t.created_at DESC, t.id DESC",
    }
}

fn merged(sort: Sort) -> &'static str {
    match sort {
        Sort::Priority => " ORDER BY a, b, id",
        Sort::Due => " ORDER BY a, id",
        Sort::Updated | Sort::Created => " ORDER BY a DESC, id DESC",
    }
}

/// What comes after a position, for arms whose range does not begin there.
fn beyond(sql: &mut Sql, sort: Sort, after: &Position) {
    let (major, minor, id) = (sql.param(after.major), sql.param(after.minor), sql.param(after.id));
    match sort {
        Sort::Priority => sql.add(
            " AND (t.prio > ? OR t.prio = ? AND (t.created_at > ? OR t.created_at = ? AND t.id > ?))",
            &[major, major, minor, minor, id],
        ),
        Sort::Updated => sql.add(" AND (t.updated_at < ? OR t.updated_at = ? AND t.id < ?)", &[major, major, id]),
        Sort::Due => sql.add(" AND (t.due_at > ? OR t.due_at = ? AND t.id > ?)", &[major, major, id]),
        Sort::Created => sql.add(" AND (t.created_at < ? OR t.created_at = ? AND t.id < ?)", &[major, major, id]),
    };
}

fn row(row: &Row) -> Result<TicketRow, Fault> {
    let ticket = unpack_ticket(row.uuid(0)?, row.text(1)?)?;
    Ok(TicketRow { lock: lock(Some(row), 2, ticket.id)?, mark: mark(row, 3)?, ticket })
}
