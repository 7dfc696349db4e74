//! What MariaDB and MySQL say in their own way.

use super::tables::{id, int, list, table, text};
use crate::rows::plan::Source;
use crate::schema::{Migration, Notes};
use crate::server::bulk::Bulk;
use crate::server::dialect::{Dialect, SwapText};
use crate::server::sql::Sql;
use crate::server::value::Value;

macro_rules! wanted {
    () => {
        concat!(
            "SELECT t.tenant, t.id, t.version, t.event_seq, t.lock_doc FROM ",
            table!("?", text!("tenant", 0), id!("id", 1)),
            " AS x STRAIGHT_JOIN helpdesk_ticket AS t FORCE INDEX (PRIMARY) ON t.tenant = x.tenant AND t.id = UNHEX(x.id)"
        )
    };
}

static NOTES: Notes = Notes {
    table: "CREATE TABLE IF NOT EXISTS helpdesk_migrations (version BIGINT PRIMARY KEY, \
            name VARCHAR(255) NOT NULL, checksum VARCHAR(255) NOT NULL, applied_at DATETIME NOT NULL) ENGINE = InnoDB",
    instead: "ON DUPLICATE KEY UPDATE version = VALUES(version), min_reader = VALUES(min_reader), \
              min_writer = VALUES(min_writer), terms = VALUES(terms)",
    now: "utc_timestamp()",
};

const RESERVE: &str = "INSERT INTO helpdesk_number (tenant, scope, next) VALUES (?, ?, LAST_INSERT_ID(1 + ?)) \
    ON DUPLICATE KEY UPDATE next = LAST_INSERT_ID(next + ?); SELECT CAST(LAST_INSERT_ID() AS SIGNED)";
const HAS_SCHEMA: &str = "SELECT COUNT(*) FROM information_schema.tables \
    WHERE table_schema = COALESCE(?, DATABASE()) AND table_name = 'helpdesk_schema'";
const ABOUT: &str = "SELECT CONCAT(IF(VERSION() LIKE '%MariaDB%', 'MariaDB ', 'MySQL '), SUBSTRING_INDEX(VERSION(), '-', 1)), \
     (SELECT CAST(COALESCE(SUM(data_length + index_length), 0) AS SIGNED) FROM information_schema.tables \
      WHERE table_schema = COALESCE(?, DATABASE()) AND table_name LIKE 'helpdesk\\_%')";

macro_rules! records {
    () => {
        concat!(
            "SELECT x.n, r.version FROM ",
            table!("?", int!("n", 0), text!("tenant", 1), text!("kind", 2), text!("name", 3)),
            " AS x STRAIGHT_JOIN helpdesk_record AS r FORCE INDEX (PRIMARY) \
              ON r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name"
        )
    };
}

const RECORDS_SEEN: &str = records!();

