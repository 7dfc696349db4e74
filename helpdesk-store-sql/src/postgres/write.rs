//! The one statement that compares what acts rest on and writes them: data-modifying parts that all see whether
//! everything holds. Parts that have no rows are left out.
//!
//! Tickets are locked first and then compared as they stand then, not as the statement's snapshot has them. One that
//! somebody else holds is not waited for, since everything beside it would be written by what the snapshot has. A row
//! that must not be there yet is guarded by its key: if somebody is faster, the statement fails and has written nothing.

use crate::server::bulk::Bulk;
use crate::server::deltas::Deltas;
use crate::server::sql::Sql;

/// Puts the statement together, for an act by itself or within one that is open. Columns of its answer: whether
/// everything held; then tenant, ticket and the end of the history of each ticket that was locked, as it was before.
pub(super) fn statement(deltas: &Deltas, alone: bool) -> Sql {
    let mut sql = Sql::new();
    if deltas.tickets.is_empty() {
        sql.push(
            "WITH i AS (SELECT ''::text AS tenant, NULL::uuid AS id, 0::bigint AS expected WHERE false), \
             locked AS (SELECT i.tenant, i.id, 0::bigint AS version, 0::bigint AS event_seq, NULL::text AS lock_doc \
             FROM i)",
        );
    } else {
        // An act that is open has said how long it waits, or leaves that to the host.
        sql.push(if alone { BRIEFLY } else { "WITH " });
        part(&mut sql, INPUT, &deltas.tickets);
        sql.push(if alone { ", s WHERE s.s IS NOT NULL)" } else { ")" }).push(LOCKED);
    }
    checks(&mut sql, deltas);
    if !deltas.tickets.is_empty() {
        sql.push(INSERT_TICKET).push(UPDATE_TICKET);
    }
    for (bulk, text) in [
        (&deltas.redacted, REDACT),
        (&deltas.erased, ERASE),
        (&deltas.events, EVENT),
        (&deltas.messages, MESSAGE),
        (&deltas.values_gone, VALUE_GONE),
        (&deltas.values, VALUE),
        (&deltas.timers_gone, TIMER_GONE),
        (&deltas.timers, TIMER),
        (&deltas.moved, MOVED),
        (&deltas.counters, COUNTER),
        (&deltas.externals, EXTERNAL),
        (&deltas.records, RECORD),
        (&deltas.records_gone, RECORD_GONE),
        (&deltas.numbers, NUMBER),
        (&deltas.keys, KEY),
    ] {
        if !bulk.is_empty() {
            part(&mut sql, text, bulk);
        }
    }
    sql.push(" SELECT ok.ok::int, l.tenant, l.id, l.event_seq FROM ok LEFT JOIN locked AS l ON true");
    sql
}

/// Adds a part whose `?` are the columns of a bulk.
fn part(sql: &mut Sql, text: &'static str, bulk: &Bulk) {
    let params: Vec<_> = bulk.columns().into_iter().map(|column| sql.param(column)).collect();
    sql.add(text, &params);
}

/// What is compared.
fn checks(sql: &mut Sql, deltas: &Deltas) {
    sql.push(
        ", ok AS MATERIALIZED (SELECT NOT EXISTS (SELECT 1 FROM i LEFT JOIN locked AS l \
         ON l.tenant = i.tenant AND l.id = i.id WHERE i.expected <> coalesce(l.version, 0))",
    );
    for (bulk, text) in [
        (
            &deltas.fences,
            " AND NOT EXISTS (SELECT 1 FROM unnest(?, ?, ?) AS x (tenant, id, seen) LEFT JOIN locked AS l \
             ON l.tenant = x.tenant AND l.id = x.id WHERE l.lock_doc IS DISTINCT FROM x.seen)",
        ),
        (
            &deltas.guards,
            " AND NOT EXISTS (SELECT 1 FROM unnest(?, ?, ?, ?) AS x (tenant, kind, name, version) \
             LEFT JOIN helpdesk_record AS r ON r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name \
             WHERE coalesce(r.version, 0) <> x.version)",
        ),
        (
            &deltas.keys,
            " AND NOT EXISTS (SELECT 1 FROM unnest(?, ?, ?, ?, ?, ?, ?) AS x (tenant, source, name, f, t, v, u) \
             JOIN helpdesk_key AS k ON k.tenant = x.tenant AND k.source = x.source AND k.name = x.name)",
        ),
        (
            &deltas.externals,
            " AND NOT EXISTS (SELECT 1 FROM unnest(?, ?, ?, ?) AS x (tenant, source, name, ticket) \
             JOIN helpdesk_external AS e ON e.tenant = x.tenant AND e.source = x.source AND e.name = x.name \
             WHERE e.ticket <> x.ticket)",
        ),
    ] {
        if !bulk.is_empty() {
            part(sql, text, bulk);
        }
    }
    sql.push(" AS ok)");
}

