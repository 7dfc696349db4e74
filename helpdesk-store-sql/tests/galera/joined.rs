//! A host's transaction with a desk on it, at one node, while another node is faster: the host is told at its COMMIT.

use helpdesk_core::Helpdesk;
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::query::TicketFilter;
use helpdesk_core::store::Store;
use helpdesk_store_sql::Join;
use sqlx::Executor;
use sqlx::mysql::MySqlDatabaseError;
use std::sync::Arc;

use crate::nodes::fresh;

const DEADLOCK: u16 = 1213;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "run by scripts/galera"]
async fn a_host_that_is_too_late_is_told_at_its_commit_and_nothing_half_is_stored() {
    let (stores, database) = fresh().await;
    let desks = stores.clone().map(|store| Helpdesk::over(store as Arc<dyn Store>).build());
    let anna = |node: usize| desks[node].tenant("acme").unwrap().agent("anna").unwrap();
    let ask = || OpenTicket::new("Parcel lost").from_email("max@example.com").unwrap().saying("Where is it?");
    let ticket = anna(0).open(ask()).await.unwrap().ticket.id;
    let pool = database.pool(1).await;
    pool.execute("CREATE TABLE orders (id BIGINT PRIMARY KEY)").await.unwrap();

    let mut transaction = pool.begin().await.unwrap();
    transaction.execute("INSERT INTO orders VALUES (4711)").await.unwrap();
    {
        let joined = desks[1].on(&mut transaction);
        let anna = joined.tenant("acme").unwrap().agent("anna").unwrap();
        anna.reply(ticket, "We ask the carrier.").await.unwrap();
        anna.open(ask()).await.unwrap();
    }
    anna(0).reply(ticket, "It is at your neighbour's.").await.unwrap();

    let late = transaction.commit().await.unwrap_err();
    let code = late.as_database_error().unwrap().downcast_ref::<MySqlDatabaseError>().number();
    assert_eq!(code, DEADLOCK, "{late}");
    for (node, desk) in desks.iter().enumerate() {
        assert_eq!(anna(node).conversation(ticket).await.unwrap().len(), 2, "only what was acknowledged");
        assert_eq!(anna(node).total(&TicketFilter::open()).await.unwrap(), 1);
        let report = desk.check(|_| {}).await.unwrap();
        assert!(report.is_clean(), "{report:?}");
    }
    let orders: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM orders").fetch_one(&pool).await.unwrap();
    assert_eq!(orders, 0);

    // Begun anew, it is done.
    let mut transaction = pool.begin().await.unwrap();
    transaction.execute("INSERT INTO orders VALUES (4711)").await.unwrap();
    {
        let joined = desks[1].on(&mut transaction);
        joined.tenant("acme").unwrap().agent("anna").unwrap().reply(ticket, "We asked.").await.unwrap();
    }
    transaction.commit().await.unwrap();
    assert_eq!(anna(2).conversation(ticket).await.unwrap().len(), 3);
}
