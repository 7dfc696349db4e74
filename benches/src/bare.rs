//! The rival: plain sqlx on one connection with the same settings, no desk, no reading, no deciding. It writes the
//! rows of a tape, an act a transaction.

use std::path::Path;

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Arguments, AssertSqlSafe, ConnectOptions, Row};

use crate::Failure;
use crate::tape::{Change, Value};
use crate::world::TENANT;

/// Plain sqlx on a file.
pub(crate) struct Bare(pub(crate) SqliteConnection);

/// How an act is sent to the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sending {
    /// As one writes it by hand: begin, a statement a row, commit; each a call.
    Statements,
    /// The whole transaction as one text with all its values: one call.
    Script,
}

/// An act, ready to be sent.
pub(crate) struct Ready {
    statements: Vec<(String, SqliteArguments)>,
    script: (String, SqliteArguments),
}

impl Bare {
    /// Opens a file as the store does.
    pub(crate) async fn open(path: &Path) -> Result<Self, Failure> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .statement_cache_capacity(256)
            .pragma("temp_store", "MEMORY")
            .pragma("wal_autocheckpoint", "4096")
            .pragma("journal_size_limit", "33554432")
            .pragma("cache_size", "-32768")
            .disable_statement_logging();
        Ok(Self(options.connect().await?))
    }

    /// Writes an act.
    pub(crate) async fn write(&mut self, act: Ready, sending: Sending) -> Result<(), Failure> {
        if sending == Sending::Script {
            let (text, values) = act.script;
            sqlx::query_with(AssertSqlSafe(text), values).execute(&mut self.0).await?;
            return Ok(());
        }
        sqlx::query("BEGIN IMMEDIATE").execute(&mut self.0).await?;
        for (text, values) in act.statements {
            sqlx::query_with(AssertSqlSafe(text), values).execute(&mut self.0).await?;
        }
        sqlx::query("COMMIT").execute(&mut self.0).await?;
        Ok(())
    }
}

impl Bare {
    /// A round trip that does nothing.
    pub(crate) async fn nothing(&mut self) -> Result<i64, Failure> {
        Ok(sqlx::query("SELECT 1").fetch_one(&mut self.0).await?.get(0))
    }

    /// The row ids of tickets.
    pub(crate) async fn rows_of(&mut self, ids: &[Vec<u8>]) -> Result<Vec<i64>, Failure> {
        let mut rows = Vec::new();
        for id in ids {
            let found =
                sqlx::query("SELECT row FROM helpdesk_ticket WHERE tenant = ? AND id = ?").bind(TENANT).bind(id);
            rows.push(found.fetch_one(&mut self.0).await?.get(0));
        }
        Ok(rows)
    }

    /// The documents of these rows, in one statement.
    pub(crate) async fn documents(&mut self, rows: &[i64]) -> Result<usize, Failure> {
        let places = vec!["?"; rows.len()].join(", ");
        let sql = format!("SELECT doc FROM helpdesk_ticket WHERE row IN ({places})");
        let mut query = sqlx::query(AssertSqlSafe(sql));
        for row in rows {
            query = query.bind(row);
        }
        let docs = query.fetch_all(&mut self.0).await?;
        Ok(docs.iter().map(|row| row.get::<String, _>(0).len()).sum())
    }

    /// The documents of a ticket and of its messages, in two statements.
    pub(crate) async fn ticket(&mut self, id: &[u8]) -> Result<usize, Failure> {
        let ticket = sqlx::query("SELECT doc FROM helpdesk_ticket WHERE tenant = ? AND id = ?").bind(TENANT).bind(id);
        let ticket: String = ticket.fetch_one(&mut self.0).await?.get(0);
        let messages = sqlx::query("SELECT doc FROM helpdesk_message WHERE tenant = ? AND ticket = ? ORDER BY seq");
        let messages = messages.bind(TENANT).bind(id).fetch_all(&mut self.0).await?;
        Ok(messages.iter().map(|row| row.get::<String, _>(0).len()).sum::<usize>() + ticket.len())
    }
}

/// Makes an act ready: putting texts and values together is not what is measured.
pub(crate) fn ready(act: &[Change]) -> Result<Ready, Failure> {
    let mut statements = Vec::new();
    let (mut text, mut all, mut count) = ("BEGIN IMMEDIATE;".to_owned(), SqliteArguments::default(), 0);
    for change in act {
        let mut values = SqliteArguments::default();
        for value in &change.values {
            bind(&mut values, value)?;
            bind(&mut all, value)?;
        }
        statements.push((change.text(|_, _| "?".to_owned()), values));
        text.push_str(&change.text(|at, _| format!("${}", count + at + 1)));
        text.push(';');
        count += change.values.len();
    }
    text.push_str("COMMIT");
    Ok(Ready { statements, script: (text, all) })
}

fn bind(values: &mut SqliteArguments, value: &Value) -> Result<(), Failure> {
    match value.clone() {
        Value::Null => values.add(None::<i64>),
        Value::Int(int) => values.add(int),
        Value::Text(text) => values.add(text),
        Value::Blob(blob) => values.add(blob),
        Value::Id(id) => values.add(id.into_bytes().to_vec()),
    }
}
