//! What acts change, as `write` writes it once everything held: texts of statements.

use super::tables::{externals, id, int, keys, long, table, text};

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

pub(super) const INSERT_TICKET: &str = concat!(
    "INSERT INTO helpdesk_ticket (tenant, id, version, event_seq, number_key, shelf, live, status, prio, created_at, \
     updated_at, due_at, breach_at, assignee, team, category, requester, organization, kind, channel, last_seq, \
     last_author, other_seq, doc) SELECT i.tenant, UNHEX(i.id), i.version, i.events, i.number_key, i.shelf, i.live, \
     i.status, i.prio, i.created_at, i.updated_at, i.due_at, i.breach_at, i.assignee, i.team, i.category, \
     i.requester, i.organization, i.kind, i.channel, i.last_seq, i.last_author, i.other_seq, i.doc FROM ",
    tickets!(),
    " WHERE @helpdesk_ok = 1 AND i.expected = 0; "
);

pub(super) const UPDATE_TICKET: &str = concat!(
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

pub(super) const REDACT: &str = concat!(
    "UPDATE ",
    table!("@helpdesk_redacted", text!("tenant", 0), id!("ticket", 1), int!("seq", 2), long!("doc", 3)),
    " AS x STRAIGHT_JOIN helpdesk_message AS m FORCE INDEX (PRIMARY) ON m.tenant = x.tenant AND m.ticket = UNHEX(x.ticket) \
     AND m.seq = x.seq SET m.doc = x.doc WHERE @helpdesk_ok = 1; "
);

pub(super) const ERASE: &str = concat!(
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

pub(super) const EVENT: &str = concat!(
    "INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc, revision) \
     SELECT x.tenant, UNHEX(x.ticket), COALESCE(t.event_seq, 0) + x.place, x.version, x.at, x.actor, UNHEX(x.id), \
     x.doc, x.revision FROM ",
    events!(),
    "; "
);

pub(super) const OUTBOX: &str = concat!(
    "INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
     SELECT x.bucket, x.tenant, UNHEX(x.ticket), COALESCE(t.event_seq, 0) + x.place, -9223372036854775808, 0 FROM ",
    events!(),
    " AND x.bucket IS NOT NULL ORDER BY x.told; "
);

pub(super) const MESSAGE: &str = concat!(
    "INSERT INTO helpdesk_message (tenant, ticket, seq, id, doc) \
     SELECT x.tenant, UNHEX(x.ticket), x.seq, UNHEX(x.id), x.doc FROM ",
    table!("@helpdesk_messages", text!("tenant", 0), id!("ticket", 1), int!("seq", 2), id!("id", 3), long!("doc", 4)),
    " AS x WHERE @helpdesk_ok = 1; "
);

pub(super) const VALUE_GONE: &str = concat!(
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

pub(super) const VALUE: &str = concat!(
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

pub(super) const TIMER_GONE: &str = concat!(
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

pub(super) const TIMER: &str = concat!(
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

pub(super) const MOVED: &str = concat!(
    "UPDATE ",
    table!("@helpdesk_moved", text!("tenant", 0), id!("ticket", 1), int!("live", 2)),
    " AS x STRAIGHT_JOIN helpdesk_mark AS m FORCE INDEX (PRIMARY) ON m.tenant = x.tenant AND m.ticket = UNHEX(x.ticket) \
     SET m.live = x.live WHERE @helpdesk_ok = 1; "
);

pub(super) const COUNTER: &str = concat!(
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
pub(super) const EXTERNAL: &str = concat!(
    "INSERT INTO helpdesk_external (tenant, source, name, ticket) \
     SELECT x.tenant, x.source, x.name, UNHEX(x.ticket) FROM ",
    externals!(),
    " AS x WHERE @helpdesk_ok = 1 AND NOT EXISTS (SELECT 1 FROM helpdesk_external AS e \
     WHERE e.tenant = x.tenant AND e.source = x.source AND e.name = x.name AND e.ticket = UNHEX(x.ticket)); "
);

pub(super) const RECORD: &str = concat!(
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

pub(super) const RECORD_GONE: &str = concat!(
    "DELETE r FROM ",
    table!("@helpdesk_records_gone", text!("tenant", 0), text!("kind", 1), text!("name", 2)),
    " AS x STRAIGHT_JOIN helpdesk_record AS r FORCE INDEX (PRIMARY) ON r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name \
     WHERE @helpdesk_ok = 1; "
);

pub(super) const NUMBER: &str = concat!(
    "INSERT INTO helpdesk_number (tenant, scope, next) SELECT x.tenant, x.scope, x.next FROM ",
    table!("@helpdesk_numbers", text!("tenant", 0), text!("scope", 1), int!("next", 2)),
    " AS x WHERE @helpdesk_ok = 1 \
     ON DUPLICATE KEY UPDATE next = GREATEST(helpdesk_number.next, VALUES(next)); "
);

pub(super) const KEY: &str = concat!(
    "INSERT INTO helpdesk_key (tenant, source, name, fingerprint, ticket, version, used_at) \
     SELECT x.tenant, x.source, x.name, x.fingerprint, UNHEX(x.ticket), x.version, x.used_at FROM ",
    keys!(),
    " AS x WHERE @helpdesk_ok = 1; "
);
