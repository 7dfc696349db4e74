//! Pages: how many, from where.

use super::Position;
use crate::desk::Code;

/// How many items a page has at most: 1 to 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageSize(u16);

impl PageSize {
    /// The most items of a page.
    pub const MAX: u16 = 500;

    /// Checks and takes a size.
    ///
    /// # Errors
    /// If it is not 1 to 500.
    ///
    /// ```
    /// use helpdesk_core::query::PageSize;
    /// assert!(PageSize::new(0).is_err() && PageSize::new(-1).is_err() && PageSize::new(501).is_err());
    /// assert_eq!(PageSize::new(50).unwrap().get(), 50);
    /// ```
    pub fn new(size: i64) -> Result<Self, QueryError> {
        match u16::try_from(size) {
            Ok(size @ 1..=Self::MAX) => Ok(Self(size)),
            _ => Err(QueryError::PageSize { given: size }),
        }
    }

    /// The number.
    pub fn get(self) -> usize {
        usize::from(self.0)
    }
}

impl Default for PageSize {
    fn default() -> Self {
        Self(50)
    }
}

/// Which page.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PageRequest {
    /// How many.
    pub size: PageSize,
    /// After which position; from the beginning without one.
    pub after: Option<Position>,
}

/// Why a page cannot be had.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The size is not allowed.
    #[error("a page has 1 to 500 items, not {given}")]
    PageSize {
        /// The size asked for.
        given: i64,
    },
    /// The cursor is damaged, of another tenant, or of another query.
    #[error("the cursor does not belong to this query")]
    Cursor,
}

impl QueryError {
    /// The stable code.
    pub fn code(&self) -> Code {
        match self {
            Self::PageSize { .. } => Code::PageSize,
            Self::Cursor => Code::BadCursor,
        }
    }
}
