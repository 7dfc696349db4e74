//! What goes wrong in here, and how it is told to the port. Messages name places, never what data holds. What an
//! engine's own codes mean stands beside each engine.

use std::sync::Arc;

use helpdesk_core::store::{FaultKind, Retry, StoreError};
use sqlx::error::DatabaseError;

#[cfg(feature = "server")]
use crate::meaning::Clash;
use crate::meaning::Meaning;

/// A fault before it is known which method it belongs to.
#[derive(Debug)]
pub(crate) enum Fault {
    /// The engine's word.
    Engine(sqlx::Error),
    /// The engine's word before anything of an act was written.
    #[cfg(feature = "server")]
    Before(sqlx::Error),
    /// Something stored cannot be read: where.
    Damaged(String),
    /// Something cannot be written as it is.
    Unwritable(String),
    /// A bound was passed.
    Limit(&'static str),
    /// The store was closed, or its writer ended.
    Closed,
    /// Others wrote the same between looking and writing; from the beginning again.
    #[cfg(feature = "server")]
    Overtaken,
    /// The host's transaction sees an older state than what stands there.
    Stale,
    /// Whoever calls holds what is needed, by a transaction of its own.
    #[cfg(feature = "sqlite")]
    Held,
    /// The engine ended the host's transaction by itself.
    #[cfg(feature = "sqlite")]
    Gone,
    /// The tables are of a newer version: found and known.
    TooNew(u32, u32),
    /// The tables are of an older version, 0 if there are none: found and needed.
    Older(u32, u32),
    /// A step was applied in another form than this code has: which.
    OtherForm(u32),
    /// This cannot be done here.
    #[cfg(feature = "server")]
    Unsupported(&'static str),
    /// The connection was lost, and what the server did cannot be found out.
    #[cfg(feature = "server")]
    Unknown,
    /// The act stood in a group that could not be made durable: why.
    Group(Arc<StoreError>),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Engine(error)
    }
}

impl Fault {
    /// The fault as the port tells it.
    pub(crate) fn during(self, operation: &'static str) -> StoreError {
        let told = |kind, context: String| StoreError::new(kind, operation).because(context);
        match self {
            Self::Engine(error) => engine(error, operation),
            #[cfg(feature = "server")]
            Self::Before(error) => engine(error, operation),
            Self::Damaged(place) => told(FaultKind::Corrupt, place),
            Self::Unwritable(what) => told(FaultKind::Unexpected, what),
            Self::Limit(what) => told(FaultKind::LimitExceeded, what.to_owned()),
            Self::Closed => {
                StoreError { retry: Retry::Never, ..told(FaultKind::Unavailable, "the store is closed".to_owned()) }
            }
            #[cfg(feature = "server")]
            Self::Overtaken => told(FaultKind::Unavailable, "others wrote the same at the same time".to_owned()),
            Self::Stale => told(
                FaultKind::Conflict,
                "others wrote what the host's transaction does not see; roll it back and begin it anew".to_owned(),
            ),
            #[cfg(feature = "sqlite")]
            Self::Held => {
                let advice =
                    "the caller's own transaction holds the file: write through the joined desk, or commit first";
                StoreError { retry: Retry::Never, ..told(FaultKind::Unavailable, advice.to_owned()) }
            }
            #[cfg(feature = "sqlite")]
            Self::Gone => {
                let advice = "the engine ended the host's transaction; roll it back and begin it anew";
                StoreError { retry: Retry::Never, ..told(FaultKind::Unavailable, advice.to_owned()) }
            }
            Self::TooNew(found, known) => other_version(FaultKind::SchemaTooNew, found, known, operation),
            Self::Older(found, needed) => other_version(FaultKind::NeedsMigration, found, needed, operation),
            Self::OtherForm(step) => {
                let context = format!("step {step} was applied in another form");
                told(FaultKind::Unsupported, context)
            }
            #[cfg(feature = "server")]
            Self::Unsupported(what) => told(FaultKind::Unsupported, what.to_owned()),
            #[cfg(feature = "server")]
            Self::Unknown => told(
                FaultKind::Unavailable,
                "the connection was lost, and it is not known whether the act was done".to_owned(),
            ),
            Self::Group(why) => grouped(&why, operation),
        }
    }

    /// How others were in the way, if they were.
    #[cfg(feature = "server")]
    pub(crate) fn clash(&self) -> Option<Clash> {
        match self {
            Self::Overtaken => Some(Clash::Duplicate),
            Self::Stale => Some(Clash::Stale),
            Self::Engine(error) | Self::Before(error) => error.as_database_error().and_then(clash),
            _ => None,
        }
    }

    /// The same, known to have come before anything of an act was written: what became of the act is not in doubt.
    #[cfg(feature = "server")]
    pub(crate) fn before(self) -> Self {
        match self {
            Self::Engine(error) => Self::Before(error),
            other => other,
        }
    }