/// Waits two seconds at most for a row that others put there: evaluated before everything that rests on the input.
const BRIEFLY: &str = "WITH s AS MATERIALIZED (SELECT set_config('lock_timeout', '2s', true) AS s), ";

const INPUT: &str = "i AS MATERIALIZED (SELECT i.* FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
     AS i (tenant, id, expected, events, version, number_key, shelf, live, status, prio, created_at, updated_at, due_at, \
     breach_at, assignee, team, category, requester, organization, kind, channel, last_seq, last_author, other_seq, doc)";

const LOCKED: &str = ", locked AS MATERIALIZED (SELECT t.tenant, t.id, t.version, t.event_seq, t.lock_doc \
     FROM i JOIN helpdesk_ticket AS t ON t.tenant = i.tenant AND t.id = i.id ORDER BY t.tenant, t.id FOR UPDATE OF t \
     SKIP LOCKED)";

const INSERT_TICKET: &str = ", insert_ticket AS (INSERT INTO helpdesk_ticket (tenant, id, version, event_seq, number_key, \
     shelf, live, status, prio, created_at, updated_at, due_at, breach_at, assignee, team, category, requester, \
     organization, kind, channel, last_seq, last_author, other_seq, doc) SELECT i.tenant, i.id, i.version, i.events, \
     i.number_key, i.shelf, i.live, i.status, i.prio, i.created_at, i.updated_at, i.due_at, i.breach_at, i.assignee, \
     i.team, i.category, i.requester, i.organization, i.kind, i.channel, i.last_seq, i.last_author, i.other_seq, i.doc \
     FROM i, ok WHERE ok.ok AND i.expected = 0)";

const UPDATE_TICKET: &str = ", update_ticket AS (UPDATE helpdesk_ticket AS t SET version = i.version, \
     event_seq = t.event_seq + i.events, shelf = i.shelf, live = i.live, status = i.status, prio = i.prio, \
     created_at = i.created_at, updated_at = i.updated_at, due_at = i.due_at, breach_at = i.breach_at, \
     assignee = i.assignee, team = i.team, category = i.category, requester = i.requester, \
     organization = i.organization, kind = i.kind, channel = i.channel, last_seq = i.last_seq, \
     last_author = i.last_author, other_seq = i.other_seq, doc = i.doc FROM i, ok \
     WHERE ok.ok AND i.expected > 0 AND t.tenant = i.tenant AND t.id = i.id)";

const REDACT: &str = ", redact AS (UPDATE helpdesk_message AS m SET doc = x.doc \
     FROM unnest(?, ?, ?, ?) AS x (tenant, ticket, seq, doc), ok \
     WHERE ok.ok AND m.tenant = x.tenant AND m.ticket = x.ticket AND m.seq = x.seq)";

const ERASE: &str = ", erase AS (UPDATE helpdesk_event AS e SET revision = NULL \
     FROM unnest(?, ?) AS x (tenant, ticket), ok \
     WHERE ok.ok AND e.tenant = x.tenant AND e.ticket = x.ticket AND e.revision IS NOT NULL)";

/// Events behind what the history had; those that are told go to the outbox with the same places, in their order.
const EVENT: &str = ", told AS MATERIALIZED (SELECT x.*, coalesce(l.event_seq, 0) + x.place AS seq \
     FROM unnest(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) \
     AS x (told, tenant, ticket, place, version, at, actor, id, doc, revision, bucket) \
     LEFT JOIN locked AS l ON l.tenant = x.tenant AND l.id = x.ticket, ok WHERE ok.ok), \
     insert_event AS (INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc, revision) \
     SELECT tenant, ticket, seq, version, at, actor, id, doc, revision FROM told), \
     insert_outbox AS (INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
     SELECT bucket, tenant, ticket, seq, -9223372036854775808, 0 FROM told WHERE bucket IS NOT NULL ORDER BY told)";

