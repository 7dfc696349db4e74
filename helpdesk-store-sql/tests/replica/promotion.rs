//! A primary that is killed under load, and the replica in its place: what was acknowledged is there, once.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_core::store::*;
use helpdesk_core::ticket::{Ticket, TicketId};
use helpdesk_store_sql::SqlOptions;
use tokio::task::JoinSet;

use crate::acts::*;
use crate::pair::{Server, control, database};

/// What was acknowledged last, of each ticket.
type Acknowledged = Arc<Mutex<BTreeMap<TicketId, Ticket>>>;

/// Opens tickets and answers them until something fails.
async fn client(store: Arc<dyn Store>, acknowledged: Acknowledged, count: Arc<AtomicUsize>) {
    loop {
        let mut next = opening(plain("Until the end"), &anna(), at(0));
        for step in 1..5 {
            let told = Commit { outbox: true, ..commit_of(vec![next.clone()], at(step)) };
            let Ok(outcome) = store.commit(told).await else { return };
            let mut ticket = next.after.clone();
            ticket.number = applied(outcome).numbers.remove(0);
            acknowledged.lock().unwrap().insert(ticket.id, ticket.clone());
            count.fetch_add(1, Ordering::SeqCst);
            next = write(&ticket, &reply("Once."), &anna(), at(step));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/replica"]
async fn what_was_acknowledged_is_there_once_the_replica_was_promoted() {
    let name = database().await;
    let store: Arc<dyn Store> = Arc::new(SqlOptions::new(Server::Primary.pool(&name).await).build());
    store.migrate().await.unwrap();
    let (acknowledged, count) = (Acknowledged::default(), Arc::new(AtomicUsize::new(0)));
    let mut clients = JoinSet::new();
    for _ in 0..6 {
        clients.spawn(client(Arc::clone(&store), Arc::clone(&acknowledged), Arc::clone(&count)));
    }
    while count.load(Ordering::SeqCst) < 500 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    control(&["kill", "primary"]).await;
    clients.join_all().await;
    control(&["promote"]).await;

    let store: Arc<dyn Store> = Arc::new(SqlOptions::new(Server::Standby.pool(&name).await).build());
    let acknowledged = acknowledged.lock().unwrap().clone();
    for (id, last) in &acknowledged {
        let stored = load(store.as_ref(), *id).await.expect("it was acknowledged");
        assert!(stored.version >= last.version, "{} was acknowledged, {} stands", last.version, stored.version);
        assert_eq!(stored.number, last.number);
        let talk = store.conversation(&acme(), *id, 1..=u32::MAX).await.unwrap();
        assert_eq!(talk.len(), usize::try_from(stored.version.0).unwrap(), "a message came twice, or not at all");
    }
    let desk = Helpdesk::over(Arc::clone(&store)).build();
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean(), "{report:?}");
    // One act of each client may have been done without its answer.
    assert!((0..=6).contains(&(report.tickets - u64::try_from(acknowledged.len()).unwrap())), "{report:?}");
    // And it goes on, with numbers that nobody has.
    let ticket = open(store.as_ref(), plain("Afterwards"), at(9)).await;
    assert!(acknowledged.values().all(|known| known.number != ticket.number));
}
