//! What rows of SQLite give, as [`Columns`].

use sqlx::Row;
use sqlx::sqlite::SqliteRow;
use uuid::Uuid;

use crate::fault::Fault;
use crate::rows::columns::Columns;

impl Columns for SqliteRow {
    fn int(&self, column: usize) -> Result<i64, Fault> {
        Ok(self.try_get_unchecked(column)?)
    }

    fn maybe_int(&self, column: usize) -> Result<Option<i64>, Fault> {
        Ok(self.try_get_unchecked(column)?)
    }

    fn text(&self, column: usize) -> Result<String, Fault> {
        Ok(self.try_get_unchecked(column)?)
    }

    fn maybe_text(&self, column: usize) -> Result<Option<String>, Fault> {
        Ok(self.try_get_unchecked(column)?)
    }

    fn maybe_uuid(&self, column: usize) -> Result<Option<Uuid>, Fault> {
        let bytes: Option<&[u8]> = self.try_get_unchecked(column)?;
        let id = bytes.map(Uuid::from_slice).transpose();
        id.map_err(|_| Fault::Damaged("an id is not 16 bytes".to_owned()))
    }
}
