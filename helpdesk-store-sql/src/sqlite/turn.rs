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
    frame: Frame,
    stage: Stage,
    wrote: bool,
}

/// What is around a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Frame {
    /// A transaction of its own.
    Alone,
    /// A savepoint in a transaction that others share.
    Grouped,
    /// A savepoint of the host's transaction, which is opened and closed elsewhere.
    Joined,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Nothing is open.
    Fresh,
    /// The transaction or savepoint is open.
    Open,
    /// It is closed for good.
    Closed,
}

impl<'a> Turn<'a> {
    /// A turn with a transaction of its own.
    pub(super) fn alone(connection: &'a mut SqliteConnection, memory: &'a mut Memory) -> Self {
        Self::new(connection, memory, Frame::Alone)
    }

    /// A turn within a transaction that others share.
    pub(super) fn grouped(connection: &'a mut SqliteConnection, memory: &'a mut Memory) -> Self {
        Self::new(connection, memory, Frame::Grouped)
    }

    /// A turn within a savepoint of the host's transaction.
    pub(super) fn joined(connection: &'a mut SqliteConnection, memory: &'a mut Memory) -> Self {
        Self::new(connection, memory, Frame::Joined)
    }

    fn new(connection: &'a mut SqliteConnection, memory: &'a mut Memory, frame: Frame) -> Self {
        Self { connection, memory, frame, stage: Stage::Fresh, wrote: false }
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
        sql.push(match self.frame {
            Frame::Alone => ";COMMIT",
            Frame::Grouped => ";RELEASE act",
            Frame::Joined => "",
        });
        self.wrote = true;
        let rows = sql.rows(self.connection).await?;
        self.stage = Stage::Closed;
        Ok(rows)
    }

    /// A read opens it too: alone it must see what the write will see, and in a group it must be found out if the engine
    /// takes back the whole transaction after a read that failed.
    fn open(&mut self, sql: &mut Sql) {
        if self.stage == Stage::Fresh {
            sql.prefix(match self.frame {
                Frame::Alone => "BEGIN IMMEDIATE;",
                Frame::Grouped => "SAVEPOINT act;",
                Frame::Joined => "",
            });
            self.stage = Stage::Open;
        }
    }

    /// Whether the last statements were sent.
    pub(super) fn has_written(&self) -> bool {
        self.wrote
    }

    /// Closes what the act left open: keeps it if it went well, takes it back if not.
    pub(super) async fn end(self, keep: bool) -> Result<(), Fault> {
        let text = match (self.stage, self.frame, keep) {
            (Stage::Fresh | Stage::Closed, ..) | (_, Frame::Joined, _) => return Ok(()),
            (Stage::Open, Frame::Grouped, true) => "RELEASE act",
            (Stage::Open, Frame::Grouped, false) => "ROLLBACK TO act; RELEASE act",
            (Stage::Open, Frame::Alone, true) => "COMMIT",
            (Stage::Open, Frame::Alone, false) => "ROLLBACK",
        };
        let ended = sqlx::query(text).execute(self.connection).await;
        match ended {
            // The engine takes a lone transaction back by itself after some faults, or never began it.
            Err(sqlx::Error::Database(_)) if self.frame == Frame::Alone && !keep => Ok(()),
            ended => Ok(ended.map(|_| ())?),
        }
    }
}
