//! Statements put together from literal pieces and bound values: the only place where SQL is not one literal.
//! A piece is `&'static str` and a value is always bound, so nothing from outside can become SQL.

use std::fmt::Write;

use sqlx::error::BoxDynError;
use sqlx::sqlite::{SqliteArguments, SqliteConnection, SqliteRow};
use sqlx::{Arguments, AssertSqlSafe, Encode, Sqlite, Type};

/// One or several statements, parted by `;`, that go to the engine in one round trip.
#[derive(Default)]
pub(super) struct Sql {
    text: String,
    values: SqliteArguments,
    count: usize,
    failed: Option<BoxDynError>,
}

/// A bound value, to be named in the text as often as needed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Param(usize);

impl Sql {
    pub(super) fn new() -> Self {
        Self::default()
    }

    /// Binds a value.
    pub(super) fn param<'t>(&mut self, value: impl Encode<'t, Sqlite> + Type<Sqlite>) -> Param {
        if let Err(error) = self.values.add(value) {
            self.failed = Some(error);
        }
        self.count += 1;
        Param(self.count)
    }

    /// Adds text whose `?` stand for `params`, in order.
    pub(super) fn add(&mut self, text: &'static str, params: &[Param]) -> &mut Self {
        let mut pieces = text.split('?');
        self.text.push_str(pieces.next().unwrap_or_default());
        let mut params = params.iter();
        for piece in pieces {
            if let Some(Param(index)) = params.next() {
                // Writing to a string cannot fail.
                let _ = write!(self.text, "${index}{piece}");
            } else {
                self.failed = Some("a placeholder has no value".into());
            }
        }
        if params.next().is_some() {
            self.failed = Some("a value has no placeholder".into());
        }
        self
    }

    /// Adds text without values.
    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// Puts text before everything.
    pub(super) fn prefix(&mut self, text: &'static str) {
        self.text.insert_str(0, text);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// How many values are bound.
    pub(super) fn values(&self) -> usize {
        self.count
    }

    /// Runs it and gives every row.
    pub(super) async fn rows(self, connection: &mut SqliteConnection) -> Result<Vec<SqliteRow>, sqlx::Error> {
        let (text, values) = self.finish()?;
        sqlx::query_with(AssertSqlSafe(text), values).fetch_all(connection).await
    }

    fn finish(self) -> Result<(String, SqliteArguments), sqlx::Error> {
        match self.failed {
            Some(error) => Err(sqlx::Error::Encode(error)),
            None => Ok((self.text, self.values)),
        }
    }
}