pub(crate) static DIALECT: Dialect = Dialect {
    name: "mysql",

    migrations: &[Migration {
        version: 1,
        name: "base",
        sql: include_str!("migrations/0001_base.sql"),
        min_reader: 1,
        min_writer: 1,
        terms: 1,
        notes: &NOTES,
    }],
    has_schema: |schema| Sql::of(HAS_SCHEMA, [schema.into()]),
    look: "SELECT s.version, s.min_reader, s.min_writer, m.version, m.name, m.checksum, \
           TIMESTAMPDIFF(SECOND, '1970-01-01', m.applied_at) \
           FROM helpdesk_schema AS s LEFT JOIN helpdesk_migrations AS m ON TRUE ORDER BY m.version",
    about: |schema| Sql::of(ABOUT, [schema.into()]),

    bulk: |bulk: &Bulk| vec![bulk.json()],

    lock: concat!(wanted!(), " FOR UPDATE"),
    lock_free: concat!(wanted!(), " FOR UPDATE SKIP LOCKED"),
    standing: concat!(
        "SELECT 1, x.n, r.version, NULL, NULL FROM ",
        table!("?", int!("n", 0), text!("tenant", 1), text!("kind", 2), text!("name", 3)),
        " AS x STRAIGHT_JOIN helpdesk_record AS r FORCE INDEX (PRIMARY) ON r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name \
         UNION ALL SELECT 2, x.n, k.version, k.fingerprint, k.ticket FROM ",
        table!("?", int!("n", 0), text!("tenant", 1), text!("source", 2), text!("name", 3)),
        " AS x STRAIGHT_JOIN helpdesk_key AS k FORCE INDEX (PRIMARY) ON k.tenant = x.tenant AND k.source = x.source AND k.name = x.name \
         UNION ALL SELECT 3, x.n, 0, NULL, e.ticket FROM ",
        table!("?", int!("n", 0), text!("tenant", 1), text!("source", 2), text!("name", 3)),
        " AS x STRAIGHT_JOIN helpdesk_external AS e FORCE INDEX (PRIMARY) \
         ON e.tenant = x.tenant AND e.source = x.source AND e.name = x.name \
         UNION ALL SELECT 4, x.n, 0, NULL, t.id FROM ",
        table!("?", int!("n", 0), text!("tenant", 1), text!("number_key", 2)),
        " AS x STRAIGHT_JOIN helpdesk_ticket AS t FORCE INDEX (by_number) ON t.tenant = x.tenant AND t.number_key = x.number_key"
    ),
    seen_and_newest: Some([RECORDS_SEEN, concat!(records!(), " LOCK IN SHARE MODE")]),
    raise_tenant: "INSERT INTO helpdesk_tenant (tenant, acts) VALUES (?, 1) ON DUPLICATE KEY UPDATE acts = acts + 1",
    reserve: RESERVE,
    reserve_alone: RESERVE,
    give_back: "UPDATE helpdesk_number SET next = ? WHERE tenant = ? AND scope = ? AND next = ?",

    load: "SELECT CAST(0 AS SIGNED), CAST(NULL AS SIGNED), CAST(NULL AS CHAR), CAST(NULL AS CHAR), \
           CAST(NULL AS BINARY(16)) FROM DUAL WHERE FALSE",
    // A node of a cluster may take the transaction back between two statements: what follows must not stand by itself.
    swap: SwapText {
        swap: "UPDATE helpdesk_ticket SET lock_doc = ?, lock_until = ?, event_seq = event_seq + ? \
               WHERE tenant = ? AND id = ? AND lock_doc <=> ? /*M!100100 AND @@in_transaction = 1 */; \
               SET @helpdesk_swapped = ROW_COUNT()",
        event: "; INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc, revision) \
               SELECT tenant, id, event_seq, ?, ?, ?, ?, ?, NULL",
        delivery: "; INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
               SELECT ?, tenant, id, event_seq, -9223372036854775808, 0",
        swapped: " FROM helpdesk_ticket WHERE tenant = ? AND id = ? AND @helpdesk_swapped = 1 \
                  /*M!100100 AND @@in_transaction = 1 */",
        end: "",
    },
    mark: "INSERT INTO helpdesk_mark (tenant, ticket, agent, position, live) \
           SELECT tenant, id, ?, ?, live FROM helpdesk_ticket WHERE tenant = ? AND id = ? LOCK IN SHARE MODE \
           ON DUPLICATE KEY UPDATE live = VALUES(live), position = GREATEST(helpdesk_mark.position, VALUES(position))",
    forget: "DELETE FROM helpdesk_key WHERE used_at < ? ORDER BY used_at LIMIT ?",
    tenants: "WITH RECURSIVE \
           t (n) AS (SELECT MIN(tenant) FROM helpdesk_ticket UNION ALL \
           SELECT (SELECT MIN(tenant) FROM helpdesk_ticket WHERE tenant > t.n) FROM t WHERE t.n IS NOT NULL), \
           r (n) AS (SELECT MIN(tenant) FROM helpdesk_record UNION ALL \
           SELECT (SELECT MIN(tenant) FROM helpdesk_record WHERE tenant > r.n) FROM r WHERE r.n IS NOT NULL) \
           SELECT n FROM t WHERE n IS NOT NULL UNION SELECT n FROM r WHERE n IS NOT NULL",

    due,
    hold_free: concat!(
        "SELECT b.bucket FROM ",
        list!("?"),
        " AS x STRAIGHT_JOIN helpdesk_bucket AS b FORCE INDEX (PRIMARY) ON b.bucket = x.v FOR UPDATE SKIP LOCKED"
    ),
    hold: concat!(
        "SELECT b.bucket FROM ",
        list!("?"),
        " AS x STRAIGHT_JOIN helpdesk_bucket AS b FORCE INDEX (PRIMARY) ON b.bucket = x.v FOR UPDATE"
    ),
    waiting,
    claim: |token, until, positions| {
        rows_of(
            // Writes the buckets too: a lock is not seen on another node of a cluster, a write is.
            concat!(
                "UPDATE ",
                list!("?"),
                " AS x STRAIGHT_JOIN helpdesk_outbox AS o FORCE INDEX (PRIMARY) ON o.position = x.v \
                 STRAIGHT_JOIN helpdesk_bucket AS b FORCE INDEX (PRIMARY) ON b.bucket = o.bucket \
                 SET o.token = ?, o.free_at = ?, o.attempts = o.attempts + 1, b.claims = b.claims + 1 \
                 WHERE TRUE /*M!100100 AND @@in_transaction = 1 */"
            ),
            [positions, token, until],
        )
    },
    acknowledge: |positions, token| {
        rows_of(
            concat!(
                "DELETE o FROM ",
                list!("?"),
                " AS x STRAIGHT_JOIN helpdesk_outbox AS o FORCE INDEX (PRIMARY) ON o.position = x.v WHERE o.token = ?"
            ),
            [positions, token],
        )
    },
    release: |free_at, positions, token| {
        rows_of(
            concat!(
                "UPDATE ",
                list!("?"),
                " AS x STRAIGHT_JOIN helpdesk_outbox AS o FORCE INDEX (PRIMARY) ON o.position = x.v \
                 SET o.free_at = ?, o.token = NULL WHERE o.token = ?"
            ),
            [positions, free_at, token],
        )
    },

    values_missing: concat!(
        "SELECT UNHEX(x.ticket) FROM ",
        table!("?", text!("tenant", 0), text!("kind", 1), text!("value", 2), int!("live", 3), id!("ticket", 4)),
        " AS x LEFT JOIN helpdesk_value AS v FORCE INDEX (PRIMARY) ON v.tenant = x.tenant AND v.kind = x.kind AND v.value = x.value \
         AND v.live = x.live AND v.ticket = UNHEX(x.ticket) WHERE v.ticket IS NULL"
    ),
    timers_missing: concat!(
        "SELECT UNHEX(x.ticket) FROM ",
        table!("?", int!("bucket", 0), int!("at", 1), text!("name", 2), text!("tenant", 3), id!("ticket", 4)),
        " AS x LEFT JOIN helpdesk_timer AS t FORCE INDEX (PRIMARY) ON t.bucket = x.bucket AND t.at = x.at AND t.name = x.name \
         AND t.tenant = x.tenant AND t.ticket = UNHEX(x.ticket) WHERE t.ticket IS NULL"
    ),
    externals_missing: concat!(
        "SELECT UNHEX(x.ticket) FROM ",
        table!("?", text!("tenant", 0), text!("source", 1), text!("name", 2), id!("ticket", 3)),
        " AS x LEFT JOIN helpdesk_external AS e FORCE INDEX (PRIMARY) ON e.tenant = x.tenant AND e.source = x.source \
         AND e.name = x.name AND e.ticket = UNHEX(x.ticket) WHERE e.ticket IS NULL"
    ),

    hint,
    by_key: " FORCE INDEX (PRIMARY)",
    status_in: " AND t.status IN (SELECT x.v FROM JSON_TABLE(?, '$[*]' COLUMNS \
           (v VARCHAR(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin PATH '$')) AS x)",
    requester_not: " AND NOT (t.requester <=> ?)",
    organization_not: " AND NOT (t.organization <=> ?)",
    listed: "SELECT CAST(NULL AS SIGNED), CAST(NULL AS CHAR), CAST(NULL AS SIGNED), CAST(NULL AS BINARY(16)), \
           CAST(NULL AS CHAR), CAST(NULL AS CHAR), CAST(NULL AS SIGNED), CAST(NULL AS SIGNED) FROM DUAL WHERE FALSE",
    summed: "SELECT NULL, g, NULL, h, CAST(SUM(n) AS SIGNED) FROM (SELECT CAST(NULL AS CHAR) AS g, \
           CAST(NULL AS SIGNED) AS h, CAST(NULL AS SIGNED) AS n FROM DUAL WHERE FALSE",
};

