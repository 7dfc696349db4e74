//! What lists, counts, timers and claims cost on servers: rows that the engine touches, among many tickets. They follow
//! the page, not the tenant.
#![cfg(all(feature = "postgres", feature = "mysql"))]

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId, TenantId};
use helpdesk_core::query::{Assignee, GroupBy, Scope, Sort, TicketFilter, TicketQuery};
use helpdesk_core::store::Shard;
use helpdesk_core::ticket::Tag;
use sqlx::{AssertSqlSafe, Connection, Executor};

use super::dialect::Dialect;
use super::link::{Link, Source};
use super::sql::Sql;
use super::value::{Cell, Row};
use super::{kept, page, tally};
use crate::rows::plan::{AccessPath, Place};

/// Tickets of the tenant.
const TICKETS: usize = 20_000;
/// Rows of a page.
const SIZE: usize = 50;
/// Tickets of one value (an agent, a tag …), and how many of them are live.
const OF_ONE: usize = TICKETS / 500;

fn now() -> Timestamp {
    Timestamp::from_timestamp(1_800_000_000, 0).unwrap()
}

fn tenant() -> TenantId {
    TenantId::new("acme").unwrap()
}

/// The places of the tenant: two of three categories, by four priorities.
fn places() -> Vec<Place> {
    let statuses = [(0, "new"), (1, "open"), (5, "closed")];
    statuses.iter().flat_map(|(shelf, status)| (0..4).map(|prio| (*shelf, (*status).to_owned(), prio))).collect()
}

/// Tickets straight into the tables: what is tried here reads no document.
const FILL: &str = "INSERT INTO helpdesk_ticket (tenant, id, version, event_seq, created_at, updated_at, due_at, breach_at, \
     last_seq, other_seq, lock_until, shelf, live, prio, number_key, status, assignee, team, category, requester, \
     organization, kind, channel, last_author, doc) SELECT 'acme', {id}, 1, 1, n * 1000, n * 1000 + 7, \
     CASE WHEN n % 100 = 0 THEN n * 1000 ELSE 9223372036854775807 END, CASE WHEN n % 500 = 0 THEN n * 1000 END, 1, 1, \
     CASE WHEN n % 500 = 1 THEN 1900000000000000 END, CASE n % 3 WHEN 0 THEN 0 WHEN 1 THEN 1 ELSE 5 END, \
     CASE n % 3 WHEN 2 THEN 0 ELSE 1 END, n % 4, concat('n', n), \
     CASE n % 3 WHEN 0 THEN 'new' WHEN 1 THEN 'open' ELSE 'closed' END, \
     concat('agent', n % 500), concat('team', n % 500), concat('category', n % 500), concat('contact', n % 500), \
     concat('organization', n % 500), 'ticket', 'api', 'requester:max', '' FROM {numbers}";
const VALUES: &str = "INSERT INTO helpdesk_value (tenant, kind, value, live, ticket) \
     SELECT tenant, {kind}, concat({prefix}, substr(assignee, 6)), live, id FROM helpdesk_ticket";
const COUNTERS: &str = "INSERT INTO helpdesk_counter (tenant, counted, shelf, status, prio, stripe, n) \
     SELECT tenant, 'all', shelf, status, prio, 0, count(*) FROM helpdesk_ticket GROUP BY tenant, shelf, status, prio";
const TIMERS: &str = "INSERT INTO helpdesk_timer (bucket, at, name, tenant, ticket) \
     SELECT {bucket}, created_at, 'auto_close', tenant, id FROM helpdesk_ticket";
const OUTBOX: &str = "INSERT INTO helpdesk_outbox (bucket, tenant, ticket, seq, free_at, attempts) \
     SELECT {bucket}, tenant, id, 1, 0, 0 FROM helpdesk_ticket";
const EVENTS: &str = "INSERT INTO helpdesk_event (tenant, ticket, seq, version, at, actor, id, doc) \
     SELECT tenant, id, 1, 1, 0, 'system', id, '' FROM helpdesk_ticket";

fn statements(id: &str, numbers: &str) -> Vec<String> {
    let bucket = Shard::bucket(&tenant()).to_string();
    let mut all = vec![FILL.replace("{id}", id).replace("{numbers}", numbers)];
    for (kind, prefix) in [("'tag'", "'tag'"), ("'term'", "'term'"), ("'party'", "'agent:agent'")] {
        all.push(VALUES.replace("{kind}", kind).replace("{prefix}", prefix));
    }
    all.push(COUNTERS.to_owned());
    all.extend([TIMERS, OUTBOX, EVENTS].map(|text| text.replace("{bucket}", &bucket)));
    all
}

