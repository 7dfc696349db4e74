//! Looking for damage: columns, values, timers, references and counters that do not belong to their ticket's document.
//! What histories fold to is checked above the port; the pages of its files are the server's own to check.

use helpdesk_core::env::to_micros;
use helpdesk_core::party::TenantId;
use helpdesk_core::store::{Damage, Finding, Shard};
use helpdesk_core::ticket::{Ticket, TicketId};

use super::bulk::Bulk;
use super::link::Link;
use super::sql::Sql;
use super::store::{Place, ServerStore};
use super::value::{Row, Value};
use crate::fault::Fault;
use crate::rows::columns::Columns;
use crate::rows::document::unpack_ticket;
use crate::rows::index::{self, Indexed, Values};

/// Tickets that are read at once.
const STRIDE: i64 = 200;

/// Looks at everything, in one view.
pub(crate) async fn check(store: &ServerStore<'_>) -> Result<Vec<Finding>, Fault> {
    store.ready().await?;
    match &store.place {
        Place::Joined(joined) => look(joined.link.lock().await.as_mut()).await,
        Place::Own(own) => {
            own.open()?;
            let mut link = own.workshop.source.clean_link().await?;
            link.view().await?;
            let findings = look(link.as_mut()).await?;
            link.undo().await?;
            Ok(findings)
        }
    }
}

async fn look(link: &mut dyn Link) -> Result<Vec<Finding>, Fault> {
    let dialect = link.dialect();
    let mut findings = Vec::new();
    let mut totals = Totals::default();
    for row in link.rows(&Sql::of(dialect.tenants, [])).await? {
        let tenant = row.text(0)?;
        let mut after = None;
        loop {
            let rows = link.rows(&stored(&tenant, after)).await?;
            let Some(last) = rows.last() else { break };
            after = Some(last.ticket_id(0)?);
            page(link, &tenant, &rows, &mut totals, &mut findings).await?;
        }
    }
    for (table, count, expected) in [
        ("helpdesk_value", "SELECT count(*) FROM helpdesk_value", totals.values),
        ("helpdesk_timer", "SELECT count(*) FROM helpdesk_timer", totals.timers),
    ] {
        let found = number(link, count).await?;
        if found > expected {
            findings.push(finding(table, Damage::Strays { rows: found - expected }));
        }
    }
    let counts = number(link, COUNTS).await?;
    if counts > 0 {
        findings.push(finding("helpdesk_counter", Damage::CountsDiffer { rows: counts }));
    }
    for (table, query) in STRAYS {
        let rows = number(link, query).await?;
        if rows > 0 {
            findings.push(finding(table, Damage::Strays { rows }));
        }
    }
    Ok(findings)
}

/// How many rows there should be.
#[derive(Default)]
struct Totals {
    values: u64,
    timers: u64,
}

async fn number(link: &mut dyn Link, query: &'static str) -> Result<u64, Fault> {
    link.rows(&Sql::of(query, [])).await?.first().map_or(Ok(0), |row| row.count(0))
}

fn stored(tenant: &str, after: Option<TicketId>) -> Sql {
    let mut sql = Sql::new();
    let tenant = sql.param(tenant);
    sql.add(
        "SELECT t.id, t.doc, t.shelf, t.live, t.status, t.prio, t.created_at, t.updated_at, t.due_at, t.breach_at, \
         t.assignee, t.team, t.category, t.requester, t.organization, t.kind, t.channel, t.number_key, t.version, \
         t.last_seq, t.last_author, t.other_seq, t.event_seq, \
         (SELECT max(seq) FROM helpdesk_event AS e WHERE e.tenant = t.tenant AND e.ticket = t.id), \
         (SELECT count(*) FROM helpdesk_message AS m WHERE m.tenant = t.tenant AND m.ticket = t.id) \
         FROM helpdesk_ticket AS t WHERE t.tenant = ?",
        &[tenant],
    );
    if let Some(after) = after {
        let after = sql.param(after);
        sql.add(" AND t.id > ?", &[after]);
    }
    let stride = sql.param(STRIDE);
    sql.add(" ORDER BY t.id LIMIT ?", &[stride]);
    sql
}

