//! What a server says of itself and of the tables, for whoever looks after them.

use helpdesk_core::store::StoreError;

use super::store::{ServerStore, told};
use crate::fault::Fault;
use crate::rows::columns::Columns;

/// A server and how much the tables take there.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct About {
    /// The engine and its version, such as `PostgreSQL 15.8`.
    pub engine: String,
    /// Bytes of the tables and their indexes, as far as the server counts them.
    pub bytes: u64,
}

impl ServerStore<'_> {
    /// Which server it is, and how much the tables take there.
    ///
    /// # Errors
    /// `NeedsMigration` if the tables are missing; `Unavailable` if the server cannot be reached.
    pub async fn about(&self) -> Result<About, StoreError> {
        let about = self.rows((self.dialect().about)(self.shared.schema.as_deref())).await.and_then(|rows| {
            let row = rows.first().ok_or_else(|| Fault::Damaged("the server says nothing of itself".to_owned()))?;
            Ok(About { engine: row.text(0)?, bytes: row.count(1)? })
        });
        told("about", about)
    }
}
