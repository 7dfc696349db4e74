//! A connection to a server as the rest of this room sees it: statements in, rows out, and one act around them. Which
//! server it is, and who owns the connection, is not known here.

use std::collections::HashMap;
use std::future::Future;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::{Stream, TryStreamExt};
use helpdesk_core::party::TenantId;
use helpdesk_core::store::SchemaState;
use helpdesk_core::ticket::TicketId;
use sqlx::Either;

use super::deltas::Deltas;
use super::dialect::Dialect;
use super::sql::Sql;
use super::value::Row;
use crate::fault::Fault;
use crate::rows::columns::Columns;

/// A connection.
#[async_trait]
pub(crate) trait Link: Send {
    /// How this server is spoken to.
    fn dialect(&self) -> &'static Dialect;

    /// Where the tables are, if not where the database looks by itself.
    fn schema(&self) -> Option<&str>;

    /// Runs one statement in one round trip and gives every row.
    async fn rows(&mut self, sql: &Sql) -> Result<Vec<Row>, Fault>;

    /// Runs one statement in one round trip; says how many rows it met, changed or not.
    async fn run(&mut self, sql: &Sql) -> Result<u64, Fault>;

    /// Runs statements with their values spelt out, in one round trip and as an act by themselves if none is open. On
    /// PostgreSQL they are one statement within an act.
    async fn once(&mut self, sql: &Sql, waiting: Waiting) -> Result<Answer, Fault>;

    /// Opens an act: a transaction at READ COMMITTED on a connection of our own, which ends one that somebody left open
    /// there, or a savepoint on the host's. On our own nobody is waited for without end, and briefly if they can be
    /// passed.
    async fn open(&mut self, waiting: Waiting) -> Result<(), Fault>;

    /// Opens one view for several statements, in place of an act; it is closed by taking it back.
    async fn view(&mut self) -> Result<(), Fault>;

    /// Keeps what was done since it was opened.
    async fn keep(&mut self) -> Result<(), Fault>;

    /// Takes it back; at once where nothing is answered any more, since the connection is closed then.
    async fn undo(&mut self) -> Result<(), Fault>;

    /// Sees to it that what was opened and neither kept nor undone is taken back before anything else is done here: for
    /// a call that was dropped.
    fn abandon(&mut self);

    /// Runs the script of a step in one round trip, and waits for it as long as it takes.
    async fn define(&mut self, script: &str) -> Result<(), Fault>;

    /// Brings the tables to this version, while nobody else does.
    async fn migrate(&mut self) -> Result<SchemaState, Fault>;

    /// Compares what acts rest on and writes their rows: all of them, or none if something differs or somebody else holds
    /// one of the tickets. Without an act that is open it is an act of its own.
    async fn write(&mut self, deltas: &Deltas) -> Result<Written, Fault>;
}

/// Ends what the server does not answer within `patience`: its connection is then as lost.
pub(crate) async fn in_time<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>> + Send,
) -> Result<T, sqlx::Error> {
    let late = |_| Err(sqlx::Error::Io(std::io::ErrorKind::TimedOut.into()));
    tokio::time::timeout(patience, answer).await.unwrap_or_else(late)
}

/// What is done about a ticket that somebody else is writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waiting {
    /// It is waited for.
    Wait,
    /// It counts as changed.
    Pass,
}

/// What statements gave.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) rows: Vec<Row>,
    /// How many rows they met, changed or not.
    pub(crate) met: u64,
}

impl Answer {
    /// Collects what a driver gives for several statements.
    pub(crate) async fn collect<T, R>(
        mut parts: impl Stream<Item = Result<Either<T, R>, sqlx::Error>> + Send + Unpin,
        met: impl Fn(T) -> u64 + Send,
        read: impl Fn(&R) -> Result<Row, sqlx::Error> + Send,
    ) -> Result<Self, sqlx::Error> {
        let mut answer = Self::default();
        while let Some(part) = parts.try_next().await? {
            match part {
                Either::Left(done) => answer.met += met(done),
                Either::Right(row) => answer.rows.push(read(&row)?),
            }
        }
        Ok(answer)
    }

    /// How many rows they met, in the port's words.
    pub(crate) fn count(&self) -> usize {
        usize::try_from(self.met).unwrap_or(usize::MAX)
    }
}

/// What a write came to.
#[derive(Debug, Default)]
pub(crate) struct Written {
    /// Whether everything held, and so whether anything was written.
    pub(crate) done: bool,
    /// The end of each ticket's history before it.
    ends: HashMap<(String, TicketId), u64>,
}

impl Written {
    /// Reads whether everything held, and then tenant, ticket and end of each row that has a ticket.
    pub(crate) fn read(rows: &[Row]) -> Result<Self, Fault> {
        let mut written = Self::default();
        for row in rows {
            written.done = row.int(0)? == 1;
            if let Some(id) = row.maybe_uuid(2)? {
                written.ends.insert((row.text(1)?, TicketId(id)), row.count(3)?);
            }
        }
        Ok(written)
    }

    /// The place of a ticket's first new event.
    pub(crate) fn first_seq(&self, tenant: &TenantId, ticket: TicketId) -> u64 {
        let end = self.ends.get(&(tenant.as_str().to_owned(), ticket));
        end.map_or(1, |end| end.saturating_add(1))
    }
}

/// Where connections come from.
#[async_trait]
pub(crate) trait Source: Send + Sync {
    /// How this server is spoken to.
    fn dialect(&self) -> &'static Dialect;

    /// The pool that they come from, if that is PostgreSQL's.
    #[cfg(feature = "postgres")]
    fn postgres(&self) -> Option<sqlx::PgPool>;

    /// Takes a connection. Dropped in the middle of something it is closed, so that nobody else gets what is left.
    async fn link(&self) -> Result<Box<dyn Link>, Fault>;

    /// A connection that nobody uses, if there is one, in the same state as below: waiting for one could wait for the
    /// caller.
    async fn spare_link(&self) -> Option<Box<dyn Link>>;

    /// Takes a connection in a state in which a write is no part of a transaction that somebody left open.
    async fn clean_link(&self) -> Result<Box<dyn Link>, Fault>;
}
