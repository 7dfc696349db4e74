//! How tables come into a database, on every engine: at once from many processes, within the host's transaction, by the
//! host's own tool; and what is refused untouched.

#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod engines;
mod servers;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use engines::{Engine, Home, homes};
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::store::{FaultKind, SchemaState, Store, StoreError};
use helpdesk_core::{Helpdesk, Settings};
use helpdesk_store_sql::StepForm;

/// How many start at once.
const PROCESSES: usize = 10;
/// What a child is told: engine and place.
const TOLD: &str = "HELPDESK_TEST_START";

/// Both versions of tables that are as this code wants them.
const CURRENT: SchemaState = SchemaState { found: 1, supported: 1 };

fn kind<T>(answer: Result<T, StoreError>) -> FaultKind {
    answer.err().expect("it is refused").kind
}

/// Opens a ticket and answers it; gives its number.
async fn life(store: &Arc<dyn Store>) -> String {
    let desk = Helpdesk::over(Arc::clone(store)).build();
    let tenant = desk.tenant("acme").unwrap();
    tenant.admin("root").unwrap().init(&Settings { outbox: true, ..Settings::usual() }).await.unwrap();
    let anna = tenant.agent("anna").unwrap();
    let new = OpenTicket::new("Till is down").from_email("max@example.com").unwrap().saying("It does not start.");
    let ticket = anna.open(new).idempotent(&uuid::Uuid::new_v4().to_string()).unwrap().await.unwrap().ticket;
    let held = anna.lock(ticket.id, Some("writing")).await.unwrap();
    anna.reply(ticket.id, "Off and on again.").under_lock(held.token).await.unwrap();
    anna.tag(ticket.id, &["vip"], &[]).await.unwrap();
    anna.mark_read(ticket.id).await.unwrap();
    anna.unlock(ticket.id, held.token).await.unwrap();
    ticket.number.to_string()
}

async fn is_clean(store: &Arc<dyn Store>) {
    assert_eq!(store.check().await.unwrap(), []);
    let report = Helpdesk::over(Arc::clone(store)).build().check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child of another test"]
async fn child_starts() {
    let told = std::env::var(TOLD).unwrap();
    let (engine, place) = told.split_once(' ').unwrap();
    let engine = Engine::ALL.into_iter().find(|known| known.name() == engine).unwrap();
    let home = Home::at(engine, place).await;
    // Whoever looked already must not believe what was seen then.
    assert_eq!(kind(home.open().await), FaultKind::NeedsMigration);
    println!("\nsaid ready");
    // Meanwhile the connection goes back into the pool, so that it is taken again.
    let go = tokio::task::spawn_blocking(|| std::io::stdin().lock().read_line(&mut String::new()));
    go.await.unwrap().unwrap();
    let state = home.migrate().await.unwrap();
    let number = life(&home.open().await.unwrap()).await;
    println!("\nsaid {} {} {number}", state.found, state.supported);
}

/// What the processes say that start at once on a database.
fn start_at_once(home: &Home) -> Vec<String> {
    let mut children: Vec<(Child, _)> = (0..PROCESSES)
        .map(|_| {
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "child_starts", "--ignored", "--nocapture", "--test-threads=1"])
                .env(TOLD, format!("{} {}", home.engine.name(), home.place))
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines();
            (child, lines.map_while(Result::ok).filter_map(|line| line.strip_prefix("said ").map(str::to_owned)))
        })
        .collect();
    for (_, said) in &mut children {
        assert_eq!(said.next().as_deref(), Some("ready"));
    }
    for (child, _) in &mut children {
        writeln!(child.stdin.as_mut().unwrap(), "go").unwrap();
    }
    let ends = children.into_iter().map(|(mut child, mut said)| {
        let last = said.next();
        assert!(child.wait().unwrap().success(), "a child failed");
        last.unwrap()
    });
    ends.collect()
}

#[tokio::test]
async fn ten_processes_that_start_at_once_apply_each_step_once() {
    for home in homes().await {
        let said = start_at_once(&home);
        assert!(said.iter().all(|said| said.starts_with("1 1 ")), "{said:?}");
        let numbers: BTreeSet<_> = said.iter().map(|said| said.rsplit(' ').next().unwrap()).collect();
        assert_eq!(numbers.len(), PROCESSES, "{said:?}");
        let status = home.status().await;
        assert_eq!((status.state(), status.fault(), status.pending.len()), (CURRENT, None, 0));
        let applied: Vec<_> = status.applied.iter().map(|step| (step.version, &*step.name, step.form)).collect();
        assert_eq!(applied, [(1, "base", StepForm::Same)]);
        let alone = Home::new(home.engine).await.unwrap();
        alone.migrate().await.unwrap();
        assert_eq!(home.form().await, alone.form().await);
        is_clean(&home.open().await.unwrap()).await;
    }
}

#[tokio::test]
async fn an_empty_database_asks_for_migration_and_nothing_is_made_until_then() {
    for home in homes().await {
        home.run("CREATE TABLE orders (id INTEGER)").await;
        assert_eq!(kind(home.open().await), FaultKind::NeedsMigration);
        let status = home.status().await;
        assert_eq!((status.found, status.fault()), (0, Some(FaultKind::NeedsMigration)));
        assert_eq!((status.applied.len(), status.pending.as_slice()), (0, home.steps()));
        assert_eq!(home.tables().await, [""; 0]);
        assert_eq!(home.migrate().await.unwrap(), CURRENT);
        let store = home.open().await.unwrap();
        life(&store).await;
        let (status, now) = (home.status().await, chrono::DateTime::from(std::time::SystemTime::now()));
        let since: chrono::TimeDelta = now - status.applied[0].at;
        assert!(since.num_seconds().abs() < 60, "applied just now: {:?}", status.applied);
        let before = home.dump().await;
        assert_eq!(home.migrate().await.unwrap(), CURRENT);
        assert_eq!(home.dump().await, before, "again changes nothing");
    }
}

