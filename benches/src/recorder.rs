//! What the desk wrote into a file, act by act: triggers in a copy of it note every change, for `tape`.

use std::path::Path;

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{AssertSqlSafe, ConnectOptions, Row};

use crate::Failure;
use crate::tape::{Change, Table, Value, bytes};

/// What parts the values in a note.
const MARK: char = '\u{1f}';

/// Listens to a file.
pub(crate) struct Recorder {
    connection: SqliteConnection,
    tables: Vec<Table>,
    heard: i64,
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
            changes.extend(Change::of(&self.tables[table], key.unwrap_or_default(), old, new));
        }
        Ok(changes)
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
    if let Some(hex) = text.strip_prefix("X'").and_then(|text| text.strip_suffix('\'')) {
        return Value::Blob(bytes(hex));
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