    /// Whether nothing at all can be done on this server now.
    #[cfg(feature = "server")]
    pub(crate) fn is_unreachable(&self) -> bool {
        let (Self::Engine(error) | Self::Before(error)) = self else { return false };
        error.as_database_error().is_none_or(is_end)
    }

    /// Whether the connection was lost, so that it is unknown what the server did.
    #[cfg(feature = "server")]
    pub(crate) fn is_lost(&self) -> bool {
        let Self::Engine(error) = self else { return false };
        match error.as_database_error() {
            Some(error) => is_end(error),
            None => matches!(error, sqlx::Error::Io(_) | sqlx::Error::Protocol(_) | sqlx::Error::WorkerCrashed),
        }
    }
}

/// The fault of tables that are not of this version.
fn other_version(kind: FaultKind, found: u32, supported: u32, operation: &'static str) -> StoreError {
    let context = match (kind, found) {
        (FaultKind::NeedsMigration, 0) => "the database holds no helpdesk".to_owned(),
        (FaultKind::NeedsMigration, _) => format!("the tables are of version {found}, this code needs {supported}"),
        _ => format!("the tables are of version {found}, this code knows {supported}"),
    };
    StoreError::new(kind, operation).because(context)
}

/// A fault of the transaction as each act of its group is told: it may try again, unless the file is damaged.
fn grouped(why: &StoreError, operation: &'static str) -> StoreError {
    let kind = if why.kind == FaultKind::Corrupt { FaultKind::Corrupt } else { FaultKind::Unavailable };
    let told = StoreError { context: why.context.clone(), ..StoreError::new(kind, operation) };
    match &why.source {
        Some(source) => told.caused_by(source.to_string()),
        None => told,
    }
}

/// The two sides do not agree on TLS.
const NOT_ENCRYPTED: Meaning = (FaultKind::Unavailable, "the connection could not be encrypted");

fn engine(error: sqlx::Error, operation: &'static str) -> StoreError {
    let (kind, context) = match (&error, error.as_database_error().map(meaning)) {
        (_, Some(meaning)) => meaning,
        // What the other side shows is no TLS, or not whom we trust.
        (sqlx::Error::Io(error), _) if error.kind() == std::io::ErrorKind::InvalidData => NOT_ENCRYPTED,
        (sqlx::Error::Io(_), _) => (FaultKind::Unavailable, "the database cannot be reached, read or written"),
        (sqlx::Error::WorkerCrashed | sqlx::Error::Protocol(_), _) => (FaultKind::Unavailable, "the connection ended"),
        (sqlx::Error::Tls(_), _) => NOT_ENCRYPTED,
        (sqlx::Error::Configuration(_), _) => (FaultKind::Unexpected, "the connection's options do not fit together"),
        (sqlx::Error::PoolTimedOut, _) => (FaultKind::Unavailable, "no connection could be had in time"),
        (sqlx::Error::PoolClosed, _) => (FaultKind::Unavailable, "the pool is closed"),
        (sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_), _) => {
            (FaultKind::Corrupt, "a stored value is of another form")
        }
        _ => (FaultKind::Unexpected, "the engine refused a statement"),
    };
    let told = StoreError::new(kind, operation).because(context).caused_by(error);
    // Nothing of that changes by itself.
    if (kind, context) == NOT_ENCRYPTED { StoreError { retry: Retry::Never, ..told } } else { told }
}

/// Asks the engine that spoke.
fn meaning(error: &dyn DatabaseError) -> Meaning {
    #[cfg(feature = "sqlite")]
    if let Some(meaning) = crate::sqlite::error::meaning(error) {
        return meaning;
    }
    #[cfg(feature = "postgres")]
    if let Some(meaning) = crate::postgres::error::meaning(error) {
        return meaning;
    }
    #[cfg(feature = "mysql")]
    if let Some(meaning) = crate::mysql::error::meaning(error) {
        return meaning;
    }
    (FaultKind::Unexpected, "the engine refused a statement")
}

/// Whether the connection is of no use any more.
#[cfg(feature = "server")]
fn is_end(error: &dyn DatabaseError) -> bool {
    let engines: [fn(&dyn DatabaseError) -> bool; _] = [
        #[cfg(feature = "postgres")]
        crate::postgres::error::is_end,
        #[cfg(feature = "mysql")]
        crate::mysql::error::is_end,
    ];
    engines.into_iter().any(|is_end| is_end(error))
}

#[cfg(feature = "server")]
fn clash(error: &dyn DatabaseError) -> Option<Clash> {
    let engines: [fn(&dyn DatabaseError) -> Option<Clash>; _] = [
        #[cfg(feature = "postgres")]
        crate::postgres::error::clash,
        #[cfg(feature = "mysql")]
        crate::mysql::error::clash,
    ];
    engines.into_iter().find_map(|clash| clash(error))
}