#[tokio::test]
async fn tables_of_an_older_version_ask_for_migration() {
    for home in homes().await {
        life(&home.ready().await).await;
        home.run("UPDATE helpdesk_schema SET version = 0; DELETE FROM helpdesk_migrations").await;
        let before = home.dump().await;
        let error = home.open().await.err().unwrap();
        assert_eq!(error.kind, FaultKind::NeedsMigration);
        assert_eq!(home.status().await.pending, home.steps());
        assert_eq!(home.dump().await, before);
    }
}

#[tokio::test]
async fn what_newer_code_wrote_for_newer_code_is_refused_untouched() {
    for home in homes().await {
        life(&home.ready().await).await;
        home.run("UPDATE helpdesk_schema SET version = 7, min_reader = 6, min_writer = 7").await;
        let before = (home.form().await, home.dump().await);
        assert_eq!(kind(home.open().await), FaultKind::SchemaTooNew);
        assert_eq!(kind(home.migrate().await), FaultKind::SchemaTooNew);
        let status = home.status().await;
        assert_eq!((status.found, status.min_reader, status.min_writer), (7, 6, 7));
        assert_eq!(status.fault(), Some(FaultKind::SchemaTooNew));
        assert!((home.form().await, home.dump().await) == before, "{:?}", home.engine);
    }
}

#[tokio::test]
async fn what_newer_code_expanded_is_worked_with() {
    for home in homes().await {
        let store = home.ready().await;
        let first = life(&store).await;
        store.close().await.unwrap();
        // What the first half of a change may do: a column more in every table, and another table.
        for table in home.tables().await {
            home.run(&format!("ALTER TABLE {table} ADD COLUMN added INTEGER")).await;
        }
        home.run(
            "CREATE TABLE helpdesk_added (id INTEGER PRIMARY KEY); \
             UPDATE helpdesk_schema SET version = 2; \
             INSERT INTO helpdesk_migrations (version, name, checksum, applied_at) \
             SELECT 2, 'expand', 'of newer code', applied_at FROM helpdesk_migrations",
        )
        .await;
        let state = SchemaState { found: 2, supported: 1 };
        let noted = "SELECT checksum FROM helpdesk_migrations ORDER BY version";
        let before = (home.form().await, home.texts(noted).await);
        assert_eq!(home.migrate().await.unwrap(), state);
        let store = home.open().await.unwrap();
        let second = life(&store).await;
        assert!(second > first, "{second} after {first}");
        is_clean(&store).await;
        let status = home.status().await;
        assert_eq!((status.state(), status.fault(), status.applied[1].form), (state, None, StepForm::Newer));
        assert_eq!((home.form().await, home.texts(noted).await), before);
    }
}

#[tokio::test]
async fn a_step_that_was_applied_in_another_form_is_refused() {
    for home in homes().await {
        life(&home.ready().await).await;
        home.run("UPDATE helpdesk_migrations SET checksum = 'another'").await;
        let before = home.dump().await;
        assert_eq!(kind(home.open().await), FaultKind::Unsupported);
        assert_eq!(kind(home.migrate().await), FaultKind::Unsupported);
        let status = home.status().await;
        assert_eq!((status.fault(), status.applied[0].form), (Some(FaultKind::Unsupported), StepForm::Other));
        assert_eq!(home.dump().await, before);
    }
}

#[tokio::test]
async fn what_the_hosts_own_tool_applied_is_known() {
    for home in homes().await {
        for step in home.steps() {
            home.run(&step.script()).await;
        }
        let status = home.status().await;
        assert_eq!((status.state(), status.fault(), status.pending.len()), (CURRENT, None, 0));
        let before = home.dump().await;
        assert_eq!(home.migrate().await.unwrap(), CURRENT);
        assert_eq!(home.dump().await, before);
        let store = home.open().await.unwrap();
        life(&store).await;
        is_clean(&store).await;
        let migrated = Home::new(home.engine).await.unwrap();
        migrated.migrate().await.unwrap();
        assert_eq!(home.form().await, migrated.form().await);
    }
}

/// DDL commits by itself there: whatever a process had done when it was killed, the next one goes on.
#[tokio::test]
async fn a_step_that_was_cut_short_on_mariadb_is_taken_again() {
    let Some(whole) = Home::new(Engine::MySql).await else { return };
    whole.migrate().await.unwrap();
    let (form, rows) = (whole.form().await, whole.texts("SELECT count(*) FROM helpdesk_bucket").await);
    let script = whole.steps()[0].script();
    let statements: Vec<_> = script.split_inclusive(";\n").collect();
    for done in 1..statements.len() {
        let home = Home::new(Engine::MySql).await.unwrap();
        home.run(&statements[..done].concat()).await;
        assert_eq!(home.migrate().await.unwrap(), CURRENT, "after {done} statements");
        assert_eq!(home.form().await, form);
        assert_eq!(home.texts("SELECT count(*) FROM helpdesk_bucket").await, rows);
        assert_eq!(home.status().await.pending.len(), 0);
    }
}
