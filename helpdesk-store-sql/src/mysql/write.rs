//! What compares what acts rest on and writes them, in one round trip: the rows go into variables, and a script takes
//! them out again. Every statement of it asks whether everything held; parts that have no rows are left out.
//!
//! To MariaDB the script is one statement, a block, and writes nothing without a transaction. A node of a cluster takes a
//! transaction back when another node was faster; between two statements it may say so to nobody, and do the rest as if
//! each were meant by itself.
//!
//! Tickets are locked first and compared as they stand then. A row that must not be there yet is guarded by its key: if
//! somebody is faster, the script ends with a fault, and what it wrote is taken back.

use super::tables::{id, int, long, table, text};
use crate::server::bulk::Bulk;
use crate::server::deltas::Deltas;
use crate::server::link::Waiting;
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
/// held; then tenant, ticket and the end of the history of each ticket, as it was before.
pub(super) fn script(deltas: &Deltas, waiting: Waiting, begin: Option<&'static str>) -> Sql {
    let mut sql = variables(deltas);
    if let Some(begin) = begin {
        sql.push(begin);
        sql.push("; ");
    }
    sql.push("/*M!100100 BEGIN NOT ATOMIC */ ");
    // Of tickets that are all new, the keys tell what there is to be told.
    let held = deltas.new < deltas.tickets.len();
    if held {
        sql.push(HELD);
        sql.push(if waiting == Waiting::Pass { " FOR UPDATE SKIP LOCKED; " } else { " FOR UPDATE; " });
    }
    sql.push("SET @helpdesk_ok = (/*M!100100 @@in_transaction = 1 AND */ TRUE");
    if held {
        let known = i64::try_from(deltas.tickets.len() - deltas.new).unwrap_or(i64::MAX);
        let known = sql.param(known);
        sql.add(" AND @helpdesk_there = 0 AND @helpdesk_held = ?", &[known]);
    }
    let checks: [(&Bulk, &'static str); 4] =
        [(&deltas.fences, FENCES), (&deltas.guards, GUARDS), (&deltas.keys, KEYS), (&deltas.externals, EXTERNALS)];
    for (bulk, text) in checks {
        if !bulk.is_empty() {
            sql.push(text);
        }
    }
    sql.push("); ");
    let tickets: &[_] = match (deltas.new, held) {
        (0, _) => &[UPDATE_TICKET],
        (_, false) => &[INSERT_TICKET],
        (_, true) => &[INSERT_TICKET, UPDATE_TICKET],
    };
    let parts: [(&Bulk, &[&'static str]); 16] = [
        (&deltas.redacted, &[REDACT]),
        (&deltas.erased, &[ERASE]),
        // Places follow the history's end, and so come before it is moved.
        (&deltas.events, &[EVENT, OUTBOX]),
        (&deltas.tickets, tickets),
        (&deltas.messages, &[MESSAGE]),
        (&deltas.values_gone, &[VALUE_GONE]),
        (&deltas.values, &[VALUE]),
        (&deltas.timers_gone, &[TIMER_GONE]),
        (&deltas.timers, &[TIMER]),
        (&deltas.moved, &[MOVED]),
        (&deltas.counters, &[COUNTER]),
        (&deltas.externals, &[EXTERNAL]),
        (&deltas.records, &[RECORD]),
        (&deltas.records_gone, &[RECORD_GONE]),
        (&deltas.numbers, &[NUMBER]),
        (&deltas.keys, &[KEY]),
    ];
    for text in parts.into_iter().filter(|(bulk, _)| !bulk.is_empty()).flat_map(|(_, texts)| texts) {
        sql.push(text);
    }
    sql.push("SELECT CAST(@helpdesk_ok AS SIGNED), NULL, NULL, NULL");
    if held {
        sql.push(ENDS);
    }
    sql.push(if begin.is_some() { "; COMMIT; SET innodb_lock_wait_timeout = @helpdesk_wait" } else { "" });
    sql.push(" /*M!100100 ; END */");
    sql
}

macro_rules! tickets {
    () => {
        concat!(
            table!(
                "@helpdesk_i",
                text!("tenant", 0),
                id!("id", 1),
                int!("expected", 2),
                int!("events", 3),
                int!("version", 4),
                text!("number_key", 5),
                int!("shelf", 6),
                int!("live", 7),
                text!("status", 8),
                int!("prio", 9),
                int!("created_at", 10),
                int!("updated_at", 11),
                int!("due_at", 12),
                int!("breach_at", 13),
                text!("assignee", 14),
                text!("team", 15),
                text!("category", 16),
                text!("requester", 17),
                text!("organization", 18),
                text!("kind", 19),
                text!("channel", 20),
                int!("last_seq", 21),
                text!("last_author", 22),
                int!("other_seq", 23),
                long!("doc", 24)
            ),
            " AS i"
        )
    };
}

macro_rules! heads {
    () => {
        concat!(
            table!("@helpdesk_i", text!("tenant", 0), id!("id", 1), int!("expected", 2), int!("events", 3)),
            " AS i STRAIGHT_JOIN helpdesk_ticket AS t FORCE INDEX (PRIMARY) ON t.tenant = i.tenant AND t.id = UNHEX(i.id)"
        )
    };
}

/// Of the tickets that must be there, how many are as expected and could be held; of the others, how many are there.
const HELD: &str = concat!(
    "SELECT COALESCE(SUM(i.expected > 0 AND t.version = i.expected), 0), COALESCE(SUM(i.expected = 0), 0) \
     INTO @helpdesk_held, @helpdesk_there FROM ",
    heads!()
);

const FENCES: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM ",
    table!("@helpdesk_fences", text!("tenant", 0), id!("id", 1), long!("seen", 2)),
    " AS x LEFT JOIN helpdesk_ticket AS t FORCE INDEX (PRIMARY) ON t.tenant = x.tenant AND t.id = UNHEX(x.id) \
     WHERE NOT (t.lock_doc <=> x.seen))"
);

const GUARDS: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM ",
    table!("@helpdesk_guards", text!("tenant", 0), text!("kind", 1), text!("name", 2), int!("version", 3)),
    " AS x LEFT JOIN helpdesk_record AS r FORCE INDEX (PRIMARY) ON r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name \
     WHERE COALESCE(r.version, 0) <> x.version)"
);

macro_rules! keys {
    () => {
        table!(
            "@helpdesk_keys",
            text!("tenant", 0),
            text!("source", 1),
            text!("name", 2),
            text!("fingerprint", 3),
            id!("ticket", 4),
            int!("version", 5),
            int!("used_at", 6)
        )
    };
}

const KEYS: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM ",
    keys!(),
    " AS x JOIN helpdesk_key AS k FORCE INDEX (PRIMARY) ON k.tenant = x.tenant AND k.source = x.source AND k.name = x.name)"
);

macro_rules! externals {
    () => {
        table!("@helpdesk_externals", text!("tenant", 0), text!("source", 1), text!("name", 2), id!("ticket", 3))
    };
}

const EXTERNALS: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM ",
    externals!(),
    " AS x JOIN helpdesk_external AS e FORCE INDEX (PRIMARY) ON e.tenant = x.tenant AND e.source = x.source AND e.name = x.name \
     WHERE e.ticket <> UNHEX(x.ticket))"
);

