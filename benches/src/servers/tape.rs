//! What the desk wrote into a database, act by act and row by row: triggers note every change, and the notes become
//! statements again, each with its values as literals or as parameters. So bare sqlx gets exactly the desk's rows.

use helpdesk_core::ticket::TicketId;

use super::place::{Bare, Place, Server};
use crate::Failure;
use crate::questions::life;
use crate::world::TENANT;

/// A value and how its column holds it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Value {
    pub(crate) holds: Holds,
    /// The value as text, or its bytes; nothing is NULL.
    pub(crate) bytes: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    Int,
    Text,
    Bytes,
    Uuid,
}

/// A changed row: the statement that changes it again, parted where its values stand.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) pieces: Vec<String>,
    pub(crate) values: Vec<Value>,
}

/// What acts changed.
pub(crate) type Tape = Vec<Vec<Change>>;

struct Table {
    name: String,
    columns: Vec<Column>,
}

struct Column {
    name: String,
    holds: Holds,
    /// Whether it is part of what finds a row again.
    key: bool,
}

/// So many creates of one desk, one after the other.
pub(crate) async fn record(server: Server, creates: usize) -> Result<Tape, Failure> {
    let place = Place::settled(server, "tape").await?;
    let mut listener = place.bare().await?;
    let tables = listen(server, &mut listener).await?;
    let world = place.world().await?;
    let (mut tape, mut heard) = (Tape::new(), 0);
    for n in 0..creates {
        life::act(&world, n, 0, TicketId(uuid::Uuid::nil())).await?;
        let notes = format!("SELECT n, t, old, new FROM bench_note WHERE n > {heard} ORDER BY n");
        let mut act = Vec::new();
        for note in listener.texts(&notes).await? {
            let [Some(n), Some(table), old, new] = <[_; 4]>::try_from(note).map_err(|_| "a note has four columns")?
            else {
                return Err("a note without a number".into());
            };
            heard = n.parse::<u64>()?;
            let table = &tables[table.parse::<usize>()?];
            act.extend(change(table, old.map(|text| table.read(&text)), new.map(|text| table.read(&text))));
        }
        if act.len() < 3 {
            return Err("the triggers did not notice a create".into());
        }
        tape.push(act);
    }
    world.close().await?;
    place.remove().await?;
    Ok(tape)
}

/// Puts the triggers there.
async fn listen(server: Server, bare: &mut Bare) -> Result<Vec<Table>, Failure> {
    let number = if server == Server::Postgres { "BIGSERIAL" } else { "BIGINT AUTO_INCREMENT" };
    let text = if server == Server::Postgres { "TEXT" } else { "LONGTEXT" };
    bare.run(format!("CREATE TABLE bench_note (n {number} PRIMARY KEY, t INT NOT NULL, old {text}, new {text})"))
        .await?;
    let schema = if server == Server::Postgres { "current_schema()" } else { "database()" };
    let columns = format!(
        "SELECT c.table_name, c.column_name, c.data_type, CASE WHEN k.column_name IS NULL THEN '' ELSE 'key' END \
         FROM information_schema.columns c \
         LEFT JOIN information_schema.table_constraints p ON p.table_schema = c.table_schema \
           AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY' \
         LEFT JOIN information_schema.key_column_usage k ON k.table_schema = c.table_schema \
           AND k.table_name = c.table_name AND k.column_name = c.column_name AND k.constraint_name = p.constraint_name \
         WHERE c.table_schema = {schema} AND c.table_name LIKE 'helpdesk%' \
           AND c.table_name <> 'helpdesk_migrations' ORDER BY c.table_name, c.ordinal_position"
    );
    let mut tables: Vec<Table> = Vec::new();
    for row in bare.texts(&columns).await? {
        let [table, name, sort, key] = <[_; 4]>::try_from(row).map_err(|_| "a column has four facts")?;
        let (table, sort) = (table.unwrap_or_default(), sort.unwrap_or_default());
        let holds = match sort.as_str() {
            "bigint" | "int" | "integer" | "smallint" | "tinyint" => Holds::Int,
            "binary" | "varbinary" | "bytea" => Holds::Bytes,
            "uuid" => Holds::Uuid,
            "text" | "longtext" => Holds::Text,
            other => return Err(format!("what does {other} hold?").into()),
        };
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table, columns: Vec::new() });
        }
        let column = Column { name: name.unwrap_or_default(), holds, key: key.as_deref() == Some("key") };
        tables.last_mut().ok_or("no table")?.columns.push(column);
    }
    for (at, table) in tables.iter().enumerate() {
        let (old, new) = (table.noted(server, "OLD"), table.noted(server, "NEW"));
        let note = |old: &str, new: &str| format!("INSERT INTO bench_note (t, old, new) VALUES ({at}, {old}, {new})");
        let notes = [("INSERT", note("NULL", &new)), ("UPDATE", note(&old, &new)), ("DELETE", note(&old, "NULL"))];
        for (op, note) in notes {
            let (name, table) = (format!("bench_{op}_{at}"), &table.name);
            bare.run(match server {
                Server::Postgres => format!(
                    "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note}; RETURN NULL; END $$; \
                     CREATE TRIGGER {name} AFTER {op} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
                ),
                Server::MariaDb => format!("CREATE TRIGGER {name} AFTER {op} ON {table} FOR EACH ROW {note}"),
            })
            .await?;
        }
    }
    Ok(tables)
}

