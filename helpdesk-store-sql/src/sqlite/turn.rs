//! An act's turn on the writer's connection: its statements, and the transaction or savepoint around them. To save
//! round trips, what opens and what closes it travels with the first and the last of the act's own statements.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::memory::Memory;
use super::sql::Sql;
use crate::fault::Fault;

/// A turn. Reads come first; nothing is written before everything was checked.
pub(super) struct Turn<'a> {
    connection: &'a mut SqliteConnection,
    pub(super) memory: &'a mut Memory,
    grouped: bool,
    stage: Stage,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing is open.
    Fresh,
    /// The transaction, or in a group the savepoint, is open.
    Open,
    /// It is closed for good.
    Closed,
}

impl<'a> Turn<'a> {
    /// A turn with a transaction of its own.
    pub(super) fn alone(connection: &'a mut SqliteConnection, memory: &'a mut Memory) -> Self {
        Self { connection, memory, grouped: false, stage: Stage::Fresh }
    }

    /// A turn within a transaction that others share.
    pub(super) fn grouped(connection: &'a mut SqliteConnection, memory: &'a mut Memory) -> Self {
        Self { connection, memory, grouped: true, stage: Stage::Fresh }
    }

    /// Begins the transaction of a group.
    pub(super) async fn begin(connection: &mut SqliteConnection, tries: usize) -> Result<(), Fault> {
        let mut begun = Err(Fault::Closed);
        for _ in 0..tries {
            begun = sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await.map_err(Fault::from);
            match &begun {
                Err(fault) if fault.is_busy() => {}
                _ => break,
            }
        }
        begun.map(|_| ())
    }

    /// Makes a group durable.
    pub(super) async fn commit(connection: &mut SqliteConnection) -> Result<(), Fault> {
        sqlx::query("COMMIT").execute(connection).await?;
        Ok(())
    }

    /// Runs statements, and gives what they return. More may follow.
    pub(super) async fn rows(&mut self, mut sql: Sql) -> Result<Vec<SqliteRow>, Fault> {
        self.open(&mut sql);
        Ok(sql.rows(self.connection).await?)
    }

    /// Writes the last statements. Alone, they are durable when this returns.
    pub(super) async fn finish(&mut self, mut sql: Sql) -> Result<Vec<SqliteRow>, Fault> {
        self.open(&mut sql);
        sql.push(if self.grouped { ";RELEASE act" } else { ";COMMIT" });
        let rows = sql.rows(self.connection).await?;
        self.stage = Stage::Closed;
        Ok(rows)
    }

    /// A read opens it too: alone it must see what the write will see, and in a group it must be found out if the engine
    /// takes back the whole transaction after a read that failed.
    fn open(&mut self, sql: &mut Sql) {
        if self.stage == Stage::Fresh {
            sql.prefix(if self.grouped { "SAVEPOINT act;" } else { "BEGIN IMMEDIATE;" });
            self.stage = Stage::Open;
        }
    }

    /// Closes what the act left open: keeps it if it went well, takes it back if not.
    pub(super) async fn end(self, keep: bool) -> Result<(), Fault> {
        let text = match (self.stage, self.grouped, keep) {
            (Stage::Fresh | Stage::Closed, ..) => return Ok(()),
            (Stage::Open, true, true) => "RELEASE act",
            (Stage::Open, true, false) => "ROLLBACK TO act; RELEASE act",
            (Stage::Open, false, true) => "COMMIT",
            (Stage::Open, false, false) => "ROLLBACK",
        };
        let ended = sqlx::query(text).execute(self.connection).await;
        match ended {
            // The engine takes a lone transaction back by itself after some faults, or never began it.
            Err(sqlx::Error::Database(_)) if !self.grouped && !keep => Ok(()),
            ended => Ok(ended.map(|_| ())?),
        }
    }
}
