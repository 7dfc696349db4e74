//! Statements on a connection to PostgreSQL, with their values and their rows.

use sqlx::postgres::{PgArguments, PgConnection, PgRow};
use sqlx::{Arguments, AssertSqlSafe, Column, Executor, Row as _, SqlStr, TypeInfo};

use crate::server::link::Answer;
use crate::server::sql::{Placeholders, Sql};
use crate::server::value::{Cell, Row, Value};

pub(super) async fn rows(
    connection: &mut PgConnection,
    sql: &Sql,
    schema: Option<&str>,
) -> Result<Vec<PgRow>, sqlx::Error> {
    let (text, values) = bound(sql, schema)?;
    sqlx::query_with(AssertSqlSafe(text), values).fetch_all(connection).await
}

pub(super) async fn run(connection: &mut PgConnection, sql: &Sql, schema: Option<&str>) -> Result<u64, sqlx::Error> {
    let (text, values) = bound(sql, schema)?;
    Ok(sqlx::query_with(AssertSqlSafe(text), values).execute(connection).await?.rows_affected())
}

/// Runs statements that stand in one text; gives the rows of all of them.
pub(super) async fn answers(connection: &mut PgConnection, text: SqlStr) -> Result<Answer, sqlx::Error> {
    let parts = connection.fetch_many(sqlx::raw_sql(text));
    Answer::collect(parts, |done| done.rows_affected(), read).await
}

fn bound(sql: &Sql, schema: Option<&str>) -> Result<(String, PgArguments), sqlx::Error> {
    let (text, values) = sql.render(Placeholders::Numbered, schema);
    let mut arguments = PgArguments::default();
    for value in values {
        let added = match value {
            Value::Int(value) => arguments.add(*value),
            Value::Text(value) => arguments.add(value.as_deref()),
            Value::Id(value) => arguments.add(*value),
            Value::Ints(values) => arguments.add(values.as_slice()),
            Value::Texts(values) => arguments.add(values.as_slice()),
            Value::Ids(values) => arguments.add(values.as_slice()),
            Value::Rows(rows) => arguments.add(rows.to_string()),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok((text, arguments))
}

/// A row, whatever types the statement gave its columns.
pub(super) fn read(row: &PgRow) -> Result<Row, sqlx::Error> {
    let cell = |index: usize| -> Result<Cell, sqlx::Error> {
        let kind = row.column(index).type_info().name();
        Ok(match kind {
            "INT8" => row.try_get::<Option<i64>, _>(index)?.map_or(Cell::Null, Cell::Int),
            "INT4" => row.try_get::<Option<i32>, _>(index)?.map_or(Cell::Null, |int| Cell::Int(int.into())),
            "INT2" => row.try_get::<Option<i16>, _>(index)?.map_or(Cell::Null, |int| Cell::Int(int.into())),
            "UUID" => {
                let id = row.try_get::<Option<uuid::Uuid>, _>(index)?;
                id.map_or(Cell::Null, |id| Cell::Bytes(id.into_bytes().to_vec()))
            }
            _ => row.try_get_unchecked::<Option<String>, _>(index)?.map_or(Cell::Null, Cell::Text),
        })
    };
    Ok(Row((0..row.len()).map(cell).collect::<Result<_, _>>()?))
}
