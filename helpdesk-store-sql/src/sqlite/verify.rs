//! Looking for damage: broken pages, and columns, rows of values, timers, references and counters that do not belong
//! to their ticket's document. What histories fold to is checked above the port.

use helpdesk_core::env::to_micros;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Damage, Finding, Shard};
use helpdesk_core::ticket::Ticket;
use sqlx::sqlite::{SqliteConnection, SqliteRow};

use super::sql::Sql;
use super::store::FileStore;
use crate::fault::Fault;
use crate::rows::columns::{Columns, list};
use crate::rows::document::unpack_ticket;
use crate::rows::index::{self, Indexed, Values};

/// Tickets that are read at once.
const STRIDE: i64 = 200;

/// Looks at everything, in one view.
pub(super) async fn check(store: &FileStore<'_>) -> Result<Vec<Finding>, Fault> {
    let mut reader = store.checkout().await?;
    let begin = !reader.is_one_view();
    let connection = reader.connection();
    let mut findings = pages(connection).await?;
    if !findings.is_empty() {
        // What stands on broken pages cannot be judged; the connection is not used again.
        return Ok(findings);
    }
    if begin {
        sqlx::query("BEGIN").execute(&mut *connection).await?;
    }
    let mut totals = [0_i64; TABLES.len()];
    let mut after = 0;
    loop {
        let rows = stored(after).rows(connection).await?;
        let Some(last) = rows.last() else { break };
        after = last.int(0)?;
        for row in &rows {
            one(row, connection, &mut totals, &mut findings).await?;
        }
    }
    for ((table, count), expected) in TABLES.into_iter().zip(totals) {
        let found = sqlx::query(count).fetch_one(&mut *connection).await?.int(0)?;
        if found > expected {
            findings.push(finding(table, Damage::Strays { rows: rows(found - expected) }));
        }
    }
    let counts = sqlx::query(COUNTS).fetch_one(&mut *connection).await?.int(0)?;
    if counts > 0 {
        findings.push(finding("helpdesk_counter", Damage::CountsDiffer { rows: rows(counts) }));
    }
    for (table, query) in STRAYS {
        let found = sqlx::query(query).fetch_one(&mut *connection).await?.int(0)?;
        if found > 0 {
            findings.push(finding(table, Damage::Strays { rows: rows(found) }));
        }
    }
    if begin {
        sqlx::query("COMMIT").execute(connection).await?;
    }
    reader.give_back();
    Ok(findings)
}

/// The tables whose rows are counted against what the documents say.
const TABLES: [(&str, &str); 4] = [
    ("helpdesk_tag", "SELECT count(*) FROM helpdesk_tag"),
    ("helpdesk_term", "SELECT count(*) FROM helpdesk_term"),
    ("helpdesk_participant", "SELECT count(*) FROM helpdesk_participant"),
    ("helpdesk_timer", "SELECT count(*) FROM helpdesk_timer"),
];

/// Kept counts that differ from the tickets.
const COUNTS: &str = "SELECT count(*) FROM (SELECT sum(n) AS n FROM \
     (SELECT tenant, 'all' AS counted, shelf, status, rank, 1 AS n FROM helpdesk_ticket WHERE shelf >= 0 \
     UNION ALL SELECT tenant, coalesce('to:' || assignee, 'none'), shelf, status, rank, 1 FROM helpdesk_ticket \
     WHERE shelf >= 0 \
     UNION ALL SELECT tenant, 'by:' || coalesce(last_author, ''), shelf, status, rank, 1 FROM helpdesk_ticket \
     WHERE shelf >= 0 AND (last_seq = 0 OR other_seq = 0 AND last_author GLOB 'agent:*') \
     UNION ALL SELECT tenant, counted, shelf, status, rank, -n FROM helpdesk_counter) \
     GROUP BY tenant, counted, shelf, status, rank) WHERE n <> 0";

