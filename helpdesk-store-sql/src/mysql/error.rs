//! What the codes of MariaDB and MySQL mean.

use helpdesk_core::store::FaultKind;
use sqlx::error::DatabaseError;
use sqlx::mysql::MySqlDatabaseError;

use crate::meaning::{Clash, Meaning};

const DUPLICATE: u16 = 1062;
const LOCK_TIMEOUT: u16 = 1205;
const DEADLOCK: u16 = 1213;
/// The row changed since the transaction's view; MariaDB from 11.6 on.
const CHANGED: u16 = 1020;
/// What was asked was ended: by a shutdown, by somebody's `KILL`, or since nobody spoke for long.
const ENDS: [u16; 11] = [1053, 1080, 1152, 1158, 1159, 1160, 1161, LEFT_ALONE, 1317, 1927, 4031];
/// A node lost its cluster while it committed: the others may have got what it sent.
const LEFT_ALONE: u16 = 1180;

/// What an error of MariaDB or MySQL means; `None` if another engine spoke.
pub(crate) fn meaning(error: &dyn DatabaseError) -> Option<Meaning> {
    let code = error.try_downcast_ref::<MySqlDatabaseError>()?.number();
    Some(match code {
        DUPLICATE | LOCK_TIMEOUT | DEADLOCK | CHANGED => {
            (FaultKind::Unavailable, "others wrote the same at the same time")
        }
        1049 => (FaultKind::NeedsMigration, "there is no such database"),
        1146 | 1054 => (FaultKind::NeedsMigration, "a table or column of the desk is missing"),
        1044 | 1045 | 1142 | 1143 => (FaultKind::Unexpected, "the database refuses this user"),
        1040 | 1041 | 1203 | 1226 => (FaultKind::Unavailable, "the server takes no more connections"),
        1047 | LEFT_ALONE => (FaultKind::Unavailable, "this node is no part of its cluster now"),
        code if ENDS.contains(&code) => (FaultKind::Unavailable, "the server ended the connection"),
        1021 | 1114 | 1290 | 1836 => (FaultKind::Unavailable, "the server does not write now"),
        1153 | 1301 => (FaultKind::LimitExceeded, "a value is larger than the server takes"),
        1034 | 1035 | 1712 => (FaultKind::Corrupt, "stored data is damaged"),
        _ => (FaultKind::Unexpected, "the engine refused a statement"),
    })
}

/// Whether the server ended the connection, or what it did on it: that may have come to its end all the same.
pub(crate) fn is_end(error: &dyn DatabaseError) -> bool {
    error.try_downcast_ref::<MySqlDatabaseError>().is_some_and(|error| ENDS.contains(&error.number()))
}

/// How others were in the way, if they were and MariaDB or MySQL spoke.
pub(crate) fn clash(error: &dyn DatabaseError) -> Option<Clash> {
    match error.try_downcast_ref::<MySqlDatabaseError>()?.number() {
        DUPLICATE => Some(Clash::Duplicate),
        DEADLOCK | CHANGED => Some(Clash::Stale),
        LOCK_TIMEOUT => Some(Clash::Waited),
        _ => None,
    }
}