const INSERT_TICKET: &str = concat!(
    "INSERT INTO helpdesk_ticket (tenant, id, version, event_seq, number_key, shelf, live, status, prio, created_at, \
     updated_at, due_at, breach_at, assignee, team, category, requester, organization, kind, channel, last_seq, \
     last_author, other_seq, doc) SELECT i.tenant, UNHEX(i.id), i.version, i.events, i.number_key, i.shelf, i.live, \
     i.status, i.prio, i.created_at, i.updated_at, i.due_at, i.breach_at, i.assignee, i.team, i.category, \
     i.requester, i.organization, i.kind, i.channel, i.last_seq, i.last_author, i.other_seq, i.doc FROM ",
    tickets!(),
    " WHERE @helpdesk_ok = 1 AND i.expected = 0; "
);

const UPDATE_TICKET: &str = concat!(
    "UPDATE ",
    tickets!(),
    " STRAIGHT_JOIN helpdesk_ticket AS t FORCE INDEX (PRIMARY) ON t.tenant = i.tenant AND t.id = UNHEX(i.id) SET t.version = i.version, \
     t.event_seq = t.event_seq + i.events, t.shelf = i.shelf, t.live = i.live, t.status = i.status, t.prio = i.prio, \
     t.created_at = i.created_at, t.updated_at = i.updated_at, t.due_at = i.due_at, t.breach_at = i.breach_at, \
     t.assignee = i.assignee, t.team = i.team, t.category = i.category, t.requester = i.requester, \
     t.organization = i.organization, t.kind = i.kind, t.channel = i.channel, t.last_seq = i.last_seq, \
     t.last_author = i.last_author, t.other_seq = i.other_seq, t.doc = i.doc \
     WHERE @helpdesk_ok = 1 AND i.expected > 0; "
);

