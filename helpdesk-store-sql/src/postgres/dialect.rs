//! What PostgreSQL says in its own way.

use crate::rows::plan::Source;
use crate::schema::{Migration, Notes};
use crate::server::bulk::Bulk;
use crate::server::dialect::{Dialect, SwapText};
use crate::server::sql::Sql;
use crate::server::value::Value;

macro_rules! reserve {
    () => {
        "INSERT INTO helpdesk_number AS n (tenant, scope, next) SELECT ?, ?, 1 + ?::bigint \
         ON CONFLICT (tenant, scope) DO UPDATE SET next = n.next + ? RETURNING n.next"
    };
}

static NOTES: Notes = Notes {
    table: "CREATE TABLE IF NOT EXISTS helpdesk_migrations (version BIGINT PRIMARY KEY, name TEXT NOT NULL, \
            checksum TEXT NOT NULL, applied_at TIMESTAMPTZ NOT NULL)",
    instead: "ON CONFLICT (one) DO UPDATE SET version = excluded.version, min_reader = excluded.min_reader, \
              min_writer = excluded.min_writer, terms = excluded.terms",
    now: "now()",
};

/// The catalogue itself is asked: what `to_regclass` says may be older than the turn that was waited for, since a name that
/// was not there is remembered.
const HAS_SCHEMA: &str = "SELECT least(count(*), 1) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
    WHERE c.relname = 'helpdesk_schema' AND n.nspname = ?";
const HAS_SCHEMA_IN_PATH: &str = "SELECT least(count(*), 1) FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace \
     WHERE c.relname = 'helpdesk_schema' AND n.nspname = ANY (current_schemas(false))";
const ABOUT: &str = "SELECT 'PostgreSQL ' || split_part(current_setting('server_version'), ' ', 1), \
    (SELECT coalesce(sum(pg_total_relation_size(c.oid)), 0)::bigint FROM pg_class AS c \
     JOIN pg_class AS s ON s.oid = to_regclass(' helpdesk_schema') AND s.relnamespace = c.relnamespace \
     WHERE c.relkind = 'r' AND starts_with(c.relname::text, 'helpdesk_'))";

