//! Several statements in one view of the file, and the ranges that a list has to merge.

use helpdesk_core::party::TenantId;
use sqlx::sqlite::SqliteRow;

use super::readers::Reader;
use super::sql::Sql;
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::rows::plan::{AccessPath, Place};

/// Most arms of one statement; SQLite takes 500. A tenant with more places gets several, merged here.
pub(super) const ARMS: usize = 128;

/// The places that have tickets, if the path asks for them; then a transaction is open unless there is one view anyway, so
/// that what is read next is of the same.
pub(super) async fn places(
    path: &AccessPath,
    tenant: &TenantId,
    reader: &mut Reader<'_>,
) -> Result<(Vec<Place>, bool), Fault> {
    if !matches!(path, AccessPath::Places(_)) {
        return Ok((Vec::new(), false));
    }
    let mut sql = Sql::new();
    let tenant = sql.param(tenant.as_str());
    sql.add(
        "SELECT shelf, status, rank FROM helpdesk_counter WHERE tenant = ? AND counted = 'all' AND n > 0",
        &[tenant],
    );
    let begin = !reader.is_one_view();
    if begin {
        sql.prefix("BEGIN;");
    }
    let rows = sql.rows(reader.connection()).await?;
    let place = |row: &SqliteRow| Ok((row.int(0)?, row.text(1)?, row.int(2)?));
    Ok((rows.iter().map(place).collect::<Result<_, Fault>>()?, begin))
}

/// Runs statements in one view; several of them in a transaction, which is closed with the last one.
pub(super) async fn view(
    mut statements: Vec<Sql>,
    mut open: bool,
    reader: &mut Reader<'_>,
) -> Result<Vec<SqliteRow>, Fault> {
    if statements.len() > 1
        && !open
        && !reader.is_one_view()
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
        found.extend(statement.rows(reader.connection()).await?);
    }
    Ok(found)
}