/// Holds rows against their documents, and the rows beside them against what they should be.
async fn page(
    link: &mut dyn Link,
    tenant: &str,
    rows: &[Row],
    totals: &mut Totals,
    findings: &mut Vec<Finding>,
) -> Result<(), Fault> {
    let text = || Value::Text(None);
    let mut values = Bulk::like(&[text(), text(), text(), Value::Int(None), Value::Id(None)]);
    let mut timers = Bulk::like(&[Value::Int(None), Value::Int(None), text(), text(), Value::Id(None)]);
    let mut externals = Bulk::like(&[text(), text(), text(), Value::Id(None)]);
    let bucket = TenantId::new(tenant).map_or(-1, |tenant| i64::from(Shard::bucket(&tenant)));
    for row in rows {
        let id = row.ticket_id(0)?;
        let Ok(ticket) = unpack_ticket(id.0, row.text(1)?) else {
            findings.push(of(id, Damage::Unreadable));
            continue;
        };
        findings.extend(one(row, &ticket)?.into_iter().map(|damage| of(id, damage)));
        let sorts = [
            ("tag", Values::tags(&ticket)),
            ("term", Values::terms(&ticket)),
            ("party", Values::participants(&ticket)),
        ];
        for (kind, found) in sorts {
            for value in &found.texts {
                values.push([tenant.into(), kind.into(), value.as_str().into(), found.live.into(), id.into()]);
            }
        }
        for timer in ticket.timers() {
            let row = [bucket.into(), to_micros(timer.at).into(), timer.key.as_str().into(), tenant.into(), id.into()];
            timers.push(row);
        }
        for external in &ticket.external {
            let row = [tenant.into(), external.source.as_str().into(), external.id.as_str().into(), id.into()];
            externals.push(row);
        }
    }
    totals.values += u64::try_from(values.len()).unwrap_or(u64::MAX);
    totals.timers += u64::try_from(timers.len()).unwrap_or(u64::MAX);
    let dialect = link.dialect();
    for (table, text, bulk) in [
        ("helpdesk_value", dialect.values_missing, &values),
        ("helpdesk_timer", dialect.timers_missing, &timers),
        ("helpdesk_external", dialect.externals_missing, &externals),
    ] {
        for row in link.rows(&dialect.over(text, [bulk])).await? {
            findings.push(of(row.ticket_id(0)?, Damage::Missing { table: table.to_owned() }));
        }
    }
    Ok(())
}

/// What a ticket's own row shows.
fn one(row: &Row, ticket: &Ticket) -> Result<Vec<Damage>, Fault> {
    let mut found = Vec::new();
    if !columns_agree(row, ticket)? {
        found.push(Damage::IndexDiffers);
    }
    let (history, end) = (row.maybe_int(23)?.unwrap_or(0), row.int(22)?);
    if history != end {
        found.push(Damage::HistoryEnd { history: unsigned(history), ticket: unsigned(end) });
    }
    let messages = row.int(24)?;
    if messages != i64::from(ticket.messages) {
        found.push(Damage::Messages { found: unsigned(messages), expected: ticket.messages.into() });
    }
    Ok(found)
}

fn columns_agree(row: &Row, ticket: &Ticket) -> Result<bool, Fault> {
    let (status, kind, channel) = (row.text(4)?, row.text(15)?, row.text(16)?);
    let [assignee, team, category, requester, organization] = [10, 11, 12, 13, 14].map(|column| row.maybe_text(column));
    let (assignee, team, category) = (assignee?, team?, category?);
    let (requester, organization) = (requester?, organization?);
    let stored = Indexed {
        shelf: row.int(2)?,
        live: row.int(3)?,
        status: &status,
        rank: row.int(5)?,
        created_at: row.int(6)?,
        updated_at: row.int(7)?,
        due_at: row.int(8)?,
        breach_at: row.maybe_int(9)?,
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
        && newest == index::newest(ticket))
}

/// Kept counts that differ from the tickets.
const COUNTS: &str = "SELECT count(*) FROM (SELECT tenant, counted, shelf, status, prio FROM \
     (SELECT tenant, 'all' AS counted, shelf, status, prio, 1 AS n FROM helpdesk_ticket WHERE shelf >= 0 \
     UNION ALL SELECT tenant, CASE WHEN assignee IS NULL THEN 'none' ELSE concat('to:', assignee) END, shelf, status, \
     prio, 1 FROM helpdesk_ticket WHERE shelf >= 0 \
     UNION ALL SELECT tenant, concat('by:', coalesce(last_author, '')), shelf, status, prio, 1 FROM helpdesk_ticket \
     WHERE shelf >= 0 AND (last_seq = 0 OR other_seq = 0 AND last_author LIKE 'agent:%') \
     UNION ALL SELECT tenant, counted, shelf, status, prio, -n FROM helpdesk_counter) AS c \
     GROUP BY tenant, counted, shelf, status, prio HAVING sum(n) <> 0) AS d";

/// What belongs to nothing: marks, events, messages, references, keys, deliveries.
const STRAYS: [(&str, &str); 6] = [
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

fn of(ticket: TicketId, damage: Damage) -> Finding {
    finding(&format!("ticket {ticket}"), damage)
}

fn finding(place: &str, damage: Damage) -> Finding {
    Finding { place: place.to_owned(), damage }
}

fn unsigned(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
