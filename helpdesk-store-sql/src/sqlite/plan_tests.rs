//! What lists, counts and scheduler queries cost: their plans are read, and the steps of SQLite's machine are counted
//! at 10,000 and at 100,000 tickets. The steps come from the engine's progress handler, so no clock is involved.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, CategoryId, ContactId, OrganizationId, TeamId, TenantId};
use helpdesk_core::query::{Assignee, GroupBy, Position, Scope, Sort, TicketFilter, TicketQuery, TimeRange};
use helpdesk_core::store::Shard;
use helpdesk_core::ticket::{Priority, StatusKey, Tag, TicketId};
use sqlx::sqlite::SqliteConnection;

use super::kept;
use super::page::select;
use super::sql::Sql;
use super::tally::count;
use super::{SqliteOptions, SqliteStore, maintenance, open, tickets};
use crate::rows::columns::Columns;
use crate::rows::plan::{AccessPath, Place};

/// Tickets that are not done, at every size.
const LIVE: i64 = 2000;

fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn at(micros: i64) -> Timestamp {
    Timestamp::from_timestamp_micros(micros).unwrap()
}

/// The questions that must not cost more when done tickets grow, each with every order that this holds for.
fn questions() -> Vec<(&'static str, TicketFilter, Scope, Vec<Sort>)> {
    let all = || Sort::ALL.to_vec();
    let open = TicketFilter::open;
    let anna = AgentId::new("a1").unwrap();
    let max = ContactId::new("r15").unwrap();
    let shop = OrganizationId::new("o15").unwrap();
    let by_creation = || vec![Sort::Priority, Sort::Created];
    let mine = TicketFilter { assignee: Some(Assignee::Agent(anna.clone())), ..TicketFilter::default() };
    let of_filter = vec![
        ("all", TicketFilter::all(), all()),
        ("everything", TicketFilter::default(), all()),
        ("open", open(), all()),
        ("done", TicketFilter::done(), all()),
        ("status", TicketFilter { statuses: vec![StatusKey::new("closed").unwrap()], ..open() }, all()),
        (
            "cancelled",
            TicketFilter { statuses: vec![StatusKey::new("cancelled").unwrap()], ..TicketFilter::default() },
            all(),
        ),
        ("critical", TicketFilter { priorities: vec![Priority::Critical], ..TicketFilter::default() }, all()),
        ("mine, open", TicketFilter { categories: open().categories, ..mine.clone() }, all()),
        ("mine", mine, by_creation()),
        ("unassigned", TicketFilter { assignee: Some(Assignee::Nobody), ..open() }, all()),
        ("team", TicketFilter { team: Some(TeamId::new("t1").unwrap()), ..open() }, all()),
        ("team, done", TicketFilter { team: Some(TeamId::new("t1").unwrap()), ..TicketFilter::done() }, by_creation()),
        ("category", TicketFilter { category: Some(CategoryId::new("c1").unwrap()), ..open() }, all()),
        ("requester", TicketFilter { requester: Some(max.clone()), ..TicketFilter::default() }, all()),
        ("organization", TicketFilter { organization: Some(shop.clone()), ..TicketFilter::default() }, all()),
        ("tag", TicketFilter { tags: vec![Tag::new("vip").unwrap()], ..open() }, all()),
        ("words", TicketFilter { words: "Drucker".into(), ..open() }, all()),
        ("watched", TicketFilter { participant: Some(Actor::Agent(anna)), ..open() }, all()),
        ("locked", TicketFilter { locked: true, ..TicketFilter::default() }, all()),
        ("overdue", TicketFilter { overdue: true, ..TicketFilter::default() }, all()),
        (
            "due soon",
            TicketFilter { due_before: Some(at(600_100)), ..TicketFilter::unsolved() },
            vec![Sort::Due, Sort::Priority],
        ),
        ("breached", TicketFilter { breached: true, ..TicketFilter::unsolved() }, all()),
        ("unread", TicketFilter::unread(), all()),
        (
            "created",
            TicketFilter {
                created: TimeRange { from: Some(at(500_000)), to: Some(at(520_000)) },
                ..TicketFilter::default()
            },
            all(),
        ),
        (
            "updated",
            TicketFilter {
                updated: TimeRange { from: Some(at(500_000)), to: Some(at(520_000)) },
                ..TicketFilter::default()
            },
            all(),
        ),
    ];
    let scope = Scope::Requester { contact: max, organization: Some(shop) };
    let mut questions: Vec<_> =
        of_filter.into_iter().map(|(name, filter, sorts)| (name, filter, Scope::All, sorts)).collect();
    questions.push(("portal", TicketFilter::default(), scope, all()));
    questions
}