/// Questions with how many rows each may touch for each of its arms.
fn questions() -> Vec<(&'static str, TicketQuery)> {
    let open = TicketFilter::open;
    let one = |filter: TicketFilter| TicketQuery::new(filter, Sort::Priority, now());
    let party = Actor::Agent(AgentId::new("agent7").unwrap());
    let scope = Scope::Requester {
        contact: ContactId::new("contact7").unwrap(),
        organization: Some(OrganizationId::new("organization9").unwrap()),
    };
    let mut all: Vec<_> =
        Sort::ALL.into_iter().map(|sort| (sort.as_str(), TicketQuery::new(open(), sort, now()))).collect();
    all.extend([
        ("agent", one(TicketFilter { assignee: Some(Assignee::Agent(AgentId::new("agent7").unwrap())), ..open() })),
        ("team", one(TicketFilter { team: Some(TeamId::new("team7").unwrap()), ..open() })),
        ("category", one(TicketFilter { category: Some(CategoryId::new("category7").unwrap()), ..open() })),
        ("requester", one(TicketFilter { requester: Some(ContactId::new("contact7").unwrap()), ..open() })),
        (
            "organization",
            one(TicketFilter { organization: Some(OrganizationId::new("organization7").unwrap()), ..open() }),
        ),
        ("tag", one(TicketFilter { tags: vec![Tag::new("tag7").unwrap()], ..open() })),
        ("word", one(TicketFilter { words: "term7".to_owned(), ..open() })),
        ("participant", one(TicketFilter { participant: Some(party), ..open() })),
        ("locked", one(TicketFilter { locked: true, ..open() })),
        ("breached", one(TicketFilter { breached: true, ..open() })),
        ("overdue", one(TicketFilter { overdue: true, ..open() })),
        ("sight", TicketQuery { scope, ..one(TicketFilter::all()) }),
    ]);
    all
}

/// What an engine touches for a statement.
async fn touched(link: &mut dyn Link, sql: &Sql) -> usize {
    if link.dialect().name == "postgres" {
        let rows = link.rows(&sql.explained("EXPLAIN (ANALYZE, FORMAT JSON) ")).await.unwrap();
        let Some(Row(cells)) = rows.first() else { return 0 };
        let Some(Cell::Text(text)) = cells.first() else { panic!("{cells:?}") };
        let plan: serde_json::Value = serde_json::from_str(text).unwrap();
        return scanned(&plan[0]["Plan"]);
    }
    link.run(&Sql::of("FLUSH STATUS", [])).await.unwrap();
    link.rows(sql).await.unwrap();
    let read = "SHOW SESSION STATUS WHERE Variable_name IN ('Handler_read_key', 'Handler_read_next', \
        'Handler_read_prev', 'Handler_read_first', 'Handler_read_last', 'Handler_read_rnd_next')";
    let rows = link.rows(&Sql::of(read, [])).await.unwrap();
    let number = |row: &Row| match row.0.get(1) {
        Some(Cell::Bytes(bytes)) => String::from_utf8_lossy(bytes).parse::<usize>().unwrap(),
        other => panic!("{other:?}"),
    };
    rows.iter().map(number).sum()
}

/// Rows that the scans of a plan gave or threw away.
fn scanned(plan: &serde_json::Value) -> usize {
    let number = |key: &str| plan[key].as_f64().unwrap_or(0.0);
    let loops = number("Actual Loops");
    let own = if plan["Relation Name"].is_string() {
        (number("Actual Rows") + number("Rows Removed by Filter") + number("Rows Removed by Index Recheck")) * loops
    } else {
        0.0
    };
    let below = plan["Plans"].as_array().map_or(0, |plans| plans.iter().map(scanned).sum());
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count of rows")]
    let own = own as usize;
    own + below
}

