//! What the desk wrote, act by act and row by row: triggers in a copy of the file note every change, and the notes are
//! read into values that plain sqlx can write again. So the bare engine gets exactly the desk's rows, whatever they are.

use std::fmt::Write;
use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};

use crate::Failure;

/// What parts the values in a note.
const MARK: char = '\u{1f}';

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
}

/// A changed row: the statement that changes it again.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

/// Listens to a file.
pub(crate) struct Recorder {
    connection: SqliteConnection,
    tables: Vec<Table>,
    heard: i64,
}

struct Table {
    name: String,
    columns: Vec<String>,
    /// What finds a row again.
    key: Vec<String>,
}

impl Recorder {
    /// Puts the triggers into a file that nobody has open.
    pub(crate) async fn listen(path: &Path) -> Result<Self, Failure> {
        let mut connection = SqliteConnectOptions::new().filename(path).disable_statement_logging().connect().await?;
        run(
            &mut connection,
            "CREATE TABLE bench_note (n INTEGER PRIMARY KEY, t INTEGER, op TEXT, k TEXT, old TEXT, new TEXT)",
        )
        .await?;
        let found = sqlx::query("SELECT name, sql FROM sqlite_master WHERE type = 'table' AND name LIKE 'helpdesk%'");
        let mut tables = Vec::new();
        for row in found.fetch_all(&mut connection).await? {
            let (name, sql): (String, String) = (row.get(0), row.get(1));
            let info = format!("SELECT name, pk FROM pragma_table_info('{name}') ORDER BY cid");
            let info = sqlx::query(AssertSqlSafe(info)).fetch_all(&mut connection).await?;
            let columns: Vec<String> = info.iter().map(|row| row.get(0)).collect();
            let keyed = sql.contains("WITHOUT ROWID");
            let is_key = |row: &&sqlx::sqlite::SqliteRow| row.get::<i64, _>(1) > 0;
            let key = if keyed {
                info.iter().filter(is_key).map(|row| row.get(0)).collect()
            } else {
                vec!["rowid".to_owned()]
            };
            tables.push(Table { name, columns, key });
        }
        for (number, table) in tables.iter().enumerate() {
            for (op, old, new) in
                [("INSERT", None, Some("NEW")), ("UPDATE", Some("OLD"), Some("NEW")), ("DELETE", Some("OLD"), None)]
            {
                let key = quoted(&table.key, old.or(new));
                let (before, after) = (quoted(&table.columns, old), quoted(&table.columns, new));
                let name = &table.name;
                let sql = format!(
                    "CREATE TRIGGER bench_{op}_{name} AFTER {op} ON {name} BEGIN \
                     INSERT INTO bench_note (t, op, k, old, new) VALUES ({number}, '{op}', {key}, {before}, {after}); END"
                );
                run(&mut connection, &sql).await?;
            }
        }
        Ok(Self { connection, tables, heard: 0 })
    }

    /// What changed since it was last asked.
    pub(crate) async fn heard(&mut self) -> Result<Vec<Change>, Failure> {
        let notes = sqlx::query("SELECT n, t, op, k, old, new FROM bench_note WHERE n > ? ORDER BY n");
        let mut changes = Vec::new();
        for row in notes.bind(self.heard).fetch_all(&mut self.connection).await? {
            self.heard = row.get(0);
            let table = usize::try_from(row.get::<i64, _>(1))?;
            let texts: [Option<String>; 3] = [row.get(3), row.get(4), row.get(5)];
            let [key, old, new] = texts.map(|text| text.map(|text| text.split(MARK).map(literal).collect::<Vec<_>>()));
            changes.extend(change(&self.tables[table], &key.unwrap_or_default(), old, new));
        }
        Ok(changes)
    }
}

/// The statement that does it again, if anything changed.
fn change(table: &Table, key: &[Value], old: Option<Vec<Value>>, new: Option<Vec<Value>>) -> Option<Change> {
    let name = &table.name;
    let found = table.key.iter().map(|column| format!("{column} = ?")).collect::<Vec<_>>().join(" AND ");
    match (old, new) {
        (None, Some(values)) => {
            let places = vec!["?"; values.len()].join(", ");
            Some(Change { sql: format!("INSERT INTO {name} VALUES ({places})"), values })
        }
        (Some(old), Some(new)) => {
            let mut values = Vec::new();
            let mut set = String::new();
            for ((column, old), new) in table.columns.iter().zip(old).zip(new) {
                if old != new {
                    // Writing to a string cannot fail.
                    let _ = write!(set, "{}{column} = ?", if set.is_empty() { "" } else { ", " });
                    values.push(new);
                }
            }
            values.extend(key.iter().cloned());
            (!set.is_empty()).then(|| Change { sql: format!("UPDATE {name} SET {set} WHERE {found}"), values })
        }
        (Some(_), None) => Some(Change { sql: format!("DELETE FROM {name} WHERE {found}"), values: key.to_vec() }),
        (None, None) => None,
    }
}

/// An expression that prints the columns as literals.
fn quoted(columns: &[String], of: Option<&str>) -> String {
    let Some(of) = of else { return "NULL".to_owned() };
    let each = columns.iter().map(|column| format!("quote({of}.{column})")).collect::<Vec<_>>();
    each.join(" || char(31) || ")
}

/// Reads a literal as `SQLite` prints it.
fn literal(text: &str) -> Value {
    if let Some(hex) = text.strip_prefix("X'") {
        let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2).unwrap_or_default(), 16).unwrap_or_default();
        return Value::Blob((0..hex.len() / 2).map(|n| byte(n * 2)).collect());
    }
    match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
        Some(inner) => Value::Text(inner.replace("''", "'")),
        None => text.parse().map_or(Value::Null, Value::Int),
    }
}

async fn run(connection: &mut SqliteConnection, sql: &str) -> Result<(), Failure> {
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(connection).await?;
    Ok(())
}
