//! Rows that go to an engine at once: one list a column, in the form that the engine takes apart.

#[cfg(feature = "mysql")]
use serde_json::Value as Json;

use super::value::Value;

/// Rows of one table.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bulk {
    columns: Vec<Value>,
    rows: usize,
}

impl Bulk {
    /// No rows yet, of columns with these types: for statements that are also asked with none.
    pub(crate) fn like(row: &[Value]) -> Self {
        Self { columns: row.iter().map(empty).collect(), rows: 0 }
    }

    /// Adds a row. All rows have the same columns.
    pub(crate) fn push<const N: usize>(&mut self, row: [Value; N]) {
        if self.columns.is_empty() {
            self.columns = row.iter().map(empty).collect();
        }
        for (column, value) in self.columns.iter_mut().zip(row) {
            append(column, value);
        }
        self.rows += 1;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rows == 0
    }

    pub(crate) fn len(&self) -> usize {
        self.rows
    }

    /// One list a column.
    #[cfg(feature = "postgres")]
    pub(crate) fn columns(&self) -> Vec<Value> {
        self.columns.clone()
    }

    /// One list a row, ids in hexadecimal digits.
    #[cfg(feature = "mysql")]
    pub(crate) fn json(&self) -> Value {
        let row = |row: usize| self.columns.iter().map(|column| json(column, row)).collect::<Json>();
        Value::Rows((0..self.rows).map(row).collect())
    }
}

/// The list that takes values like this one.
fn empty(value: &Value) -> Value {
    match value {
        Value::Int(_) => Value::Ints(Vec::new()),
        Value::Text(_) => Value::Texts(Vec::new()),
        _ => Value::Ids(Vec::new()),
    }
}

fn append(column: &mut Value, value: Value) {
    match (column, value) {
        (Value::Ints(column), Value::Int(value)) => column.push(value),
        (Value::Texts(column), Value::Text(value)) => column.push(value),
        (Value::Ids(column), Value::Id(value)) => column.push(value),
        (column, value) => unreachable!("a column has one type: {column:?} and {value:?}"),
    }
}

#[cfg(feature = "mysql")]
fn json(column: &Value, row: usize) -> Json {
    let found = match column {
        Value::Ints(column) => column.get(row).copied().flatten().map(Json::from),
        Value::Texts(column) => column.get(row).and_then(Option::as_deref).map(Json::from),
        Value::Ids(column) => column.get(row).copied().flatten().map(|id| Json::from(id.simple().to_string())),
        _ => None,
    };
    found.unwrap_or(Json::Null)
}
