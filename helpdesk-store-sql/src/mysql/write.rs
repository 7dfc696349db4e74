//! What compares what acts rest on and writes them, in one round trip: the rows go into variables, and a script takes
//! them out again. Every statement of it asks whether everything held; parts that have no rows are left out.
//!
//! To MariaDB the script is one statement, a block, and writes nothing without a transaction. A node of a cluster takes a
//! transaction back when another node was faster; between two statements it may say so to nobody, and do the rest as if
//! each were meant by itself.
//!
//! Tickets that are there are locked first and compared as they stand then. A row that must not be there yet is guarded by its key: if
//! somebody is faster, the script ends with a fault, and what it wrote is taken back.

use super::change::{
    COUNTER, ERASE, EVENT, EXTERNAL, INSERT_TICKET, KEY, MESSAGE, MOVED, NUMBER, OUTBOX, RECORD, RECORD_GONE, REDACT,
    TIMER, TIMER_GONE, UPDATE_TICKET, VALUE, VALUE_GONE,
};
use super::compare::{ENDS, EXTERNALS, FENCES, GUARDS, HELD, KEYS};
use crate::server::bulk::Bulk;
use crate::server::deltas::Deltas;
use crate::server::sql::Sql;

/// Puts rows into variables.
fn variables(deltas: &Deltas) -> Sql {
    let mut sql = Sql::new();
    sql.push("SET @helpdesk_ok = 0");
    for (bulk, text) in [
        (&deltas.tickets, ", @helpdesk_i = ?"),
        (&deltas.fences, ", @helpdesk_fences = ?"),
        (&deltas.guards, ", @helpdesk_guards = ?"),
        (&deltas.keys, ", @helpdesk_keys = ?"),
        (&deltas.externals, ", @helpdesk_externals = ?"),
        (&deltas.events, ", @helpdesk_events = ?"),
        (&deltas.messages, ", @helpdesk_messages = ?"),
        (&deltas.redacted, ", @helpdesk_redacted = ?"),
        (&deltas.erased, ", @helpdesk_erased = ?"),
        (&deltas.values_gone, ", @helpdesk_values_gone = ?"),
        (&deltas.values, ", @helpdesk_values = ?"),
        (&deltas.timers_gone, ", @helpdesk_timers_gone = ?"),
        (&deltas.timers, ", @helpdesk_timers = ?"),
        (&deltas.moved, ", @helpdesk_moved = ?"),
        (&deltas.counters, ", @helpdesk_counters = ?"),
        (&deltas.records, ", @helpdesk_records = ?"),
        (&deltas.records_gone, ", @helpdesk_records_gone = ?"),
        (&deltas.numbers, ", @helpdesk_numbers = ?"),
    ] {
        if !bulk.is_empty() {
            let rows = sql.param(bulk.json());
            sql.add(text, &[rows]);
        }
    }
    sql.push("; ");
    sql
}

/// The script, as a transaction that begins like this, or as a part of one. Columns of its answer: whether everything
/// held; then tenant, ticket and the end of the history of each ticket that was held, as it was before.
pub(super) fn script(deltas: &Deltas, begin: Option<&'static str>) -> Sql {
    let mut sql = variables(deltas);
    if let Some(begin) = begin {
        sql.push(begin);
        sql.push("; ");
    }
    sql.push("/*M!100100 BEGIN NOT ATOMIC */ ");
    // Where all tickets are new there is none to hold.
    let held = deltas.new < deltas.tickets.len();
    if held {
        sql.push(HELD);
    }
    sql.push("SET @helpdesk_ok = (/*M!100100 @@in_transaction = 1 AND */ TRUE");
    if held {
        let known = i64::try_from(deltas.tickets.len() - deltas.new).unwrap_or(i64::MAX);
        let known = sql.param(known);
        sql.add(" AND @helpdesk_held = ?", &[known]);
    }
    let checks: [(&Bulk, &'static str); 4] =
        [(&deltas.fences, FENCES), (&deltas.guards, GUARDS), (&deltas.keys, KEYS), (&deltas.externals, EXTERNALS)];
    for (bulk, text) in checks {
        if !bulk.is_empty() {
            sql.push(text);
        }
    }
    sql.push("); ");
    let any = |bulk: &Bulk| !bulk.is_empty();
    for (there, text) in [
        (any(&deltas.redacted), REDACT),
        (any(&deltas.erased), ERASE),
        // Places follow the history's end, and so come before it is moved.
        (any(&deltas.events), EVENT),
        (any(&deltas.events), OUTBOX),
        (deltas.new > 0, INSERT_TICKET),
        (held, UPDATE_TICKET),
        (any(&deltas.messages), MESSAGE),
        (any(&deltas.values_gone), VALUE_GONE),
        (any(&deltas.values), VALUE),
        (any(&deltas.timers_gone), TIMER_GONE),
        (any(&deltas.timers), TIMER),
        (any(&deltas.moved), MOVED),
        (any(&deltas.counters), COUNTER),
        (any(&deltas.externals), EXTERNAL),
        (any(&deltas.records), RECORD),
        (any(&deltas.records_gone), RECORD_GONE),
        (any(&deltas.numbers), NUMBER),
        (any(&deltas.keys), KEY),
    ] {
        if there {
            sql.push(text);
        }
    }
    sql.push("SELECT CAST(@helpdesk_ok AS SIGNED), NULL, NULL, NULL");
    if held {
        sql.push(ENDS);
    }
    sql.push(if begin.is_some() { "; COMMIT; SET innodb_lock_wait_timeout = @helpdesk_wait" } else { "" });
    sql.push(" /*M!100100 ; END */");
    sql
}
