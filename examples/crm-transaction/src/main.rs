//! A CRM on the database that the URL names: an order, its ticket and the event about it in one transaction. The same
//! code for every database; only how an order is inserted differs, in the placeholders.

use std::error::Error;
use std::sync::Arc;

use helpdesk_core::desk::{JoinedDesk, OpenTicket};
use helpdesk_core::query::{GroupBy, TicketFilter};
use helpdesk_core::store::{ClaimToken, Shard, Store};
use helpdesk_core::ticket::TicketNumber;
use helpdesk_core::{Helpdesk, Settings};
use helpdesk_store_sql::sqlite::SqliteStore;
use helpdesk_store_sql::{Join, SqlStore};
use sqlx::{Executor, Row};

/// What the desk does for an order, whatever transaction it stands in.
async fn open_ticket(desk: &JoinedDesk<'_>, order: i64) -> Result<TicketNumber, Box<dyn Error>> {
    let sales = desk.tenant("acme")?.agent("sales")?;
    let ticket = OpenTicket::new(format!("Order {order} is to be packed")).from_email("max@example.com")?;
    Ok(sales.open(ticket).await?.ticket.number)
}

/// How many events wait to be told; nobody takes them here.
async fn waiting(store: &dyn Store, desk: &Helpdesk) -> Result<usize, Box<dyn Error>> {
    let now = desk.now();
    let token = ClaimToken(sqlx::types::Uuid::nil());
    Ok(store.claim(Shard::ALL, token, now, now, 100).await?.len())
}

macro_rules! crm {
    ($name:ident, $database:ty, $insert:literal) => {
        async fn $name(pool: sqlx::Pool<$database>, store: Arc<dyn Store>) -> Result<(), Box<dyn Error>> {
            pool.execute("CREATE TABLE IF NOT EXISTS crm_orders (id BIGINT PRIMARY KEY, ticket VARCHAR(64))").await?;
            store.migrate().await?;
            let desk = Helpdesk::over(Arc::clone(&store)).build();
            let admin = desk.tenant("acme")?.admin("root")?;
            let (settings, seen) = admin.settings().await?;
            admin.set_settings(&Settings { outbox: true, ..settings }, seen).await?;

            for (order, card_is_good) in [(4711_i64, false), (4712, true)] {
                let mut transaction = pool.begin().await?;
                let number = {
                    let desk = desk.on(&mut transaction);
                    open_ticket(&desk, order).await?
                };
                let insert = sqlx::query($insert).bind(order).bind(number.to_string());
                insert.execute(&mut *transaction).await?;
                if card_is_good {
                    transaction.commit().await?;
                    println!("order {order}: committed, with ticket #{number}");
                } else {
                    transaction.rollback().await?;
                    println!("order {order}: the card was declined, so everything was rolled back");
                }
                let orders: i64 = pool.fetch_one("SELECT count(*) FROM crm_orders").await?.get(0);
                let tickets =
                    desk.tenant("acme")?.agent("sales")?.count(&TicketFilter::all(), GroupBy::Nothing).await?;
                let tickets: u64 = tickets.iter().map(|tally| tally.count).sum();
                let events = waiting(store.as_ref(), &desk).await?;
                println!("  {orders} orders, {tickets} tickets, {events} events to be told");
            }
            store.close().await?;
            pool.close().await;
            Ok(())
        }
    };
}

crm!(on_sqlite, sqlx::Sqlite, "INSERT INTO crm_orders (id, ticket) VALUES (?, ?)");
crm!(on_postgres, sqlx::Postgres, "INSERT INTO crm_orders (id, ticket) VALUES ($1, $2)");
crm!(on_mysql, sqlx::MySql, "INSERT INTO crm_orders (id, ticket) VALUES (?, ?)");

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let url = std::env::args().nth(1).unwrap_or_else(|| "sqlite:crm.db".to_owned());
    match url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => {
            let options: sqlx::sqlite::SqliteConnectOptions = url.parse()?;
            let pool = sqlx::SqlitePool::connect_with(options.create_if_missing(true)).await?;
            let store = SqliteStore::from_pool(&pool).await?;
            on_sqlite(pool, Arc::new(store)).await
        }
        Some("postgres") => {
            let pool = sqlx::PgPool::connect(&url).await?;
            let store = SqlStore::from_pool(pool.clone());
            on_postgres(pool, Arc::new(store)).await
        }
        Some("mysql" | "mariadb") => {
            let pool = sqlx::MySqlPool::connect(&url).await?;
            let store = SqlStore::from_pool(pool.clone());
            on_mysql(pool, Arc::new(store)).await
        }
        _ => Err("usage: crm-transaction sqlite:FILE | postgres://… | mysql://…".into()),
    }
}