const REDACT: &str = concat!(
    "UPDATE ",
    table!("@helpdesk_redacted", text!("tenant", 0), id!("ticket", 1), int!("seq", 2), long!("doc", 3)),
    " AS x STRAIGHT_JOIN helpdesk_message AS m FORCE INDEX (PRIMARY) ON m.tenant = x.tenant AND m.ticket = UNHEX(x.ticket) \
     AND m.seq = x.seq SET m.doc = x.doc WHERE @helpdesk_ok = 1; "
);

const ERASE: &str = concat!(
    "UPDATE ",
    table!("@helpdesk_erased", text!("tenant", 0), id!("ticket", 1)),
    " AS x STRAIGHT_JOIN helpdesk_event AS e FORCE INDEX (PRIMARY) ON e.tenant = x.tenant AND e.ticket = UNHEX(x.ticket) \
     SET e.revision = NULL WHERE @helpdesk_ok = 1 AND e.revision IS NOT NULL; "
);

macro_rules! events {
    () => {
        concat!(
            table!(
                "@helpdesk_events",
                int!("told", 0),
                text!("tenant", 1),
                id!("ticket", 2),
                int!("place", 3),
                int!("version", 4),
                int!("at", 5),
                text!("actor", 6),
                id!("id", 7),
                long!("doc", 8),
                long!("revision", 9),
                int!("bucket", 10)
            ),
            " AS x LEFT JOIN helpdesk_ticket AS t FORCE INDEX (PRIMARY) ON t.tenant = x.tenant AND t.id = UNHEX(x.ticket) \
             WHERE @helpdesk_ok = 1"
        )
    };
}

const EVENT: &str = concat!(
    "INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc, revision) \
     SELECT x.tenant, UNHEX(x.ticket), COALESCE(t.event_seq, 0) + x.place, x.version, x.at, x.actor, UNHEX(x.id), \
     x.doc, x.revision FROM ",
    events!(),
    "; "
);

const OUTBOX: &str = concat!(
    "INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
     SELECT x.bucket, x.tenant, UNHEX(x.ticket), COALESCE(t.event_seq, 0) + x.place, -9223372036854775808, 0 FROM ",
    events!(),
    " AND x.bucket IS NOT NULL ORDER BY x.told; "
);

const MESSAGE: &str = concat!(
    "INSERT INTO helpdesk_message (tenant, ticket, seq, id, doc) \
     SELECT x.tenant, UNHEX(x.ticket), x.seq, UNHEX(x.id), x.doc FROM ",
    table!("@helpdesk_messages", text!("tenant", 0), id!("ticket", 1), int!("seq", 2), id!("id", 3), long!("doc", 4)),
    " AS x WHERE @helpdesk_ok = 1; "
);

const VALUE_GONE: &str = concat!(
    "DELETE v FROM ",
    table!(
        "@helpdesk_values_gone",
        text!("tenant", 0),
        text!("kind", 1),
        text!("value", 2),
        int!("live", 3),
        id!("ticket", 4)
    ),
    " AS x STRAIGHT_JOIN helpdesk_value AS v FORCE INDEX (PRIMARY) ON v.tenant = x.tenant AND v.kind = x.kind AND v.value = x.value \
     AND v.live = x.live AND v.ticket = UNHEX(x.ticket) WHERE @helpdesk_ok = 1; "
);

const VALUE: &str = concat!(
    "INSERT INTO helpdesk_value (tenant, kind, value, live, ticket) \
     SELECT x.tenant, x.kind, x.value, x.live, UNHEX(x.ticket) FROM ",
    table!(
        "@helpdesk_values",
        text!("tenant", 0),
        text!("kind", 1),
        text!("value", 2),
        int!("live", 3),
        id!("ticket", 4)
    ),
    " AS x WHERE @helpdesk_ok = 1; "
);

const TIMER_GONE: &str = concat!(
    "DELETE t FROM ",
    table!(
        "@helpdesk_timers_gone",
        int!("bucket", 0),
        int!("at", 1),
        text!("name", 2),
        text!("tenant", 3),
        id!("ticket", 4)
    ),
    " AS x STRAIGHT_JOIN helpdesk_timer AS t FORCE INDEX (PRIMARY) ON t.bucket = x.bucket AND t.at = x.at AND t.name = x.name \
     AND t.tenant = x.tenant AND t.ticket = UNHEX(x.ticket) WHERE @helpdesk_ok = 1; "
);