impl Table {
    /// An expression that prints a row: its values in hexadecimal digits, `~` for NULL.
    fn noted(&self, server: Server, of: &str) -> String {
        let each = self.columns.iter().map(|column| {
            let name = format!("{of}.{}", column.name);
            let hex = match (server, column.holds) {
                (Server::Postgres, Holds::Bytes) => format!("encode({name}, 'hex')"),
                (Server::Postgres, _) => format!("encode(convert_to({name}::text, 'UTF8'), 'hex')"),
                (Server::MariaDb, Holds::Int) => format!("HEX(CAST({name} AS CHAR))"),
                (Server::MariaDb, _) => format!("HEX({name})"),
            };
            format!("COALESCE({hex}, '~')")
        });
        format!("CONCAT_WS(',', {})", each.collect::<Vec<_>>().join(", "))
    }

    fn read(&self, note: &str) -> Vec<Value> {
        let values = self.columns.iter().zip(note.split(','));
        values.map(|(column, hex)| Value { holds: column.holds, bytes: (hex != "~").then(|| bytes(hex)) }).collect()
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2).unwrap_or_default(), 16).unwrap_or_default();
    (0..hex.len() / 2).map(|n| byte(n * 2)).collect()
}

/// The statement that does it again, if anything changed.
fn change(table: &Table, old: Option<Vec<Value>>, new: Option<Vec<Value>>) -> Option<Change> {
    let mut change = Change { pieces: vec![String::new()], values: Vec::new() };
    let Some(old) = old else {
        change.say(&format!("INSERT INTO {} VALUES (", table.name));
        for (at, value) in new?.into_iter().enumerate() {
            change.say(if at > 0 { ", " } else { "" });
            change.put(value);
        }
        change.say(")");
        return Some(change);
    };
    if let Some(new) = new {
        change.say(&format!("UPDATE {} SET ", table.name));
        let changed = table.columns.iter().zip(&old).zip(new).filter(|((_, old), new)| *old != new);
        for (at, ((column, _), new)) in changed.enumerate() {
            change.say(&format!("{}{} = ", if at > 0 { ", " } else { "" }, column.name));
            change.put(new);
        }
        if change.values.is_empty() {
            return None;
        }
    } else {
        change.say(&format!("DELETE FROM {}", table.name));
    }
    let key = table.columns.iter().zip(old).filter(|(column, _)| column.key);
    for (at, (column, value)) in key.enumerate() {
        change.say(&format!("{}{} = ", if at > 0 { " AND " } else { " WHERE " }, column.name));
        change.put(value);
    }
    Some(change)
}

impl Change {
    fn say(&mut self, text: &str) {
        if let Some(last) = self.pieces.last_mut() {
            last.push_str(text);
        }
    }

    fn put(&mut self, value: Value) {
        self.values.push(value);
        self.pieces.push(String::new());
    }

    /// The same row of another tenant.
    pub(crate) fn of_tenant(&self, tenant: &str) -> Self {
        let mut change = self.clone();
        let named = |value: &&mut Value| value.bytes.as_deref() == Some(TENANT.as_bytes());
        for value in change.values.iter_mut().filter(named) {
            value.bytes = Some(tenant.as_bytes().to_vec());
        }
        change
    }
}
