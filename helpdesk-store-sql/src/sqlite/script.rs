//! The statements of an act on their way to the engine: gathered, and sent in as few round trips as there are scripts.

use sqlx::sqlite::SqliteRow;
use sqlx::{Encode, Sqlite, Type};

use super::sql::{Param, Sql};
use super::turn::Turn;
use crate::fault::Fault;

/// Values of a script after which the next one begins, so that the number of different texts stays small.
const SCRIPT_VALUES: usize = 160;

/// Statements of a commit on their way: they are sent when there are enough of them, and at the end.
pub(super) struct Script<'s, 't> {
    pub(super) tenant: &'s str,
    turn: &'s mut Turn<'t>,
    part: Part,
}

/// Statements that go in one round trip.
pub(super) struct Part {
    sql: Sql,
    pub(super) tenant: Param,
}

impl<'s, 't> Script<'s, 't> {
    pub(super) fn new(tenant: &'s str, turn: &'s mut Turn<'t>) -> Self {
        Self { tenant, turn, part: Part::new(tenant) }
    }

    /// The place for the next statement.
    pub(super) async fn next(&mut self) -> Result<&mut Part, Fault> {
        if self.part.sql.values() > SCRIPT_VALUES {
            let full = std::mem::replace(&mut self.part, Part::new(self.tenant));
            self.turn.rows(full.sql).await?;
        }
        if !self.part.sql.is_empty() {
            self.part.sql.push(";");
        }
        Ok(&mut self.part)
    }

    pub(super) async fn read(&mut self, sql: Sql) -> Result<Vec<SqliteRow>, Fault> {
        self.turn.rows(sql).await
    }

    pub(super) async fn finish(self) -> Result<(), Fault> {
        self.turn.finish(self.part.sql).await?;
        Ok(())
    }
}

impl Part {
    pub(super) fn new(tenant: &str) -> Self {
        let mut sql = Sql::new();
        let tenant = sql.param(tenant);
        Self { sql, tenant }
    }

    pub(super) fn value<'v>(&mut self, value: impl Encode<'v, Sqlite> + Type<Sqlite>) -> Param {
        self.sql.param(value)
    }

    pub(super) fn add(&mut self, text: &'static str, params: &[Param]) {
        self.sql.add(text, params);
    }

    /// Adds an assignment if the value changed.
    pub(super) fn set<'v, T: PartialEq + Encode<'v, Sqlite> + Type<Sqlite>>(
        &mut self,
        text: &'static str,
        was: &T,
        now: T,
    ) {
        if *was != now {
            let value = self.value(now);
            self.add(text, &[value]);
        }
    }
}
