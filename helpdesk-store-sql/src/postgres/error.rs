//! What PostgreSQL's codes (SQLSTATE) mean.

use helpdesk_core::store::FaultKind;
use sqlx::error::DatabaseError;
use sqlx::postgres::PgDatabaseError;

use crate::fault::{Clash, Meaning};

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
        "25P02" => (FaultKind::Unexpected, "the host's transaction has failed already"),
        "XX001" | "XX002" => (FaultKind::Corrupt, "stored data is damaged"),
        _ => match code.get(..2) {
            Some("08" | "57" | "53" | "58") => (FaultKind::Unavailable, "the server cannot do it now"),
            Some("54") => (FaultKind::LimitExceeded, "a limit of the server was passed"),
            _ => (FaultKind::Unexpected, "the engine refused a statement"),
        },
    })
}

/// How others were in the way, if they were and PostgreSQL spoke.
pub(crate) fn clash(error: &dyn DatabaseError) -> Option<Clash> {
    match error.try_downcast_ref::<PgDatabaseError>()?.code() {
        "23505" => Some(Clash::Duplicate),
        "40001" | "40P01" => Some(Clash::Stale),
        _ => None,
    }
}
