//! Values on their way to a server and back, whatever its protocol calls them.

use helpdesk_core::ticket::TicketId;
use uuid::Uuid;

use crate::fault::Fault;
use crate::rows::columns::Columns;

/// A value that is bound to a statement.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Id(Option<Uuid>),
    /// A list, or a column of rows that go in at once.
    Ints(Vec<Option<i64>>),
    Texts(Vec<Option<String>>),
    Ids(Vec<Option<Uuid>>),
    /// Rows as the one value that the engine takes apart.
    #[cfg_attr(not(feature = "mysql"), expect(dead_code, reason = "MariaDB's"))]
    Rows(serde_json::Value),
}

macro_rules! from {
    ($($from:ty => |$value:ident| $into:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        })*
    };
}

from! {
    i64 => |value| Self::Int(Some(value));
    Option<i64> => |value| Self::Int(value);
    &str => |value| Self::Text(Some(value.to_owned()));
    String => |value| Self::Text(Some(value));
    Option<&str> => |value| Self::Text(value.map(str::to_owned));
    Option<String> => |value| Self::Text(value);
    Uuid => |value| Self::Id(Some(value));
    TicketId => |value| Self::Id(Some(value.0));
    Option<TicketId> => |value| Self::Id(value.map(|id| id.0));
}

impl Value {
    /// A list of texts.
    pub(crate) fn texts<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Self {
        Self::Texts(texts.into_iter().map(|text| Some(text.into())).collect())
    }

    /// A list of numbers.
    pub(crate) fn ints(ints: impl IntoIterator<Item = i64>) -> Self {
        Self::Ints(ints.into_iter().map(Some).collect())
    }
}

/// A value of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Cell {
    Null,
    Int(i64),
    #[cfg_attr(not(feature = "postgres"), expect(dead_code, reason = "PostgreSQL's"))]
    Text(String),
    Bytes(Vec<u8>),
}

/// A row of an answer.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row(pub(crate) Vec<Cell>);

impl Row {
    fn cell(&self, column: usize) -> Result<&Cell, Fault> {
        self.0.get(column).ok_or_else(|| Fault::Damaged("a column is missing".to_owned()))
    }
}

fn other_form<T>() -> Result<T, Fault> {
    Err(Fault::Damaged("a stored value is of another form".to_owned()))
}

impl Columns for Row {
    fn int(&self, column: usize) -> Result<i64, Fault> {
        self.maybe_int(column)?.map_or_else(other_form, Ok)
    }

    fn maybe_int(&self, column: usize) -> Result<Option<i64>, Fault> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Int(int) => Ok(Some(*int)),
            Cell::Text(_) | Cell::Bytes(_) => other_form(),
        }
    }

    fn text(&self, column: usize) -> Result<String, Fault> {
        self.maybe_text(column)?.map_or_else(other_form, Ok)
    }

    fn maybe_text(&self, column: usize) -> Result<Option<String>, Fault> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Text(text) => Ok(Some(text.clone())),
            // Names are kept as bytes where the engine would fold or trim texts.
            Cell::Bytes(bytes) => String::from_utf8(bytes.clone()).map_or_else(|_| other_form(), |text| Ok(Some(text))),
            Cell::Int(_) => other_form(),
        }
    }

    fn maybe_uuid(&self, column: usize) -> Result<Option<Uuid>, Fault> {
        match self.cell(column)? {
            Cell::Null => Ok(None),
            Cell::Bytes(bytes) => Uuid::from_slice(bytes).map_or_else(|_| other_form(), |id| Ok(Some(id))),
            Cell::Int(_) | Cell::Text(_) => other_form(),
        }
    }
}