async fn costs_follow_the_page(source: Arc<dyn Source>) {
    let mut link = source.clean_link().await.unwrap();
    let dialect: &Dialect = link.dialect();
    let mut costs = Vec::new();
    for (name, query) in questions() {
        let path = AccessPath::choose(&query);
        let places = places();
        let arms = path.arms(&query, &places, None);
        let list = page::select(dialect, &tenant(), &query, &arms, None, SIZE);
        // Each arm gives a page at most, and each row of the page its document; MariaDB reads its merge once more.
        let bound = if matches!(path, AccessPath::Places(_)) { arms.len() * (SIZE + 1) * 3 } else { OF_ONE * 16 };
        costs.push((format!("list by {name}"), touched(link.as_mut(), &list).await, bound + SIZE * 6));
    }
    let agent = AgentId::new("agent7").unwrap();
    let mine = TicketFilter {
        assignee: Some(Assignee::Agent(agent)),
        team: Some(TeamId::new("team7").unwrap()),
        ..TicketFilter::open()
    };
    let mine = TicketQuery::new(mine, Sort::Priority, now());
    let arms = AccessPath::choose(&mine).arms(&mine, &[], None);
    let count = tally::count(dialect, &tenant(), &mine, &arms, GroupBy::Status);
    costs.push(("count of one's own".to_owned(), touched(link.as_mut(), &count).await, OF_ONE * 6));
    let all = TicketQuery::new(TicketFilter::open(), Sort::Priority, now());
    let open = all.kept(GroupBy::Status).unwrap();
    let open = kept::sql(dialect, open, &tenant(), &all, GroupBy::Status);
    costs.push(("count of the open".to_owned(), touched(link.as_mut(), &open).await, 200));
    let buckets: Vec<i64> = (0..64).collect();
    for (name, sql) in
        [("timers", (dialect.due)(&buckets, i64::MAX, 50)), ("claim", (dialect.waiting)(&buckets, i64::MAX, 50))]
    {
        costs.push((name.to_owned(), touched(link.as_mut(), &sql).await, 50 * 10));
    }
    for (name, cost, bound) in &costs {
        println!("{}: {name} touches {cost} rows of at most {bound}", dialect.name);
    }
    for (name, cost, bound) in costs {
        assert!(cost <= bound, "{}: {name} touches {cost} rows, at most {bound} expected", dialect.name);
    }
}

/// A database of this test's, gone at the end unless it fails.
fn name() -> String {
    format!("helpdesk_plans_{}", uuid::Uuid::new_v4().simple())
}

fn lacking(variable: &str) -> Option<String> {
    let url = std::env::var(variable).ok().filter(|url| !url.is_empty());
    if url.is_none() {
        let required = std::env::var("HELPDESK_TEST_REQUIRE").is_ok_and(|required| required == "all");
        assert!(!required, "missing: {variable} (run the tests with scripts/test)");
        println!("skipped: {variable}");
    }
    url
}

#[tokio::test]
async fn costs_follow_the_page_on_postgres() {
    let Some(url) = lacking("HELPDESK_TEST_POSTGRES_URL") else { return };
    let name = name();
    let mut admin = sqlx::PgConnection::connect(&url).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (base, _) = url.rsplit_once('/').unwrap();
    let pool = sqlx::PgPool::connect(&format!("{base}/{name}")).await.unwrap();
    let source = crate::postgres::PgSource { pool: pool.clone(), schema: None, patience: Duration::from_mins(1) };
    source.clean_link().await.unwrap().migrate().await.unwrap();
    let id = "('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid";
    for statement in statements(id, &format!("generate_series(1, {TICKETS}) AS n")) {
        pool.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    pool.execute("VACUUM ANALYZE").await.unwrap();
    costs_follow_the_page(Arc::new(source)).await;
    pool.close().await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
}

#[tokio::test]
async fn costs_follow_the_page_on_mysql() {
    let Some(url) = lacking("HELPDESK_TEST_MYSQL_URL") else { return };
    let name = name();
    let mut admin = sqlx::MySqlConnection::connect(&url).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (base, _) = url.rsplit_once('/').unwrap();
    let pool = sqlx::MySqlPool::connect(&format!("{base}/{name}")).await.unwrap();
    let source = crate::mysql::MySqlSource::new(pool.clone(), None, Duration::from_mins(1));
    source.clean_link().await.unwrap().migrate().await.unwrap();
    let numbers = format!(
        "(WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < {TICKETS}) SELECT n FROM s) AS x"
    );
    for statement in statements("UNHEX(LPAD(HEX(n), 32, '0'))", &numbers) {
        let statement = format!("SET STATEMENT max_recursive_iterations = {TICKETS} FOR {statement}");
        pool.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    pool.execute("ANALYZE TABLE helpdesk_ticket, helpdesk_value, helpdesk_timer, helpdesk_outbox").await.unwrap();
    costs_follow_the_page(Arc::new(source)).await;
    pool.close().await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {name}"))).await.unwrap();
}