/// Counts that are kept.
fn board() -> [(&'static str, TicketFilter); 4] {
    let agent = AgentId::new("a1").unwrap();
    [
        ("board", TicketFilter::all()),
        ("board, unassigned", TicketFilter { assignee: Some(Assignee::Nobody), ..TicketFilter::unsolved() }),
        ("board, mine", TicketFilter { assignee: Some(Assignee::Agent(agent)), ..TicketFilter::unsolved() }),
        ("board, unread", TicketFilter::unread()),
    ]
}

fn query(filter: TicketFilter, scope: Scope, sort: Sort) -> TicketQuery {
    let reader = Some(AgentId::new("a1").unwrap());
    TicketQuery { scope, reader, ..TicketQuery::new(filter, sort, at(600_000)) }
}

/// A position in the middle of things.
fn middle(sort: Sort) -> Position {
    let (major, minor) = if sort == Sort::Priority { (1, 500_000) } else { (500_000, 0) };
    Position { major, minor, id: TicketId(uuid::Uuid::from_u128(7)) }
}

async fn places(connection: &mut SqliteConnection) -> Vec<Place> {
    let mut sql = Sql::new();
    let tenant = sql.param("acme");
    sql.add(
        "SELECT shelf, status, rank FROM helpdesk_counter WHERE tenant = ? AND counted = 'all' AND n > 0",
        &[tenant],
    );
    let rows = sql.rows(connection).await.unwrap();
    rows.iter().map(|row| (row.int(0).unwrap(), row.text(1).unwrap(), row.int(2).unwrap())).collect()
}

async fn explain(connection: &mut SqliteConnection, mut sql: Sql) -> Vec<String> {
    sql.prefix("EXPLAIN QUERY PLAN ");
    sql.rows(connection).await.unwrap().iter().map(|row| row.text(3).unwrap()).collect()
}

/// Whether a step of a plan walks a whole table or a whole index.
fn walks(step: &str) -> bool {
    let harmless =
        ["SCAN p", "SCAN json_each", "SCAN value", "SCAN o", "SCAN t", "SCAN r", "SCAN CONSTANT ROW", "SCAN (subquery"];
    let is_walk = step.starts_with("SCAN");
    // `t` and `r` are the recursion of the tenants; a ticket called `t` is always searched with an index.
    is_walk && !(harmless.contains(&step) || step.starts_with("SCAN json_each") || step.starts_with("SCAN (subquery"))
}

#[tokio::test]
async fn every_list_count_and_scheduler_query_is_a_search_of_an_index() {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions::new(folder.path().join("desk.db")).create(true);
    let _store = SqliteStore::open(options.clone()).await.unwrap();
    let mut connection = open::writer(&options).await.unwrap();
    let place = |shelf, status: &str, rank| (shelf, status.to_owned(), rank);
    let places = [place(0, "new", 1), place(1, "open", 2), place(5, "closed", 2), place(5, "cancelled", 0)];
    let mut plans = String::new();
    for (name, filter, scope, _) in questions() {
        for sort in Sort::ALL {
            let query = query(filter.clone(), scope.clone(), sort);
            let path = AccessPath::choose(&query);
            for after in [None, Some(middle(sort))] {
                let arms = path.arms(&query, &places, after.as_ref());
                if arms.is_empty() {
                    continue;
                }
                let ordered = arms.iter().all(|arm| arm.is_ordered(sort));
                let plan = explain(&mut connection, select(&acme(), &query, &arms, after.as_ref(), 50)).await;
                let walked: Vec<_> = plan.iter().filter(|step| walks(step) || step.starts_with("SCAN t")).collect();
                assert!(walked.is_empty(), "{name} by {sort:?}: {plan:#?}");
                let sorted = plan.iter().any(|step| step.contains("TEMP B-TREE"));
                assert!(!(ordered && sorted), "{name} by {sort:?} claims the order: {plan:#?}");
                plans.push_str(if ordered { "o" } else { "s" });
            }
            let arms = path.arms(&query, &places, None);
            if !arms.is_empty() && query.kept(GroupBy::Team).is_none() {
                let plan = explain(&mut connection, count(&acme(), &query, &arms, GroupBy::Team)).await;
                assert!(!plan.iter().any(|step| step.starts_with("SCAN t")), "{name}: {plan:#?}");
            }
        }
    }
    assert!(plans.contains('o') && plans.contains('s'), "both sorts of paths were looked at");
    for sql in [tickets::due(Shard::ALL, at(0), 10), super::outbox::select(Shard::ALL, 0, 10), maintenance::tenants()] {
        let plan = explain(&mut connection, sql).await;
        assert!(!plan.iter().any(|step| walks(step)), "{plan:#?}");
        assert!(!plan.iter().any(|step| step.contains("TEMP B-TREE FOR ORDER BY")), "{plan:#?}");
    }
}

/// Fills a store with as many tickets: the live ones first, everything else done. Only what queries touch is real.
async fn fill(connection: &mut SqliteConnection, tickets: i64) {
    let script = [
        "INSERT INTO helpdesk_ticket WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?1) \
         SELECT i, 'acme', unhex(printf('%032x', i)), 1, 1, 'n' || i, \
         CASE WHEN i <= ?2 THEN i % 4 WHEN i % 50 = 0 THEN 6 ELSE 5 END, i <= ?2, \
         CASE WHEN i <= ?2 THEN 's' || (i % 4) WHEN i % 50 = 0 THEN 'spam' WHEN i <= ?2 + 100 THEN 'cancelled' \
         ELSE 'closed' END, i % 4, i * 1000, i * 1000 + 7, \
         CASE WHEN i <= ?2 AND i % 10 = 0 THEN i * 1000 + 5 ELSE 9223372036854775807 END, \
         CASE WHEN i % 10 = 0 THEN -i END, \
         CASE WHEN i % 3 THEN 'a' || (i % 20) END, 't' || (i % 5), 'c' || (i % 7), 'r' || (i / 10), 'o' || (i / 10), \
         'ticket', 'api', 2, 'agent:a2', 1, '{}' FROM n",
        "INSERT INTO helpdesk_tag SELECT tenant, 'vip', live, row FROM helpdesk_ticket WHERE row % 10 = 0 AND ?1 + ?2",
        "INSERT INTO helpdesk_term SELECT tenant, 'druck', live, row FROM helpdesk_ticket WHERE row % 9 = 0 AND ?1 + ?2",
        "INSERT INTO helpdesk_participant SELECT tenant, 'agent:a1', live, row FROM helpdesk_ticket \
         WHERE row % 8 = 0 AND ?1 + ?2",
        "INSERT INTO helpdesk_counter SELECT tenant, 'all', shelf, status, rank, count(*) FROM helpdesk_ticket \
         WHERE ?1 + ?2 GROUP BY 1, 3, 4, 5",
        "INSERT INTO helpdesk_counter SELECT tenant, coalesce('to:' || assignee, 'none'), shelf, status, rank, count(*) \
         FROM helpdesk_ticket WHERE ?1 + ?2 GROUP BY 1, 2, 3, 4, 5",
        // She has read every fourth ticket; only some of them are live.
        "INSERT INTO helpdesk_mark SELECT tenant, id, 'a1', 2, live FROM helpdesk_ticket WHERE row % 4 = 0 AND ?1 + ?2",
        "INSERT INTO helpdesk_lock SELECT tenant, id, CASE WHEN row % 100 THEN 1 ELSE 900000 + ?1 * 0 END, '{}' \
         FROM helpdesk_ticket WHERE row <= ?2 OR row % 5 = 0 AND row % 100 <> 0",
        "INSERT INTO helpdesk_timer SELECT row % 64, CASE WHEN row <= 10 THEN row ELSE 900000 END, 'wake_up', tenant, id \
         FROM helpdesk_ticket WHERE ?1 + ?2",
        "INSERT INTO helpdesk_outbox SELECT row, row % 64, tenant, id, 1, 0, 0, NULL FROM helpdesk_ticket WHERE ?1 + ?2",
        "INSERT INTO helpdesk_event SELECT tenant, id, 1, 1, 0, 'system', id, '{}', NULL FROM helpdesk_ticket \
         WHERE ?1 + ?2",
    ];
    for statement in script {
        sqlx::query(statement).bind(tickets).bind(LIVE).execute(&mut *connection).await.unwrap();
    }
    let filled = sqlx::query("SELECT count(*) FROM helpdesk_ticket").fetch_one(connection).await.unwrap();
    assert_eq!(filled.int(0).unwrap(), tickets);
}

/// The steps that SQLite takes for a statement, and how many rows it gives.
async fn steps(connection: &mut SqliteConnection, sql: Sql) -> (u64, usize) {
    let steps = Arc::new(AtomicU64::new(0));
    let counter = Arc::clone(&steps);
    connection.lock_handle().await.unwrap().set_progress_handler(1, move || {
        counter.fetch_add(1, Ordering::Relaxed);
        true
    });
    let rows = sql.rows(connection).await.unwrap().len();
    connection.lock_handle().await.unwrap().remove_progress_handler();
    (steps.load(Ordering::Relaxed), rows)
}

/// Every question with its steps at one size.
async fn measure(tickets: i64) -> Vec<(String, u64)> {
    let folder = tempfile::tempdir().unwrap();
    let options = SqliteOptions::new(folder.path().join("desk.db")).create(true);
    let _store = SqliteStore::open(options.clone()).await.unwrap();
    let mut connection = open::writer(&options).await.unwrap();
    fill(&mut connection, tickets).await;
    let places = places(&mut connection).await;
    let mut measured = Vec::new();
    for (name, filter, scope, sorts) in questions() {
        for sort in sorts {
            let query = query(filter.clone(), scope.clone(), sort);
            let path = AccessPath::choose(&query);
            for after in [None, Some(middle(sort))] {
                let arms = path.arms(&query, &places, after.as_ref());
                if arms.is_empty() {
                    continue;
                }
                let sql = select(&acme(), &query, &arms, after.as_ref(), 50);
                let (steps, rows) = steps(&mut connection, sql).await;
                assert!(rows > 0 || after.is_some() || name == "status", "{name} by {sort:?} finds nothing");
                let page = if after.is_some() { "further" } else { "first" };
                measured.push((format!("{name} by {sort:?}, {page} page"), steps));
            }
        }
    }
    for (name, filter) in board() {
        let query = query(filter, Scope::All, Sort::Due);
        let read = || kept::sql(query.kept(GroupBy::Status).unwrap(), &acme(), &query, GroupBy::Status);
        let plan = explain(&mut connection, read()).await;
        assert!(!plan.iter().any(|step| step.starts_with("SCAN t") || step.starts_with("SCAN m")), "{name}: {plan:#?}");
        let (steps, rows) = steps(&mut connection, read()).await;
        assert!(rows > 0, "{name} finds nothing");
        measured.push((name.to_owned(), steps));
    }
    let open = query(TicketFilter::unsolved(), Scope::All, Sort::Due);
    let by_agent = || kept::sql(open.kept(GroupBy::Assignee).unwrap(), &acme(), &open, GroupBy::Assignee);
    let plan = explain(&mut connection, by_agent()).await;
    assert!(!plan.iter().any(|step| step.starts_with("SCAN t")), "{plan:#?}");
    let (counted, rows) = steps(&mut connection, by_agent()).await;
    assert!(rows > 1, "nobody works on anything");
    measured.push(("board, by agent".to_owned(), counted));
    for (name, sql) in [
        ("sweep", tickets::due(Shard::ALL, at(100), 10)),
        ("claim", super::outbox::select(Shard::ALL, 0, 10)),
        ("tenants", maintenance::tenants()),
    ] {
        measured.push((name.to_owned(), steps(&mut connection, sql).await.0));
    }
    measured
}

#[tokio::test]
async fn no_question_costs_more_when_done_tickets_grow_tenfold() {
    let (small, large) = (measure(10_000).await, measure(100_000).await);
    let mut worse = Vec::new();
    for ((name, small), (_, large)) in small.iter().zip(&large) {
        if *large > small + small / 4 + 200 {
            worse.push(format!("{name}: {small} steps, then {large}"));
        }
    }
    assert!(worse.is_empty(), "{worse:#?}");
    let dearest = large.iter().max_by_key(|(_, steps)| *steps);
    assert!(dearest.is_some_and(|(_, steps)| *steps < 200_000), "{dearest:?}");
}
