//! Bare sqlx doing again what the desk changed, an act a transaction. It reads nothing, checks nothing, decides nothing.

use std::fmt::Write;

use sqlx::mysql::MySqlArguments;
use sqlx::postgres::PgArguments;
use sqlx::{Arguments, AssertSqlSafe};

use super::place::{Bare, Server};
use super::tape::{Change, Holds, Value};
use crate::Failure;

/// How an act is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// As one writes it by hand: begin, a prepared statement a row, commit; each a round trip.
    Statements,
    /// The whole transaction as one text: one round trip.
    Script,
}

/// An act, ready to be sent.
pub(crate) enum Ready {
    Postgres(Vec<(String, PgArguments)>),
    MariaDb(Vec<(String, MySqlArguments)>),
    Script(String),
}

/// Makes an act ready: putting texts and values together is not what is measured.
pub(crate) fn ready(server: Server, act: &[Change], sending: Sending) -> Result<Ready, Failure> {
    if sending == Sending::Script {
        let mut script = "START TRANSACTION;".to_owned();
        for change in act {
            for (at, piece) in change.pieces.iter().enumerate() {
                script.push_str(piece);
                if let Some(value) = change.values.get(at) {
                    spell(server, value, &mut script)?;
                }
            }
            script.push(';');
        }
        script.push_str("COMMIT");
        return Ok(Ready::Script(script));
    }
    Ok(match server {
        Server::Postgres => Ready::Postgres(act.iter().map(for_postgres).collect::<Result<_, Failure>>()?),
        Server::MariaDb => Ready::MariaDb(act.iter().map(for_mariadb).collect::<Result<_, Failure>>()?),
    })
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

fn spell(server: Server, value: &Value, script: &mut String) -> Result<(), Failure> {
    let Some(bytes) = &value.bytes else {
        script.push_str("NULL");
        return Ok(());
    };
    let mut hex = |before: &str| {
        script.push_str(before);
        for byte in bytes {
            // Writing to a string cannot fail.
            let _ = write!(script, "{byte:02x}");
        }
        script.push('\'');
    };
    match (server, value.holds) {
        (_, Holds::Int) => script.push_str(std::str::from_utf8(bytes)?),
        (Server::Postgres, Holds::Bytes) => hex("'\\x"),
        (Server::Postgres, _) => {
            script.push('\'');
            script.push_str(&std::str::from_utf8(bytes)?.replace('\'', "''"));
            script.push('\'');
        }
        (Server::MariaDb, Holds::Bytes) => hex("X'"),
        (Server::MariaDb, _) => hex("_utf8mb4 X'"),
    }
    Ok(())
}

fn for_postgres(change: &Change) -> Result<(String, PgArguments), Failure> {
    let (mut text, mut values) = (String::new(), PgArguments::default());
    for (at, piece) in change.pieces.iter().enumerate() {
        text.push_str(piece);
        let Some(Value { holds, bytes }) = change.values.get(at) else { continue };
        // Writing to a string cannot fail.
        let _ = write!(text, "${}", at + 1);
        let word = bytes.as_deref().map(std::str::from_utf8);
        match holds {
            Holds::Int => values.add(word.transpose()?.map(str::parse::<i64>).transpose()?)?,
            Holds::Text => values.add(word.transpose()?)?,
            Holds::Uuid => values.add(word.transpose()?.map(str::parse::<uuid::Uuid>).transpose()?)?,
            Holds::Bytes => values.add(bytes.as_deref())?,
        }
    }
    Ok((text, values))
}

fn for_mariadb(change: &Change) -> Result<(String, MySqlArguments), Failure> {
    let (mut text, mut values) = (String::new(), MySqlArguments::default());
    for (at, piece) in change.pieces.iter().enumerate() {
        text.push_str(piece);
        let Some(Value { holds, bytes }) = change.values.get(at) else { continue };
        text.push('?');
        let word = bytes.as_deref().map(std::str::from_utf8);
        match holds {
            Holds::Int => values.add(word.transpose()?.map(str::parse::<i64>).transpose()?)?,
            Holds::Text => values.add(word.transpose()?)?,
            Holds::Uuid | Holds::Bytes => values.add(bytes.as_deref())?,
        }
    }
    Ok((text, values))
}