pub(crate) static DIALECT: Dialect = Dialect {
    name: "postgres",

    migrations: &[Migration {
        version: 1,
        name: "base",
        sql: include_str!("migrations/0001_base.sql"),
        min_reader: 1,
        min_writer: 1,
        terms: 1,
        notes: &NOTES,
    }],
    has_schema: |schema| match schema {
        Some(schema) => Sql::of(HAS_SCHEMA, [schema.into()]),
        None => Sql::of(HAS_SCHEMA_IN_PATH, []),
    },
    look: "SELECT s.version, s.min_reader, s.min_writer, m.version, m.name, m.checksum, \
           extract(epoch FROM m.applied_at)::bigint \
           FROM helpdesk_schema AS s LEFT JOIN helpdesk_migrations AS m ON true ORDER BY m.version",
    about: |_| Sql::of(ABOUT, []),

    bulk: Bulk::columns,

    lock: "SELECT t.tenant, t.id, t.version, t.event_seq, t.lock_doc FROM unnest(?, ?) AS x (tenant, id) \
           JOIN helpdesk_ticket AS t ON t.tenant = x.tenant AND t.id = x.id ORDER BY t.tenant, t.id FOR UPDATE OF t",
    lock_free: "SELECT t.tenant, t.id, t.version, t.event_seq, t.lock_doc FROM unnest(?, ?) AS x (tenant, id) \
           JOIN helpdesk_ticket AS t ON t.tenant = x.tenant AND t.id = x.id ORDER BY t.tenant, t.id \
           FOR UPDATE OF t SKIP LOCKED",
    standing: "SELECT 1::bigint, x.n, r.version, NULL::text, NULL::uuid \
           FROM unnest(?, ?, ?, ?) AS x (n, tenant, kind, name) \
           JOIN helpdesk_record AS r ON r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name \
           UNION ALL SELECT 2, x.n, k.version, k.fingerprint, k.ticket \
           FROM unnest(?, ?, ?, ?) AS x (n, tenant, source, name) \
           JOIN helpdesk_key AS k ON k.tenant = x.tenant AND k.source = x.source AND k.name = x.name \
           UNION ALL SELECT 3, x.n, 0, NULL, e.ticket FROM unnest(?, ?, ?, ?) AS x (n, tenant, source, name) \
           JOIN helpdesk_external AS e ON e.tenant = x.tenant AND e.source = x.source AND e.name = x.name \
           UNION ALL SELECT 4, x.n, 0, NULL, t.id FROM unnest(?, ?, ?) AS x (n, tenant, number_key) \
           JOIN helpdesk_ticket AS t ON t.tenant = x.tenant AND t.number_key = x.number_key",
    // It refuses by itself.
    seen_and_newest: None,
    raise_tenant: "INSERT INTO helpdesk_tenant AS t (tenant, acts) VALUES (?, 1) \
           ON CONFLICT (tenant) DO UPDATE SET acts = t.acts + 1",
    reserve: reserve!(),
    // The commits that use the numbers are written behind this one, and so no sync is needed here.
    reserve_alone: concat!("SET LOCAL synchronous_commit = off; ", reserve!()),
    give_back: "UPDATE helpdesk_number SET next = ? WHERE tenant = ? AND scope = ? AND next = ?",

    load: "SELECT 0::bigint, NULL::bigint, NULL::text, NULL::text, NULL::uuid WHERE false",
    swap: SwapText {
        swap: "WITH swapped AS (UPDATE helpdesk_ticket SET lock_doc = ?, lock_until = ?, event_seq = event_seq + ? \
               WHERE tenant = ? AND id = ? AND lock_doc IS NOT DISTINCT FROM ? RETURNING tenant, id, event_seq)",
        event: ", told AS (INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc) \
               SELECT tenant, id, event_seq, ?, ?, ?, ?, ?",
        delivery: ", waiting AS (INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
               SELECT ?, tenant, id, event_seq, -9223372036854775808, 0",
        swapped: " FROM swapped WHERE tenant = ? AND id = ?)",
        end: " SELECT 1 FROM swapped",
    },
    mark: "INSERT INTO helpdesk_mark AS m (tenant, ticket, agent, position, live) \
           SELECT tenant, id, ?, ?, live FROM helpdesk_ticket WHERE tenant = ? AND id = ? FOR SHARE \
           ON CONFLICT (tenant, ticket, agent) DO UPDATE SET live = excluded.live, \
           position = greatest(m.position, excluded.position)",
    forget: "DELETE FROM helpdesk_key AS k USING (SELECT tenant, source, name FROM helpdesk_key WHERE used_at < ? \
           ORDER BY used_at LIMIT ?) AS x WHERE k.tenant = x.tenant AND k.source = x.source AND k.name = x.name",
    tenants: "WITH RECURSIVE \
           t (n) AS (SELECT min(tenant) FROM helpdesk_ticket UNION ALL \
           SELECT (SELECT min(tenant) FROM helpdesk_ticket WHERE tenant > t.n) FROM t WHERE t.n IS NOT NULL), \
           r (n) AS (SELECT min(tenant) FROM helpdesk_record UNION ALL \
           SELECT (SELECT min(tenant) FROM helpdesk_record WHERE tenant > r.n) FROM r WHERE r.n IS NOT NULL) \
           SELECT n FROM t WHERE n IS NOT NULL UNION SELECT n FROM r WHERE n IS NOT NULL",

    due,
    hold_free: "SELECT bucket FROM helpdesk_bucket WHERE bucket = ANY(?) ORDER BY bucket FOR UPDATE SKIP LOCKED",
    hold: "SELECT bucket FROM helpdesk_bucket WHERE bucket = ANY(?) ORDER BY bucket FOR UPDATE",
    waiting,
    claim: |token, until, positions| {
        let text = "UPDATE helpdesk_outbox SET token = ?, free_at = ?, attempts = attempts + 1 WHERE position = ANY(?)";
        Sql::of(text, [token, until, positions])
    },
    acknowledge: |positions, token| {
        Sql::of("DELETE FROM helpdesk_outbox WHERE position = ANY(?) AND token = ?", [positions, token])
    },
    release: |free_at, positions, token| {
        let text = "UPDATE helpdesk_outbox SET token = NULL, free_at = ? WHERE position = ANY(?) AND token = ?";
        Sql::of(text, [free_at, positions, token])
    },

    values_missing: "SELECT x.ticket FROM unnest(?, ?, ?, ?, ?) AS x (tenant, kind, value, live, ticket) \
           WHERE NOT EXISTS (SELECT 1 FROM helpdesk_value AS v WHERE v.tenant = x.tenant AND v.kind = x.kind \
           AND v.value = x.value AND v.live = x.live AND v.ticket = x.ticket)",
    timers_missing: "SELECT x.ticket FROM unnest(?, ?, ?, ?, ?) AS x (bucket, at, name, tenant, ticket) \
           WHERE NOT EXISTS (SELECT 1 FROM helpdesk_timer AS t WHERE t.bucket = x.bucket AND t.at = x.at \
           AND t.name = x.name AND t.tenant = x.tenant AND t.ticket = x.ticket)",
    externals_missing: "SELECT x.ticket FROM unnest(?, ?, ?, ?) AS x (tenant, source, name, ticket) \
           WHERE NOT EXISTS (SELECT 1 FROM helpdesk_external AS e WHERE e.tenant = x.tenant \
           AND e.source = x.source AND e.name = x.name AND e.ticket = x.ticket)",

    hint,
    by_key: "",
    status_in: " AND t.status = ANY(?)",
    requester_not: " AND t.requester IS DISTINCT FROM ?",
    organization_not: " AND t.organization IS DISTINCT FROM ?",
    listed: "SELECT NULL::bigint, NULL::text, NULL::bigint, NULL::uuid, NULL::text, NULL::text, NULL::bigint, \
           NULL::bigint WHERE false",
    summed: "SELECT NULL::uuid, g, NULL::text, h, sum(n)::bigint FROM (SELECT NULL::text AS g, NULL::bigint AS h, \
           NULL::bigint AS n WHERE false",
};