/// What belongs to nothing: marks, events, messages, references, locks, keys, deliveries.
const STRAYS: [(&str, &str); 7] = [
    (
        "helpdesk_mark",
        "SELECT count(*) FROM helpdesk_mark AS x WHERE NOT EXISTS \
         (SELECT 1 FROM helpdesk_ticket AS t WHERE t.tenant = x.tenant AND t.id = x.ticket AND t.live = x.live)",
    ),
    (
        "helpdesk_event",
        "SELECT count(*) FROM helpdesk_event AS x WHERE NOT EXISTS \
         (SELECT 1 FROM helpdesk_ticket AS t WHERE t.tenant = x.tenant AND t.id = x.ticket)",
    ),
    (
        "helpdesk_message",
        "SELECT count(*) FROM helpdesk_message AS x WHERE NOT EXISTS \
         (SELECT 1 FROM helpdesk_ticket AS t WHERE t.tenant = x.tenant AND t.id = x.ticket)",
    ),
    (
        "helpdesk_external",
        "SELECT count(*) FROM helpdesk_external AS x WHERE NOT EXISTS \
         (SELECT 1 FROM helpdesk_ticket AS t WHERE t.tenant = x.tenant AND t.id = x.ticket)",
    ),
    (
        "helpdesk_lock",
        "SELECT count(*) FROM helpdesk_lock AS x WHERE NOT EXISTS \
         (SELECT 1 FROM helpdesk_ticket AS t WHERE t.tenant = x.tenant AND t.id = x.ticket)",
    ),
    (
        "helpdesk_key",
        "SELECT count(*) FROM helpdesk_key AS x WHERE ticket IS NOT NULL AND NOT EXISTS \
         (SELECT 1 FROM helpdesk_ticket AS t WHERE t.tenant = x.tenant AND t.id = x.ticket AND t.version >= x.version)",
    ),
    (
        "helpdesk_outbox",
        "SELECT count(*) FROM helpdesk_outbox AS x WHERE NOT EXISTS (SELECT 1 FROM helpdesk_event AS e \
         WHERE e.tenant = x.tenant AND e.ticket = x.ticket AND e.seq = x.seq)",
    ),
];

async fn pages(connection: &mut SqliteConnection) -> Result<Vec<Finding>, Fault> {
    let rows = sqlx::query("PRAGMA integrity_check").fetch_all(connection).await?;
    let mut findings = Vec::new();
    for row in &rows {
        let words = row.text(0)?;
        if words != "ok" {
            findings.push(finding("file", Damage::Engine { words }));
        }
    }
    Ok(findings)
}

fn stored(after: i64) -> Sql {
    let mut sql = Sql::new();
    let params = [sql.param(after), sql.param(STRIDE)];
    sql.add(
        "SELECT row, tenant, doc, shelf, live, status, rank, created_at, updated_at, due_at, assignee, team, category, \
         requester, organization, kind, channel, number_key, version, last_seq, last_author, other_seq, id, event_seq, \
         (SELECT max(seq) FROM helpdesk_event AS e WHERE e.tenant = t.tenant AND e.ticket = t.id), \
         (SELECT count(*) FROM helpdesk_message AS m WHERE m.tenant = t.tenant AND m.ticket = t.id), breach_at \
         FROM helpdesk_ticket AS t WHERE row > ? ORDER BY row LIMIT 0 + ?",
        &params,
    );
    sql
}

/// Holds a row against its document.
async fn one(
    row: &SqliteRow,
    connection: &mut SqliteConnection,
    totals: &mut [i64; TABLES.len()],
    findings: &mut Vec<Finding>,
) -> Result<(), Fault> {
    let id = row.ticket_id(22)?;
    let mut found = |damage: Damage| findings.push(finding(&format!("ticket {id}"), damage));
    let Ok(ticket) = unpack_ticket(id.0, row.text(2)?) else {
        found(Damage::Unreadable);
        return Ok(());
    };
    if !columns_agree(row, &ticket)? {
        found(Damage::IndexDiffers);
    }
    let (history, end) = (row.maybe_int(24)?.unwrap_or(0), row.int(23)?);
    if history != end {
        found(Damage::HistoryEnd { history: rows(history), ticket: rows(end) });
    }
    let messages = row.int(25)?;
    if messages != i64::from(ticket.messages) {
        found(Damage::Messages { found: rows(messages), expected: ticket.messages.into() });
    }
    let tenant = row.text(1)?;
    let expected = expected(&ticket);
    for (total, expected) in totals.iter_mut().zip(&expected) {
        *total += *expected;
    }
    let there = rows_of(&tenant, row.int(0)?, &ticket).rows(connection).await?;
    let [there] = there.as_slice() else { return Ok(()) };
    for (column, ((table, _), expected)) in TABLES.iter().zip(expected).enumerate() {
        if there.int(column)? != expected {
            found(Damage::Missing { table: (*table).to_owned() });
        }
    }
    if there.int(TABLES.len())? != i64::try_from(ticket.external.len()).unwrap_or(i64::MAX) {
        found(Damage::Missing { table: "helpdesk_external".to_owned() });
    }
    Ok(())
}

