//! Statements on a connection to MariaDB or MySQL, with their values and their rows.

use sqlx::mysql::{MySqlArguments, MySqlConnection, MySqlRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Executor, Row as _, SqlStr, TypeInfo};

use super::literal;
use crate::server::link::Answer;
use crate::server::sql::{Placeholders, Sql};
use crate::server::value::{Cell, Row, Value};

pub(super) async fn rows(
    connection: &mut MySqlConnection,
    begin: &'static str,
    sql: &Sql,
    schema: Option<&str>,
) -> Result<Vec<MySqlRow>, sqlx::Error> {
    let (text, values) = bound(sql, schema)?;
    let text = if begin.is_empty() { text } else { format!("{begin}{text}") };
    sqlx::query_with(AssertSqlSafe(text), values).fetch_all(connection).await
}

pub(super) async fn run(connection: &mut MySqlConnection, sql: &Sql, schema: Option<&str>) -> Result<u64, sqlx::Error> {
    let (text, values) = bound(sql, schema)?;
    Ok(sqlx::query_with(AssertSqlSafe(text), values).execute(connection).await?.rows_affected())
}

/// Runs statements that stand in one text; gives the rows of all of them.
pub(super) async fn answers(connection: &mut MySqlConnection, text: SqlStr) -> Result<Answer, sqlx::Error> {
    let parts = connection.fetch_many(sqlx::raw_sql(text));
    Answer::collect(parts, |done| done.rows_affected(), read).await
}

fn bound(sql: &Sql, schema: Option<&str>) -> Result<(String, MySqlArguments), sqlx::Error> {
    let (text, values) = sql.render(Placeholders::Plain, schema);
    let mut arguments = MySqlArguments::default();
    for value in values {
        let added = match value {
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(value.as_deref()),
            Value::Id(value) => arguments.add(value.as_ref().map(|id| id.as_bytes().as_slice())),
            Value::Rows(_) | Value::Ints(_) | Value::Texts(_) | Value::Ids(_) => arguments.add(literal::json(value)),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok((text, arguments))
}

/// A row, whatever types the statement gave its columns; texts come as bytes.
pub(super) fn read(row: &MySqlRow) -> Result<Row, sqlx::Error> {
    let cell = |index: usize| -> Result<Cell, sqlx::Error> {
        let kind = row.column(index).type_info().name();
        Ok(if kind.contains("INT") {
            row.try_get_unchecked::<Option<i64>, _>(index)?.map_or(Cell::Null, Cell::Int)
        } else {
            row.try_get_unchecked::<Option<Vec<u8>>, _>(index)?.map_or(Cell::Null, Cell::Bytes)
        })
    };
    Ok(Row((0..row.len()).map(cell).collect::<Result<_, _>>()?))
}