/// Each bucket is walked in its order, no further than the answer can need.
fn due(buckets: &[i64], now: i64, limit: i64) -> Sql {
    let mut sql = Sql::new();
    let params = [sql.param(Value::ints(buckets.iter().copied())), sql.param(now), sql.param(limit)];
    let [buckets, now, limit] = params;
    sql.add(
        "SELECT t.at, t.name, t.tenant, t.ticket FROM unnest(?) AS b (bucket) CROSS JOIN LATERAL \
         (SELECT at, name, tenant, ticket FROM helpdesk_timer AS x WHERE x.bucket = b.bucket AND x.at <= ? \
         ORDER BY x.at, x.name, x.tenant, x.ticket LIMIT ?) AS t ORDER BY 1, 2, 3, 4 LIMIT ?",
        &[buckets, now, limit, limit],
    );
    sql
}

/// What is held before a row is looked up row by row (the limit keeps the planner from joining the whole table).
fn waiting(buckets: &[i64], now: i64, limit: i64) -> Sql {
    let mut sql = Sql::new();
    let params = [sql.param(Value::ints(buckets.iter().copied())), sql.param(now), sql.param(limit)];
    let [buckets, now, limit] = params;
    sql.add(
        "SELECT o.position, o.attempts, e.tenant, e.ticket, e.seq, e.version, e.at, e.actor, e.id, e.doc \
         FROM (SELECT w.* FROM unnest(?) AS b (bucket) CROSS JOIN LATERAL (SELECT * FROM helpdesk_outbox AS w \
         WHERE w.bucket = b.bucket AND w.free_at <= ? AND (SELECT f.position FROM helpdesk_outbox AS f \
         WHERE f.tenant = w.tenant AND f.ticket = w.ticket AND f.position < w.position AND f.free_at > ? LIMIT 1) IS NULL \
         ORDER BY w.position LIMIT ?) AS w ORDER BY w.position LIMIT ?) AS o \
         JOIN helpdesk_event AS e ON e.tenant = o.tenant AND e.ticket = o.ticket AND e.seq = o.seq",
        &[buckets, now, now, limit, limit],
    );
    sql
}

/// The planner finds the indexes by itself; a test reads what it finds.
fn hint(_: Source) -> &'static str {
    ""
}
