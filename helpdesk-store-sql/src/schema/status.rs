//! How far a database has come: what was applied, what is missing, and whether this version may work there.

use chrono::DateTime;
use helpdesk_core::env::Timestamp;
use helpdesk_core::store::{FaultKind, SchemaState};

use super::Migration;
use crate::fault::Fault;
use crate::rows::columns::Columns;

/// What stands in a database, step by step.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let path = folder.path().join("desk.db");
/// use helpdesk_store_sql::StepForm;
/// use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
///
/// let store = SqliteStore::open(SqliteOptions::new(path).create(true)).await.unwrap();
/// let status = store.status().await.unwrap();
/// assert_eq!((status.found, status.fault()), (status.supported, None));
/// for step in &status.applied {
///     println!("{} {} since {}", step.version, step.name, step.at);
///     assert_eq!(step.form, StepForm::Same);
/// }
/// # });
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SchemaStatus {
    /// The version of the tables; 0 if there are none.
    pub found: u32,
    /// The version that this code writes.
    pub supported: u32,
    /// The oldest version that may read them.
    pub min_reader: u32,
    /// The oldest version that may write them.
    pub min_writer: u32,
    /// The steps that are noted as applied, rising; those of newer code too.
    pub applied: Vec<AppliedStep>,
    /// The steps of this code that are not.
    pub pending: Vec<Migration>,
}

/// A step that was applied to a database.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct AppliedStep {
    /// Its number.
    pub version: u32,
    /// What it was for.
    pub name: String,
    /// The digest of the statements that were run.
    pub checksum: String,
    /// When, by the database's clock.
    pub at: Timestamp,
    /// Whether this code has it in the same form.
    pub form: StepForm,
}

/// An applied step beside the one of that number in this code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum StepForm {
    /// Both are the same.
    Same,
    /// Something else was applied: the tables are not what their version says.
    Other,
    /// This code has none: newer code applied it.
    Newer,
}

impl SchemaStatus {
    /// Where nothing of ours stands.
    pub(crate) fn empty(steps: &[Migration]) -> Self {
        let supported = steps.last().map_or(0, |last| last.version);
        Self { found: 0, supported, min_reader: 0, min_writer: 0, applied: Vec::new(), pending: steps.to_vec() }
    }

    /// Reads rows of version, oldest reader and writer of the tables, and with each of them a step that was applied, if
    /// there is one: version, name, checksum, seconds since the Unix epoch.
    pub(crate) fn read(rows: &[impl Columns], steps: &[Migration]) -> Result<Self, Fault> {
        let number = |row: &dyn Columns, column| row.count(column).map(|n| u32::try_from(n).unwrap_or(u32::MAX));
        let mut status = Self::empty(steps);
        for row in rows {
            (status.found, status.min_reader, status.min_writer) = (number(row, 0)?, number(row, 1)?, number(row, 2)?);
            if row.maybe_int(3)?.is_none() {
                continue;
            }
            let (version, name, checksum) = (number(row, 3)?, row.text(4)?, row.text(5)?);
            let at = DateTime::from_timestamp(row.int(6)?, 0).unwrap_or_default();
            let form = match steps.iter().find(|step| step.version == version) {
                Some(step) if step.checksum() == checksum => StepForm::Same,
                Some(_) => StepForm::Other,
                None => StepForm::Newer,
            };
            status.pending.retain(|step| step.version != version);
            status.applied.push(AppliedStep { version, name, checksum, at, form });
        }
        Ok(status)
    }

    /// Both versions.
    pub fn state(&self) -> SchemaState {
        SchemaState { found: self.found, supported: self.supported }
    }

    /// Why a store of this code would not work there, if it would not: `SchemaTooNew` if newer code wrote it for newer
    /// code; `Unsupported` if a step was applied in another form; `NeedsMigration` if steps are missing.
    pub fn fault(&self) -> Option<FaultKind> {
        self.usable().err().map(|fault| fault.during("status").kind)
    }

    /// Refuses what this code cannot work with as it is.
    pub(crate) fn usable(&self) -> Result<(), Fault> {
        self.missing()?;
        if self.found < self.supported { Err(Fault::Older(self.found, self.supported)) } else { Ok(()) }
    }

    /// The steps to apply, in their order; refuses what must not be touched.
    pub(crate) fn missing(&self) -> Result<&[Migration], Fault> {
        if self.found > self.supported && self.min_writer > self.supported {
            return Err(Fault::TooNew(self.found, self.supported));
        }
        match self.applied.iter().find(|step| step.form == StepForm::Other) {
            Some(step) => Err(Fault::OtherForm(step.version)),
            None => Ok(&self.pending),
        }
    }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
