//! What PostgreSQL's codes (SQLSTATE) mean.

use helpdesk_core::store::FaultKind;
use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

use crate::meaning::{Clash, Meaning};

/// What an error of PostgreSQL means; `None` if another engine spoke.
pub(crate) fn meaning(error: &dyn DatabaseError) -> Option<Meaning> {
    let code = error.try_downcast_ref::<PgDatabaseError>()?.code();
    Some(match code {
        "40001" | "40P01" | "23505" => (FaultKind::Unavailable, "others wrote the same at the same time"),
        "55P03" => (FaultKind::Unavailable, "somebody holds what is to be written for too long"),
        "57014" => (FaultKind::Unavailable, "the statement took too long"),
        "25006" => (FaultKind::Unavailable, "the server does not write; it may be a replica"),
        "3D000" => (FaultKind::NeedsMigration, "there is no such database"),
        "42P01" | "42703" => (FaultKind::NeedsMigration, "a table or column of the desk is missing"),
        "42501" | "28000" | "28P01" => (FaultKind::Unexpected, "the database refuses this user"),
        FAILED => (FaultKind::Unexpected, "the host's transaction has failed already"),
        "25P03" => (FaultKind::Unavailable, "the server ended the connection"),
        "XX001" | "XX002" => (FaultKind::Corrupt, "stored data is damaged"),
        _ => match code.get(..2) {
            Some("08" | "57" | "53" | "58") => (FaultKind::Unavailable, "the server cannot do it now"),
            Some("54") => (FaultKind::LimitExceeded, "a limit of the server was passed"),
            _ => (FaultKind::Unexpected, "the engine refused a statement"),
        },
    })
}

/// The transaction has failed before.
const FAILED: &str = "25P02";

/// Whether the server, or what stands before it, ended the connection, or it was left in a transaction that has failed.
pub(crate) fn is_end(error: &dyn DatabaseError) -> bool {
    let ends =
        |code: &str| code.starts_with("08") || matches!(code, FAILED | "25P03" | "57P01" | "57P02" | "57P03" | "57P05");
    error.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| ends(error.code()))
}

/// Whether the transaction has failed before.
pub(crate) fn is_failed(error: &sqlx::Error) -> bool {
    error.as_database_error().and_then(DatabaseError::code).is_some_and(|code| code == FAILED)
}

/// How others were in the way, if they were and PostgreSQL spoke.
pub(crate) fn clash(error: &dyn DatabaseError) -> Option<Clash> {
    match error.try_downcast_ref::<PgDatabaseError>()?.code() {
        "23505" => Some(Clash::Duplicate),
        "40001" | "40P01" => Some(Clash::Stale),
        "55P03" => Some(Clash::Waited),
        _ => None,
    }
}

/// Whether what is to be made or written is there already, or was changed by others.
pub(super) fn is_there(error: &sqlx::Error) -> bool {
    let Some(error) = error.as_database_error() else { return false };
    let made = error.code().is_some_and(|code| matches!(&*code, "42P07" | "42701" | "42710"));
    made || matches!(clash(error), Some(Clash::Duplicate | Clash::Stale))
}
