//! A node that is killed under load and taken in again: what was acknowledged is at every node, once, and all nodes hold
//! the same.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_core::store::*;
use helpdesk_core::ticket::{Ticket, TicketId};
use helpdesk_store_sql::SqlStore;
use sqlx::{Executor, Row};
use tokio::task::JoinSet;

use crate::acts::*;
use crate::nodes::{Database, NODES, control, fresh};

/// What was acknowledged last, of each ticket.
type Acknowledged = Arc<Mutex<BTreeMap<TicketId, Ticket>>>;

/// Opens tickets and answers them until it is told to end. What fails is not acknowledged, and may be there.
async fn client(store: Arc<SqlStore>, acknowledged: Acknowledged, count: Arc<AtomicUsize>, ending: Arc<AtomicBool>) {
    while !ending.load(Ordering::SeqCst) {
        let mut next = opening(plain("Until the end"), &anna(), at(0));
        for step in 1..5 {
            let told = Commit { outbox: true, ..commit_of(vec![next.clone()], at(step)) };
            let Ok(outcome) = store.commit(told).await else {
                tokio::time::sleep(Duration::from_millis(20)).await;
                break;
            };
            let mut ticket = next.after.clone();
            if let Some(number) = applied(outcome).numbers.pop() {
                ticket.number = number;
            }
            acknowledged.lock().unwrap().insert(ticket.id, ticket.clone());
            count.fetch_add(1, Ordering::SeqCst);
            next = write(&ticket, &reply("Once."), &anna(), at(step));
        }
    }
}

async fn more(count: &AtomicUsize, by: usize) {
    let end = count.load(Ordering::SeqCst) + by;
    while count.load(Ordering::SeqCst) < end {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// The sums of all tables at a node that has everything.
async fn sums(database: &Database, node: usize) -> Vec<(String, i64)> {
    let mut connection = database.connection(node).await;
    connection.execute("SET SESSION wsrep_sync_wait = 1").await.unwrap();
    let tables =
        "SELECT CAST(table_name AS CHAR) FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1";
    let names: Vec<String> =
        connection.fetch_all(tables).await.unwrap().iter().map(|row| row.get::<String, _>(0)).collect();
    let mut sums = Vec::new();
    for name in names {
        let sum = sqlx::AssertSqlSafe(format!("CHECKSUM TABLE {name} EXTENDED"));
        let row = connection.fetch_one(sum).await.unwrap();
        sums.push((name, row.get::<i64, _>(1)));
    }
    sums
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn what_was_acknowledged_survives_a_killed_node_and_is_the_same_at_all_of_them() {
    let (stores, database) = fresh().await;
    let (acknowledged, count) = (Acknowledged::default(), Arc::new(AtomicUsize::new(0)));
    let ending = Arc::new(AtomicBool::new(false));
    let mut clients = JoinSet::new();
    for client_of in 0..6 {
        let (store, count, ending) = (Arc::clone(&stores[client_of % NODES]), Arc::clone(&count), Arc::clone(&ending));
        clients.spawn(client(store, Arc::clone(&acknowledged), count, ending));
    }
    // Another node each time.
    for node in [2, 1] {
        more(&count, 100).await;
        control("kill", node).await;
        more(&count, 100).await;
        control("join", node).await;
    }
    more(&count, 100).await;
    ending.store(true, Ordering::SeqCst);
    clients.join_all().await;

    let acknowledged = acknowledged.lock().unwrap().clone();
    for store in &stores {
        for (id, last) in &acknowledged {
            let kept = load(store.as_ref(), *id).await.expect("it was acknowledged");
            assert!(kept.version >= last.version, "{} was acknowledged, {} stands", last.version, kept.version);
            assert_eq!(kept.number, last.number);
            let talk = store.conversation(&acme(), *id, 1..=u32::MAX).await.unwrap();
            assert_eq!(talk.len(), usize::try_from(kept.version.0).unwrap(), "a message came twice, or not at all");
        }
        let report = Helpdesk::over(Arc::clone(store) as Arc<dyn Store>).build().check(|_| {}).await.unwrap();
        assert!(report.is_clean(), "{report:?}");
        assert!(report.tickets >= u64::try_from(acknowledged.len()).unwrap());
    }
    let first = sums(&database, 0).await;
    assert!(first.len() > 10);
    assert_eq!(first, sums(&database, 1).await);
    assert_eq!(first, sums(&database, 2).await);
}