fn rows_of<const N: usize>(text: &'static str, values: [Value; N]) -> Sql {
    Sql::of(text, values)
}

/// The buckets merged, each walked in its order and no further than the answer can need.
fn due(buckets: &[i64], now: i64, limit: i64) -> Sql {
    let mut sql = Sql::new();
    let (now, limit) = (sql.param(now), sql.param(limit));
    for (index, bucket) in buckets.iter().enumerate() {
        let bucket = sql.param(*bucket);
        sql.push(if index == 0 { "(" } else { " UNION ALL (" });
        sql.add(
            "SELECT at, name, tenant, ticket FROM helpdesk_timer WHERE bucket = ? AND at <= ? \
             ORDER BY at, name, tenant, ticket LIMIT ?)",
            &[bucket, now, limit],
        );
    }
    sql.add(" ORDER BY 1, 2, 3, 4 LIMIT ?", &[limit]);
    sql
}

fn waiting(buckets: &[i64], now: i64, limit: i64) -> Sql {
    let mut sql = Sql::new();
    let (now, limit) = (sql.param(now), sql.param(limit));
    sql.push(
        "SELECT o.position, o.attempts, e.tenant, e.ticket, e.seq, e.version, e.at, e.actor, e.id, e.doc \
         FROM (SELECT u.* FROM (",
    );
    for (index, bucket) in buckets.iter().enumerate() {
        let bucket = sql.param(*bucket);
        sql.push(if index == 0 { "(" } else { " UNION ALL (" });
        sql.add(
            "SELECT w.position, w.attempts, w.tenant, w.ticket, w.seq FROM helpdesk_outbox AS w FORCE INDEX (by_bucket) \
             WHERE w.bucket = ? AND w.free_at <= ? AND NOT EXISTS (SELECT 1 FROM helpdesk_outbox AS f \
             WHERE f.tenant = w.tenant AND f.ticket = w.ticket AND f.position < w.position AND f.free_at > ?) \
             ORDER BY w.position LIMIT ?)",
            &[bucket, now, now, limit],
        );
    }
    sql.add(
        ") AS u ORDER BY u.position LIMIT ?) AS o \
         JOIN helpdesk_event AS e FORCE INDEX (PRIMARY) ON e.tenant = o.tenant AND e.ticket = o.ticket AND e.seq = o.seq",
        &[limit],
    );
    sql
}

fn hint(source: Source) -> &'static str {
    match source {
        Source::Created => " FORCE INDEX (by_created)",
        Source::Updated => " FORCE INDEX (by_updated)",
        Source::Due => " FORCE INDEX (by_due)",
        Source::Assignee | Source::Unassigned => " FORCE INDEX (by_assignee)",
        Source::Team => " FORCE INDEX (by_team)",
        Source::Category => " FORCE INDEX (by_category)",
        Source::Requester => " FORCE INDEX (by_requester)",
        Source::Organization => " FORCE INDEX (by_organization)",
        Source::Locked => " FORCE INDEX (by_lock)",
        Source::Breach => " FORCE INDEX (by_breach)",
        Source::Tag | Source::Term | Source::Participant => "",
    }
}
