//! Bare sqlx doing again what the desk changed, an act a transaction. It reads nothing, checks nothing, decides nothing.

use std::fmt::Write;

use sqlx::error::BoxDynError;
use sqlx::mysql::MySqlArguments;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe};

use super::place::{Bare, Server};
use crate::Failure;
use crate::bare::Sending;
use crate::tape::{Change, Value};

/// An act, ready to be sent.
pub(crate) enum Ready {
    Postgres(Vec<(String, PgArguments)>),
    MariaDb(Vec<(String, MySqlArguments)>),
    Script(String),
}

/// Makes an act ready: putting texts and values together is not what is measured.
pub(crate) fn ready(server: Server, act: &[Change], sending: Sending) -> Result<Ready, Failure> {
    Ok(match (sending, server) {
        (Sending::Script, _) => {
            let statements = act.iter().map(|change| change.text(|_, value| spelt(server, value)) + ";");
            Ready::Script(format!("START TRANSACTION;{}COMMIT", statements.collect::<String>()))
        }
        (Sending::Statements, Server::Postgres) => {
            Ready::Postgres(bound(act, "$", |values: &mut PgArguments, value| {
                match value {
                    // Without a type it cannot be a parameter.
                    Value::Null => Ok(()),
                    Value::Int(int) => values.add(*int),
                    Value::Text(text) => values.add(text.clone()),
                    Value::Blob(blob) => values.add(blob.clone()),
                    Value::Id(id) => values.add(*id),
                }
            })?)
        }
        (Sending::Statements, Server::MariaDb) => {
            Ready::MariaDb(bound(act, "", |values: &mut MySqlArguments, value| match value {
                Value::Null => Ok(()),
                Value::Int(int) => values.add(*int),
                Value::Text(text) => values.add(text.clone()),
                Value::Blob(blob) => values.add(blob.clone()),
                Value::Id(id) => values.add(id.into_bytes().to_vec()),
            })?)
        }
    })
}

/// Each row's statement with its parameters.
fn bound<A: Arguments + Default>(
    act: &[Change],
    numbered: &str,
    add: impl Fn(&mut A, &Value) -> Result<(), BoxDynError>,
) -> Result<Vec<(String, A)>, Failure> {
    let mut statements = Vec::new();
    for change in act {
        let mut place = 0;
        let text = change.text(|_, value| match value {
            Value::Null => "NULL".to_owned(),
            _ if numbered.is_empty() => "?".to_owned(),
            _ => {
                place += 1;
                format!("{numbered}{place}")
            }
        });
        let mut values = A::default();
        change.values.iter().try_for_each(|value| add(&mut values, value))?;
        statements.push((text, values));
    }
    Ok(statements)
}

impl Bare {
    /// Writes an act.
    pub(crate) async fn write(&mut self, act: Ready) -> Result<(), Failure> {
        macro_rules! each {
            ($connection:expr, $statements:expr) => {{
                sqlx::query("START TRANSACTION").execute(&mut *$connection).await?;
                for (text, values) in $statements {
                    sqlx::query_with(AssertSqlSafe(text), values).execute(&mut *$connection).await?;
                }
                sqlx::query("COMMIT").execute(&mut *$connection).await?;
            }};
        }
        match (self, act) {
            (bare, Ready::Script(script)) => bare.run(script).await?,
            (Self::Postgres(connection), Ready::Postgres(statements)) => each!(connection, statements),
            (Self::MariaDb(connection), Ready::MariaDb(statements)) => each!(connection, statements),
            _ => return Err("an act of another server".into()),
        }
        Ok(())
    }
}

fn spelt(server: Server, value: &Value) -> String {
    let hex = |bytes: &[u8]| {
        bytes.iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    };
    match (server, value) {
        (_, Value::Null) => "NULL".to_owned(),
        (_, Value::Int(int)) => int.to_string(),
        (Server::Postgres, Value::Text(text)) => format!("'{}'", text.replace('\'', "''")),
        (Server::Postgres, Value::Blob(blob)) => format!("'\\x{}'", hex(blob)),
        (Server::Postgres, Value::Id(id)) => format!("'{id}'"),
        (Server::MariaDb, Value::Text(text)) => format!("_utf8mb4 X'{}'", hex(text.as_bytes())),
        (Server::MariaDb, Value::Blob(blob)) => format!("X'{}'", hex(blob)),
        (Server::MariaDb, Value::Id(id)) => format!("X'{}'", id.simple()),
    }
}