const TIMER: &str = concat!(
    "INSERT INTO helpdesk_timer (bucket, at, name, tenant, ticket) \
     SELECT x.bucket, x.at, x.name, x.tenant, UNHEX(x.ticket) FROM ",
    table!(
        "@helpdesk_timers",
        int!("bucket", 0),
        int!("at", 1),
        text!("name", 2),
        text!("tenant", 3),
        id!("ticket", 4)
    ),
    " AS x WHERE @helpdesk_ok = 1; "
);

const MOVED: &str = concat!(
    "UPDATE ",
    table!("@helpdesk_moved", text!("tenant", 0), id!("ticket", 1), int!("live", 2)),
    " AS x STRAIGHT_JOIN helpdesk_mark AS m FORCE INDEX (PRIMARY) ON m.tenant = x.tenant AND m.ticket = UNHEX(x.ticket) \
     SET m.live = x.live WHERE @helpdesk_ok = 1; "
);

const COUNTER: &str = concat!(
    "INSERT INTO helpdesk_counter (tenant, counted, shelf, status, prio, stripe, n) \
     SELECT x.tenant, x.counted, x.shelf, x.status, x.prio, x.stripe, x.n FROM ",
    table!(
        "@helpdesk_counters",
        text!("tenant", 0),
        text!("counted", 1),
        int!("shelf", 2),
        text!("status", 3),
        int!("prio", 4),
        int!("stripe", 5),
        int!("n", 6)
    ),
    " AS x WHERE @helpdesk_ok = 1 ON DUPLICATE KEY UPDATE n = helpdesk_counter.n + VALUES(n); "
);

/// The ticket itself may have a reference already, by a message; of one that another has by now the key tells.
const EXTERNAL: &str = concat!(
    "INSERT INTO helpdesk_external (tenant, source, name, ticket) \
     SELECT x.tenant, x.source, x.name, UNHEX(x.ticket) FROM ",
    externals!(),
    " AS x WHERE @helpdesk_ok = 1 AND NOT EXISTS (SELECT 1 FROM helpdesk_external AS e \
     WHERE e.tenant = x.tenant AND e.source = x.source AND e.name = x.name AND e.ticket = UNHEX(x.ticket)); "
);

const RECORD: &str = concat!(
    "INSERT INTO helpdesk_record (tenant, kind, name, version, value) \
     SELECT x.tenant, x.kind, x.name, x.version, x.value FROM ",
    table!(
        "@helpdesk_records",
        text!("tenant", 0),
        text!("kind", 1),
        text!("name", 2),
        int!("version", 3),
        long!("value", 4)
    ),
    " AS x WHERE @helpdesk_ok = 1 ON DUPLICATE KEY UPDATE version = VALUES(version), value = VALUES(value); "
);

const RECORD_GONE: &str = concat!(
    "DELETE r FROM ",
    table!("@helpdesk_records_gone", text!("tenant", 0), text!("kind", 1), text!("name", 2)),
    " AS x STRAIGHT_JOIN helpdesk_record AS r FORCE INDEX (PRIMARY) ON r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name \
     WHERE @helpdesk_ok = 1; "
);

const NUMBER: &str = concat!(
    "INSERT INTO helpdesk_number (tenant, scope, next) SELECT x.tenant, x.scope, x.next FROM ",
    table!("@helpdesk_numbers", text!("tenant", 0), text!("scope", 1), int!("next", 2)),
    " AS x WHERE @helpdesk_ok = 1 \
     ON DUPLICATE KEY UPDATE next = GREATEST(helpdesk_number.next, VALUES(next)); "
);

const KEY: &str = concat!(
    "INSERT INTO helpdesk_key (tenant, source, name, fingerprint, ticket, version, used_at) \
     SELECT x.tenant, x.source, x.name, x.fingerprint, UNHEX(x.ticket), x.version, x.used_at FROM ",
    keys!(),
    " AS x WHERE @helpdesk_ok = 1; "
);

const ENDS: &str =
    concat!(" UNION ALL SELECT 1, t.tenant, t.id, t.event_seq - i.events FROM ", heads!(), " WHERE @helpdesk_ok = 1");
