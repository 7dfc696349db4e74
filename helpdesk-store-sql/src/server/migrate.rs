//! The form of the tables and how a database gets it: numbered steps, each applied once, under a lock that one process
//! has at a time. What newer code wrote is refused untouched.

use helpdesk_core::query::TERMS_VERSION;
use helpdesk_core::store::SchemaState;
use sha2::{Digest, Sha256};

use super::link::Link;
use super::sql::Sql;
use super::store::{Place, ServerStore};
use crate::fault::Fault;
use crate::rows::columns::Columns;

/// A step towards the present form of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Migration {
    /// Its number; they rise by one.
    pub version: u32,
    /// What it is for.
    pub name: &'static str,
    /// Its statements.
    pub sql: &'static str,
    /// The oldest code that may read after it.
    pub min_reader: u32,
    /// The oldest code that may write after it.
    pub min_writer: u32,
}

impl Migration {
    /// A digest of its statements, as it stands in `helpdesk_migrations` once it was applied.
    pub fn checksum(&self) -> String {
        use std::fmt::Write;
        Sha256::digest(self.sql).iter().fold(String::new(), |mut text, byte| {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
    }
}

/// What stands in a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Found {
    version: u32,
    min_writer: u32,
}

impl Found {
    /// Looks at it; a database without our tables has version 0.
    async fn look(link: &mut dyn Link) -> Result<Self, Fault> {
        let dialect = link.dialect();
        let there = link.rows(&Sql::of(dialect.has_schema, [])).await?;
        if there.first().map_or(Ok(0), |row| row.int(0))? == 0 {
            return Ok(Self { version: 0, min_writer: 0 });
        }
        let rows = link.rows(&Sql::of("SELECT version, min_writer FROM helpdesk_schema", [])).await?;
        let Some(row) = rows.first() else { return Ok(Self { version: 0, min_writer: 0 }) };
        let number = |column| row.count(column).map(|number| u32::try_from(number).unwrap_or(u32::MAX));
        Ok(Self { version: number(0)?, min_writer: number(1)? })
    }

    fn is_too_new(self, supported: u32) -> bool {
        self.version > supported && self.min_writer > supported
    }
}

impl ServerStore<'_> {
    /// The version that this code writes.
    pub(crate) fn supported(&self) -> u32 {
        self.dialect().migrations.last().map_or(0, |last| last.version)
    }

    /// Makes sure, once, that the tables are of this version.
    pub(crate) async fn ready(&self) -> Result<(), Fault> {
        let look = || async {
            let found = self.found().await?;
            let supported = self.supported();
            if found.is_too_new(supported) {
                return Err(Fault::TooNew(found.version, supported));
            }
            if found.version < supported {
                return Err(Fault::Older(found.version, supported));
            }
            Ok(())
        };
        self.shared.current.get_or_try_init(look).await.copied()
    }

    async fn found(&self) -> Result<Found, Fault> {
        match &self.place {
            Place::Joined(joined) => Found::look(joined.link.lock().await.as_mut()).await,
            Place::Own(own) => {
                own.open()?;
                let mut link = own.workshop.source.clean_link().await?;
                Found::look(link.as_mut()).await
            }
        }
    }

    pub(crate) async fn state(&self) -> Result<SchemaState, Fault> {
        Ok(SchemaState { found: self.found().await?.version, supported: self.supported() })
    }

    /// Brings the tables to this version.
    pub(crate) async fn bring_up(&self) -> Result<SchemaState, Fault> {
        match &self.place {
            Place::Joined(joined) => {
                let mut link = joined.link.lock().await;
                if !link.dialect().transactional_ddl {
                    return Err(Fault::Unsupported("changing tables would commit the host's transaction"));
                }
                link.migrate().await
            }
            Place::Own(own) => {
                own.open()?;
                let mut link = own.workshop.source.clean_link().await?;
                link.migrate().await
            }
        }
    }
}

/// Applies what is missing. Nobody else does at the same time.
pub(crate) async fn steps(link: &mut dyn Link) -> Result<SchemaState, Fault> {
    let dialect = link.dialect();
    let supported = dialect.migrations.last().map_or(0, |last| last.version);
    let found = Found::look(link).await?;
    if found.is_too_new(supported) {
        return Err(Fault::TooNew(found.version, supported));
    }
    link.run(&Sql::of(dialect.migrations_table, [])).await?;
    for step in dialect.migrations {
        let version = i64::from(step.version);
        let applied = Sql::of("SELECT checksum FROM helpdesk_migrations WHERE version = ?", [version.into()]);
        match link.rows(&applied).await?.first() {
            Some(row) if row.text(0)? == step.checksum() => {}
            Some(_) => return Err(Fault::Unsupported("a step of the tables was applied in another form")),
            None => apply(link, step).await?,
        }
    }
    Ok(SchemaState { found: supported.max(found.version), supported })
}

async fn apply(link: &mut dyn Link, step: &'static Migration) -> Result<(), Fault> {
    let dialect = link.dialect();
    for statement in step.sql.split_inclusive(";\n").filter(|statement| !is_remark(statement)) {
        link.define(statement).await?;
    }
    let version = i64::from(step.version);
    let values = [
        version.into(),
        i64::from(step.min_reader).into(),
        i64::from(step.min_writer).into(),
        i64::from(TERMS_VERSION).into(),
    ];
    link.run(&Sql::of("DELETE FROM helpdesk_schema", [])).await?;
    let schema = "INSERT INTO helpdesk_schema (one, version, min_reader, min_writer, terms) VALUES (1, ?, ?, ?, ?)";
    link.run(&Sql::of(schema, values)).await?;
    link.run(&Sql::of(dialect.migrated, [version.into(), step.name.into(), step.checksum().into()])).await?;
    Ok(())
}

/// Whether nothing but remarks and empty lines stand there.
fn is_remark(statement: &str) -> bool {
    statement.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with("--"))
}
