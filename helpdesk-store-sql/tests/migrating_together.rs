//! Tables that come into a database within the host's transaction, and several desks in one database.

#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod engines;
mod polls;
mod servers;

use engines::{Engine, Home, Pool, homes};
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::store::{FaultKind, Maintenance, SchemaState};
use helpdesk_store_sql::{Join, SqlOptions, SqlPool};
use polls::drop_after;
use servers::{Database, Server};

const CURRENT: SchemaState = SchemaState { found: 1, supported: 1 };

/// Homes whose engine takes back tables that were made.
async fn transactional() -> Vec<Home> {
    homes().await.into_iter().filter(|home| home.engine != Engine::MySql).collect()
}

async fn orders(home: &Home) -> usize {
    home.texts("SELECT CAST(id AS CHAR(9)) FROM orders").await.len()
}

#[tokio::test]
async fn tables_are_made_together_with_the_hosts_or_not_at_all() {
    for home in transactional().await {
        for keep in [false, true] {
            let mut transaction = home.begin().await;
            transaction.run("CREATE TABLE orders (id INTEGER)").await;
            assert_eq!(transaction.migrate(&home).await.unwrap(), CURRENT);
            assert_eq!(transaction.migrate(&home).await.unwrap(), CURRENT, "again is fine");
            transaction.run("INSERT INTO orders VALUES (1)").await;
            if keep {
                transaction.commit().await;
            } else {
                transaction.rollback().await;
                assert_eq!(home.tables().await, [""; 0], "{:?}", home.engine);
                assert_eq!(home.status().await.found, 0);
            }
        }
        assert_eq!((home.status().await.fault(), orders(&home).await), (None, 1));
        let alone = Home::new(home.engine).await.unwrap();
        alone.migrate().await.unwrap();
        assert_eq!(home.form().await, alone.form().await);
        assert_eq!(home.open().await.unwrap().check().await.unwrap(), []);
    }
}

#[tokio::test]
async fn on_mariadb_it_is_refused_before_the_hosts_part_is_committed() {
    let Some(home) = Home::new(Engine::MySql).await else { return };
    home.run("CREATE TABLE orders (id INTEGER)").await;
    let mut transaction = home.begin().await;
    transaction.run("INSERT INTO orders VALUES (1)").await;
    assert_eq!(transaction.migrate(&home).await.unwrap_err().kind, FaultKind::Unsupported);
    transaction.run("INSERT INTO orders VALUES (2)").await;
    transaction.rollback().await;
    assert_eq!((orders(&home).await, home.tables().await.len()), (0, 0));
}

#[tokio::test]
async fn what_is_refused_leaves_the_transaction_as_it_was() {
    for home in transactional().await {
        home.migrate().await.unwrap();
        home.run("CREATE TABLE orders (id INTEGER)").await;
        for (broken, kind) in [
            ("UPDATE helpdesk_migrations SET checksum = 'another'", FaultKind::Unsupported),
            ("UPDATE helpdesk_schema SET version = 7, min_writer = 7", FaultKind::SchemaTooNew),
            // A table is in the way when the step has made others.
            ("DROP TABLE helpdesk_schema; DROP TABLE helpdesk_migrations", FaultKind::Unexpected),
        ] {
            home.run(broken).await;
            let (before, orders_before) = ((home.form().await, home.dump().await), orders(&home).await);
            let mut transaction = home.begin().await;
            transaction.run("INSERT INTO orders VALUES (1)").await;
            assert_eq!(transaction.migrate(&home).await.unwrap_err().kind, kind, "{:?} {broken}", home.engine);
            transaction.run("INSERT INTO orders VALUES (2)").await;
            transaction.commit().await;
            assert_eq!(orders(&home).await, orders_before + 2, "{:?}", home.engine);
            assert_eq!((home.form().await, home.dump().await), before, "{:?} {broken}", home.engine);
        }
    }
}

#[tokio::test]
async fn dropped_at_any_time_and_committed_it_left_everything_or_nothing() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let mut ends = [false; 2];
        for polls in 1..200 {
            let Some(home) = Home::new(engine).await else { break };
            let mut transaction = home.begin().await;
            let ended = drop_after(polls, transaction.migrate(&home)).await.is_some();
            transaction.commit().await;
            let made = home.tables().await.len();
            assert!(
                made == 0 || home.status().await.fault().is_none(),
                "{engine:?}: {made} tables after {polls} polls"
            );
            home.migrate().await.unwrap();
            assert_eq!(home.open().await.unwrap().check().await.unwrap(), []);
            ends[usize::from(ended)] = true;
            if ended {
                break;
            }
        }
        assert!(ends == [true; 2] || Home::new(engine).await.is_none(), "{engine:?}: {ends:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_transactions_at_once_wait_for_each_other() {
    for home in transactional().await {
        let one = async {
            let mut transaction = home.begin().await;
            let state = transaction.migrate(&home).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            transaction.commit().await;
            state
        };
        let other = async {
            let mut transaction = home.begin().await;
            let state = transaction.migrate(&home).await.unwrap();
            transaction.commit().await;
            state
        };
        assert_eq!(tokio::join!(one, other), (CURRENT, CURRENT));
        assert_eq!(home.status().await.applied.len(), 1);
    }
}

