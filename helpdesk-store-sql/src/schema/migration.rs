//! A step towards the present form of the tables, and the text that applies it.

use sha2::{Digest, Sha256};

/// A step towards the present form of the tables.
///
/// Stores apply their steps by themselves. A host that changes its tables with a tool of its own takes the steps of
/// `SqliteStore::migrations` or `SqlStore::migrations`, lets the tool run each [`script`](Self::script), and the stores
/// find that it is done.
///
/// ```
/// # #[cfg(feature = "sqlite")]
/// # tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
/// # let folder = tempfile::tempdir().unwrap();
/// # let options = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("shop.db"));
/// # let pool = sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await.unwrap();
/// use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
///
/// for step in SqliteStore::migrations() {
///     let script = sqlx::AssertSqlSafe(step.script()); // what the host's tool does with it
///     sqlx::raw_sql(script).execute(&pool).await.unwrap();
/// }
/// let status = SqliteOptions::from_pool(&pool).status().await.unwrap();
/// assert!(status.pending.is_empty() && status.fault().is_none());
/// # });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// Its number; they rise by one.
    pub version: u32,
    /// What it is for.
    pub name: &'static str,
    /// Its statements.
    pub sql: &'static str,
    /// The oldest version that may read after it.
    pub min_reader: u32,
    /// The oldest version that may write after it.
    pub min_writer: u32,
    /// How words are split that tickets are found by.
    pub(crate) terms: u32,
    /// How its engine notes that it was applied.
    pub(crate) notes: &'static Notes,
}

/// How an engine notes what was applied.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Notes {
    /// Makes the table of applied steps if it is not there.
    pub(crate) table: &'static str,
    /// What puts the values in place of those that stand there.
    pub(crate) instead: &'static str,
    /// The present instant.
    pub(crate) now: &'static str,
}

impl Migration {
    /// A digest of its statements, as it stands in `helpdesk_migrations` once it was applied.
    pub fn checksum(&self) -> String {
        digest(self.sql)
    }

    /// Everything that applies it: its statements, then those that note it in `helpdesk_schema` and in
    /// `helpdesk_migrations`, by which stores know what stands there. It is the same in every release.
    ///
    /// Run it whole, in one transaction where the engine can, and each step once, in their order. Tables are named without
    /// a schema: they are made where the connection looks, so for a store with `SqlOptions::schema` let it look there
    /// (`SET search_path`, `USE`).
    ///
    /// ```
    /// # #[cfg(feature = "sqlite")] {
    /// let first = helpdesk_store_sql::sqlite::SqliteStore::migrations()[0];
    /// assert!(first.script().contains(first.sql) && first.script().contains(&first.checksum()));
    /// # }
    /// ```
    pub fn script(&self) -> String {
        let Self { version, name, sql, min_reader, min_writer, terms, notes: Notes { table, instead, now } } = self;
        let checksum = self.checksum();
        // What stands there is noted last, so that an engine that keeps half of a script has it applied again.
        format!(
            "{table};\n\n{sql}\n\
             INSERT INTO helpdesk_schema (one, version, min_reader, min_writer, terms) \
             VALUES (1, {version}, {min_reader}, {min_writer}, {terms}) {instead};\n\
             INSERT INTO helpdesk_migrations (version, name, checksum, applied_at) \
             VALUES ({version}, '{name}', '{checksum}', {now});\n"
        )
    }
}

/// SHA-256 in hexadecimal digits.
fn digest(text: &str) -> String {
    use std::fmt::Write;
    Sha256::digest(text).iter().fold(String::new(), |mut digits, byte| {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
        digits
    })
}

#[cfg(test)]
#[path = "migration_tests.rs"]
mod tests;