fn columns_agree(row: &SqliteRow, ticket: &Ticket) -> Result<bool, Fault> {
    let (status, kind, channel) = (row.text(5)?, row.text(15)?, row.text(16)?);
    let texts = [10, 11, 12, 13, 14].map(|column| row.maybe_text(column));
    let [assignee, team, category, requester, organization] = texts;
    let (assignee, team, category) = (assignee?, team?, category?);
    let (requester, organization) = (requester?, organization?);
    let stored = Indexed {
        shelf: row.int(3)?,
        live: row.int(4)?,
        status: &status,
        rank: row.int(6)?,
        created_at: row.int(7)?,
        updated_at: row.int(8)?,
        due_at: row.int(9)?,
        breach_at: row.maybe_int(26)?,
        assignee: assignee.as_deref(),
        team: team.as_deref(),
        category: category.as_deref(),
        requester: requester.as_deref(),
        organization: organization.as_deref(),
        kind: &kind,
        channel: &channel,
    };
    let newest = (row.int(19)?, row.maybe_text(20)?, row.int(21)?);
    Ok(stored == Indexed::of(ticket)
        && row.text(17)? == ticket.number.key().as_str()
        && row.int(18)? == index::version(ticket)
        && newest == index::newest(ticket)
        && row.ticket_id(22)? == ticket.id)
}

/// How many rows a ticket has in each of [`TABLES`].
fn expected(ticket: &Ticket) -> [i64; TABLES.len()] {
    let values = [Values::tags(ticket), Values::terms(ticket), Values::participants(ticket)];
    let [tags, terms, participants] = values.map(|values| values.texts.len());
    [tags, terms, participants, ticket.timers().len()].map(|count| i64::try_from(count).unwrap_or(i64::MAX))
}

/// Counts the rows that a ticket should have and has.
fn rows_of(tenant: &str, row: i64, ticket: &Ticket) -> Sql {
    let mut sql = Sql::new();
    let bucket = TenantId::new(tenant).map_or(-1, |tenant| i64::from(Shard::bucket(&tenant)));
    let (tenant, row, bucket) = (sql.param(tenant), sql.param(row), sql.param(bucket));
    let id = sql.param(ticket.id.0.as_bytes().as_slice());
    let live = sql.param(Indexed::of(ticket).live);
    let mut texts = |values: Values| sql.param(list(values.texts.iter().map(String::as_str)));
    let (tags, terms) = (texts(Values::tags(ticket)), texts(Values::terms(ticket)));
    let participants = texts(Values::participants(ticket));
    let timers = ticket.timers();
    let timers: Vec<_> = timers.iter().map(|timer| (timer.key.as_str(), to_micros(timer.at))).collect();
    let timers = sql.param(timers.into_iter().collect::<serde_json::Value>().to_string());
    let external = ticket.external.iter().map(|external| (external.source.as_str(), external.id.as_str()));
    let external = external.map(|(source, id)| list([source, id])).collect::<Vec<_>>().join(",");
    let external = sql.param(format!("[{external}]"));
    sql.add(
        "SELECT (SELECT count(*) FROM json_each(?) AS j CROSS JOIN helpdesk_tag AS x \
         ON x.tenant = ? AND x.tag = j.value AND x.live = ? AND x.row = ?), ",
        &[tags, tenant, live, row],
    );
    sql.add(
        "(SELECT count(*) FROM json_each(?) AS j CROSS JOIN helpdesk_term AS x \
         ON x.tenant = ? AND x.term = j.value AND x.live = ? AND x.row = ?), ",
        &[terms, tenant, live, row],
    );
    sql.add(
        "(SELECT count(*) FROM json_each(?) AS j CROSS JOIN helpdesk_participant AS x \
         ON x.tenant = ? AND x.party = j.value AND x.live = ? AND x.row = ?), ",
        &[participants, tenant, live, row],
    );
    sql.add(
        "(SELECT count(*) FROM json_each(?) AS j CROSS JOIN helpdesk_timer AS x \
         ON x.bucket = ? AND x.at = j.value AND x.key = j.key AND x.tenant = ? AND x.ticket = ?), ",
        &[timers, bucket, tenant, id],
    );
    sql.add(
        "(SELECT count(*) FROM json_each(?) AS j CROSS JOIN helpdesk_external AS x ON x.tenant = ? \
         AND x.source = j.value ->> 0 AND x.id = j.value ->> 1 AND x.ticket = ?)",
        &[external, tenant, id],
    );
    sql
}

fn finding(place: &str, damage: Damage) -> Finding {
    Finding { place: place.to_owned(), damage }
}

fn rows(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