#[tokio::test]
async fn a_transaction_that_does_not_see_what_others_migrated_is_to_be_begun_anew() {
    let Some(home) = Home::new(Engine::Postgres).await else { return };
    let mut first = home.begin().await;
    first.migrate(&home).await.unwrap();
    let mut stale = home.begin().await;
    stale.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ").await;
    let (refused, ()) = tokio::join!(stale.migrate(&home), async {
        // The other one waits for its turn by now, and has its view.
        let waiting = "SELECT pid::text FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database \
            WHERE NOT granted AND datname = current_database()";
        while home.texts(waiting).await.is_empty() {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        first.commit().await;
    });
    assert_eq!(refused.unwrap_err().kind, FaultKind::Conflict);
    stale.rollback().await;
    let mut anew = home.begin().await;
    assert_eq!(anew.migrate(&home).await.unwrap(), CURRENT);
    anew.commit().await;
}

/// Two schemas of one server in which a desk may be, and what keeps them.
async fn two_schemas(home: &Home) -> ([String; 2], Vec<Database>) {
    if home.engine == Engine::Postgres {
        home.run("CREATE SCHEMA desk_a; CREATE SCHEMA desk_b").await;
        return (["desk_a", "desk_b"].map(str::to_owned), Vec::new());
    }
    let databases = [Database::create(Server::MySql).await, Database::create(Server::MySql).await];
    let names = databases.each_ref().map(|database| database.url.rsplit('/').next().unwrap().to_owned());
    (names, databases.into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_desks_in_two_schemas_know_nothing_of_each_other() {
    for home in [Engine::Postgres, Engine::MySql] {
        let Some(home) = Home::new(home).await else { continue };
        let pool: SqlPool = match &home.pool {
            Pool::Postgres(pool) => pool.clone().into(),
            Pool::MySql(pool) => pool.clone().into(),
            Pool::Sqlite(_) => unreachable!(),
        };
        let (schemas, _databases) = two_schemas(&home).await;
        let [a, b] = schemas.each_ref().map(|schema| {
            let options = SqlOptions::new(pool.clone()).schema(schema).unwrap();
            std::sync::Arc::new(options.gapless_numbers(true).build())
        });
        assert_eq!(a.status().await.unwrap().found, 0);
        let (one, other, again) = tokio::join!(a.migrate(), b.migrate(), a.migrate());
        assert_eq!([one.unwrap(), other.unwrap(), again.unwrap()], [CURRENT; 3]);
        assert_eq!(home.tables().await, [""; 0], "nothing where the connection looks by itself");
        for (store, tickets) in [(&a, 3), (&b, 1)] {
            let desk = Helpdesk::over(store.clone()).build();
            let anna = desk.tenant("acme").unwrap().agent("anna").unwrap();
            for _ in 0..tickets {
                anna.open(OpenTicket::new("Till is down").saying("Help")).await.unwrap();
            }
            // The same on a transaction of the host's.
            let joined = async |desk: &helpdesk_core::desk::JoinedDesk<'_>| {
                let anna = desk.tenant("acme").unwrap().agent("anna").unwrap();
                anna.open(OpenTicket::new("Order")).await.unwrap().ticket.number
            };
            let number = match &home.pool {
                Pool::Postgres(pool) => {
                    let mut transaction = pool.begin().await.unwrap();
                    let number = joined(&desk.on(&mut transaction)).await;
                    transaction.commit().await.unwrap();
                    number
                }
                Pool::MySql(pool) => {
                    let mut transaction = pool.begin().await.unwrap();
                    let number = joined(&desk.on(&mut transaction)).await;
                    transaction.commit().await.unwrap();
                    number
                }
                Pool::Sqlite(_) => unreachable!(),
            };
            assert!(number.as_str().ends_with(&format!("00000{}", tickets + 1)), "{number}");
            let status = store.status().await.unwrap();
            assert_eq!((status.applied.len(), status.fault()), (1, None));
            assert!(store.about().await.unwrap().bytes > 0);
            assert!(desk.check(|_| {}).await.unwrap().is_clean());
            assert_eq!(store.check().await.unwrap(), []);
        }
        if let Pool::Postgres(pool) = &home.pool {
            let mut transaction = pool.begin().await.unwrap();
            home.run("CREATE SCHEMA desk_c").await;
            let c = SqlOptions::new(pool.clone()).schema("desk_c").unwrap().build();
            assert_eq!(c.migrate_tx(&mut transaction).await.unwrap(), CURRENT);
            assert_eq!(c.status().await.unwrap().found, 0, "it is not committed");
            transaction.commit().await.unwrap();
            assert_eq!(c.status().await.unwrap().state(), CURRENT);
        }
    }
}
