//! What the desk wrote into a database, act by act: triggers note every change, for `tape`. A note is the values of a
//! row, each with a letter that says how its column holds it.

use helpdesk_core::ticket::TicketId;

use super::place::{Bare, Place, Server};
use crate::Failure;
use crate::questions::life;
use crate::tape::{Change, Table, Value, bytes};

/// So many creates of one desk, one after the other.
pub(crate) async fn record(server: Server, creates: usize) -> Result<Vec<Vec<Change>>, Failure> {
    let place = Place::settled(server, "tape").await?;
    let mut recorder = Recorder::listen(server, place.bare().await?).await?;
    let world = place.world().await?;
    let mut tape = Vec::new();
    for n in 0..creates {
        life::act(&world, n, 0, TicketId(uuid::Uuid::nil())).await?;
        tape.push(recorder.heard().await?);
    }
    world.close().await?;
    place.remove().await?;
    Ok(tape)
}

struct Recorder {
    bare: Bare,
    tables: Vec<Table>,
    heard: u64,
}

impl Recorder {
    /// Puts the triggers there.
    async fn listen(server: Server, mut bare: Bare) -> Result<Self, Failure> {
        let (number, text) = match server {
            Server::Postgres => ("BIGSERIAL", "TEXT"),
            Server::MariaDb => ("BIGINT AUTO_INCREMENT", "LONGTEXT"),
        };
        let notes = format!("CREATE TABLE bench_note (n {number} PRIMARY KEY, t INT NOT NULL, old {text}, new {text})");
        bare.run(notes).await?;
        let columns = columns(server, &mut bare).await?;
        let mut tables: Vec<Table> = Vec::new();
        for columns in columns.chunk_by(|one, other| one.table == other.table) {
            let (at, name) = (tables.len(), columns[0].table.clone());
            for op in ["INSERT", "UPDATE", "DELETE"] {
                let row = |of: &str| if op == absent(of) { "NULL".to_owned() } else { noted(server, of, columns) };
                let note =
                    format!("INSERT INTO bench_note (t, old, new) VALUES ({at}, {}, {})", row("OLD"), row("NEW"));
                let trigger = format!("CREATE TRIGGER bench_{op}_{at} AFTER {op} ON {name} FOR EACH ROW");
                bare.run(match server {
                    Server::Postgres => format!(
                        "CREATE FUNCTION bench_{op}_{at}() RETURNS trigger LANGUAGE plpgsql AS \
                         $$ BEGIN {note}; RETURN NULL; END $$; {trigger} EXECUTE FUNCTION bench_{op}_{at}()"
                    ),
                    Server::MariaDb => format!("{trigger} {note}"),
                })
                .await?;
            }
            let names = |keys: bool| {
                let named = columns.iter().filter(|column| column.key || !keys);
                named.map(|column| column.name.clone()).collect()
            };
            tables.push(Table { name, columns: names(false), key: names(true) });
        }
        Ok(Self { bare, tables, heard: 0 })
    }

    /// What changed since it was last asked.
    async fn heard(&mut self) -> Result<Vec<Change>, Failure> {
        let notes = format!("SELECT n, t, old, new FROM bench_note WHERE n > {} ORDER BY n", self.heard);
        let mut changes = Vec::new();
        for note in self.bare.texts(&notes).await? {
            let [Some(n), Some(table), old, new] = <[_; 4]>::try_from(note).map_err(|_| "a note has four columns")?
            else {
                return Err("a note without a number".into());
            };
            self.heard = n.parse()?;
            let table = &self.tables[table.parse::<usize>()?];
            let row = |note: String| note.split(',').map(value).collect::<Result<Vec<_>, _>>();
            let (old, new) = (old.map(row).transpose()?, new.map(row).transpose()?);
            let is_key = |(column, _): &(&String, &Value)| table.key.contains(column);
            let key = table.columns.iter().zip(old.iter().flatten()).filter(is_key).map(|(_, value)| value.clone());
            changes.extend(Change::of(table, key.collect(), old, new));
        }
        if changes.is_empty() {
            return Err("the triggers noticed nothing".into());
        }
        Ok(changes)
    }
}

/// The operation that has no such row.
fn absent(of: &str) -> &'static str {
    if of == "OLD" { "INSERT" } else { "DELETE" }
}

struct Column {
    table: String,
    name: String,
    sort: String,
    /// Whether it is part of what finds a row again.
    key: bool,
}

/// The columns of the desk's tables, table by table, in their order.
async fn columns(server: Server, bare: &mut Bare) -> Result<Vec<Column>, Failure> {
    let schema = if server == Server::Postgres { "current_schema()" } else { "database()" };
    let query = format!(
        "SELECT c.table_name, c.column_name, c.data_type, k.column_name \
         FROM information_schema.columns c \
         LEFT JOIN information_schema.table_constraints p ON p.table_schema = c.table_schema \
           AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY' \
         LEFT JOIN information_schema.key_column_usage k ON k.table_schema = c.table_schema \
           AND k.table_name = c.table_name AND k.column_name = c.column_name AND k.constraint_name = p.constraint_name \
         WHERE c.table_schema = {schema} AND c.table_name LIKE 'helpdesk%' \
           AND c.table_name <> 'helpdesk_migrations' ORDER BY c.table_name, c.ordinal_position"
    );
    let mut columns = Vec::new();
    for row in bare.texts(&query).await? {
        let [Some(table), Some(name), Some(sort), key] =
            <[_; 4]>::try_from(row).map_err(|_| "a column has four facts")?
        else {
            return Err("a column without a name".into());
        };
        columns.push(Column { table, name, sort, key: key.is_some() });
    }
    Ok(columns)
}

/// An expression that prints a row.
fn noted(server: Server, of: &str, columns: &[Column]) -> String {
    let each = columns.iter().map(|column| {
        let name = format!("{of}.{}", column.name);
        let (letter, printed) = match (server, column.sort.as_str()) {
            (Server::Postgres, "bigint" | "integer" | "smallint") => ("i", format!("{name}::text")),
            (Server::Postgres, "uuid") => ("u", format!("{name}::text")),
            (Server::Postgres, "bytea") => ("b", format!("encode({name}, 'hex')")),
            (Server::Postgres, _) => ("t", format!("encode(convert_to({name}, 'UTF8'), 'hex')")),
            (Server::MariaDb, "bigint" | "int" | "smallint" | "tinyint") => ("i", format!("CAST({name} AS CHAR)")),
            (Server::MariaDb, "binary" | "varbinary") => ("b", format!("HEX({name})")),
            (Server::MariaDb, _) => ("t", format!("HEX({name})")),
        };
        // What is NULL with a letter before it: CONCAT would leave the letter in PostgreSQL, `||` is an OR in MariaDB.
        match server {
            Server::Postgres => format!("COALESCE('{letter}' || {printed}, 'n')"),
            Server::MariaDb => format!("COALESCE(CONCAT('{letter}', {printed}), 'n')"),
        }
    });
    format!("CONCAT_WS(',', {})", each.collect::<Vec<_>>().join(", "))
}

/// Reads a value as a note has it.
fn value(noted: &str) -> Result<Value, Failure> {
    let (letter, printed) = noted.split_at_checked(1).ok_or("a note without a letter")?;
    Ok(match letter {
        "n" => Value::Null,
        "i" => Value::Int(printed.parse()?),
        "u" => Value::Id(printed.parse()?),
        "b" => Value::Blob(bytes(printed)),
        "t" => Value::Text(String::from_utf8(bytes(printed))?),
        other => return Err(format!("what is {other}?").into()),
    })
}