const MESSAGE: &str = ", insert_message AS (INSERT INTO helpdesk_message (tenant, ticket, seq, id, doc) \
     SELECT x.* FROM unnest(?, ?, ?, ?, ?) AS x (tenant, ticket, seq, id, doc), ok WHERE ok.ok)";

const VALUE_GONE: &str = ", delete_value AS (DELETE FROM helpdesk_value AS v \
     USING unnest(?, ?, ?, ?, ?) AS x (tenant, kind, value, live, ticket), ok WHERE ok.ok AND v.tenant = x.tenant \
     AND v.kind = x.kind AND v.value = x.value AND v.live = x.live AND v.ticket = x.ticket)";

const VALUE: &str = ", insert_value AS (INSERT INTO helpdesk_value (tenant, kind, value, live, ticket) \
     SELECT x.* FROM unnest(?, ?, ?, ?, ?) AS x (tenant, kind, value, live, ticket), ok WHERE ok.ok)";

const TIMER_GONE: &str = ", delete_timer AS (DELETE FROM helpdesk_timer AS t \
     USING unnest(?, ?, ?, ?, ?) AS x (bucket, at, name, tenant, ticket), ok WHERE ok.ok AND t.bucket = x.bucket \
     AND t.at = x.at AND t.name = x.name AND t.tenant = x.tenant AND t.ticket = x.ticket)";

const TIMER: &str = ", insert_timer AS (INSERT INTO helpdesk_timer (bucket, at, name, tenant, ticket) \
     SELECT x.* FROM unnest(?, ?, ?, ?, ?) AS x (bucket, at, name, tenant, ticket), ok WHERE ok.ok)";

const MOVED: &str = ", move_mark AS (UPDATE helpdesk_mark AS m SET live = x.live \
     FROM unnest(?, ?, ?) AS x (tenant, ticket, live), ok \
     WHERE ok.ok AND m.tenant = x.tenant AND m.ticket = x.ticket)";

const COUNTER: &str = ", move_counter AS (INSERT INTO helpdesk_counter AS c \
     (tenant, counted, shelf, status, prio, stripe, n) \
     SELECT x.* FROM unnest(?, ?, ?, ?, ?, ?, ?) AS x (tenant, counted, shelf, status, prio, stripe, n), ok WHERE ok.ok \
     ON CONFLICT (tenant, counted, shelf, status, prio, stripe) DO UPDATE SET n = c.n + excluded.n)";

/// The ticket itself may have a reference already, by a message; of one that another has by now the key tells.
const EXTERNAL: &str = ", insert_external AS (INSERT INTO helpdesk_external (tenant, source, name, ticket) \
     SELECT x.* FROM unnest(?, ?, ?, ?) AS x (tenant, source, name, ticket), ok WHERE ok.ok AND NOT EXISTS \
     (SELECT 1 FROM helpdesk_external AS e WHERE e.tenant = x.tenant AND e.source = x.source AND e.name = x.name \
     AND e.ticket = x.ticket))";

const RECORD: &str = ", upsert_record AS (INSERT INTO helpdesk_record (tenant, kind, name, version, value) \
     SELECT x.* FROM unnest(?, ?, ?, ?, ?) AS x (tenant, kind, name, version, value), ok WHERE ok.ok \
     ON CONFLICT (tenant, kind, name) DO UPDATE SET version = excluded.version, value = excluded.value)";

const RECORD_GONE: &str = ", delete_record AS (DELETE FROM helpdesk_record AS r \
     USING unnest(?, ?, ?) AS x (tenant, kind, name), ok \
     WHERE ok.ok AND r.tenant = x.tenant AND r.kind = x.kind AND r.name = x.name)";

const NUMBER: &str = ", raise_number AS (INSERT INTO helpdesk_number AS n (tenant, scope, next) \
     SELECT x.* FROM unnest(?, ?, ?) AS x (tenant, scope, next), ok WHERE ok.ok \
     ON CONFLICT (tenant, scope) DO UPDATE SET next = greatest(n.next, excluded.next))";

const KEY: &str = ", insert_key AS (INSERT INTO helpdesk_key (tenant, source, name, fingerprint, ticket, version, used_at) \
     SELECT x.* FROM unnest(?, ?, ?, ?, ?, ?, ?) \
     AS x (tenant, source, name, fingerprint, ticket, version, used_at), ok WHERE ok.ok)";
