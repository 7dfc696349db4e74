//! What acts rest on, as `write` compares it: texts of statements.

use super::tables::{externals, id, int, keys, long, table, text};

macro_rules! heads {
    () => {
        concat!(
            table!("@helpdesk_i", text!("tenant", 0), id!("id", 1), int!("expected", 2), int!("events", 3)),
            " AS i STRAIGHT_JOIN helpdesk_ticket AS t FORCE INDEX (PRIMARY) ON t.tenant = i.tenant AND t.id = UNHEX(i.id)"
        )
    };
}

/// How many of the tickets that must be there are as expected and could be held.
pub(super) const HELD: &str = concat!(
    "SELECT COALESCE(SUM(t.version = i.expected), 0) INTO @helpdesk_held FROM ",
    heads!(),
    " WHERE i.expected > 0 FOR UPDATE SKIP LOCKED; "
);

pub(super) const FENCES: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM ",
    table!("@helpdesk_fences", text!("tenant", 0), id!("id", 1), long!("seen", 2)),
    " AS x LEFT JOIN helpdesk_ticket AS t FORCE INDEX (PRIMARY) ON t.tenant = x.tenant AND t.id = UNHEX(x.id) \
     WHERE NOT (t.lock_doc <=> x.seen))"
);

pub(super) const GUARDS: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM ",
    table!("@helpdesk_guards", text!("tenant", 0), text!("kind", 1), text!("name", 2), int!("version", 3)),
    " AS x LEFT JOIN helpdesk_record AS r FORCE INDEX (PRIMARY) ON r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name \
     WHERE COALESCE(r.version, 0) <> x.version)"
);

pub(super) const KEYS: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM ",
    keys!(),
    " AS x JOIN helpdesk_key AS k FORCE INDEX (PRIMARY) ON k.tenant = x.tenant AND k.source = x.source AND k.name = x.name)"
);

pub(super) const EXTERNALS: &str = concat!(
    " AND NOT EXISTS (SELECT 1 FROM ",
    externals!(),
    " AS x JOIN helpdesk_external AS e FORCE INDEX (PRIMARY) ON e.tenant = x.tenant AND e.source = x.source AND e.name = x.name \
     WHERE e.ticket <> UNHEX(x.ticket))"
);

/// Where the history of each ticket that was held ended.
pub(super) const ENDS: &str =
    concat!(" UNION ALL SELECT 1, t.tenant, t.id, t.event_seq - i.events FROM ", heads!(), " WHERE @helpdesk_ok = 1");
