//! Servers that die, freeze and end their connections while many write: every call ends in time and says the right
//! thing, what was acknowledged is there once, and the same store goes on by itself afterwards.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::sync::Arc;
use std::time::Duration;

use helpdesk_core::Helpdesk;
use helpdesk_store_sql::{SqlOptions, SqlPool, SqlStore};
use servers::load::{Load, is_whole};
use servers::own::{OwnServer, send};
use servers::{Database, Server};
use sqlx::{AssertSqlSafe, Executor, Row};

/// How long a store waits for an answer here, and its pool for a connection.
const PATIENCE: Duration = Duration::from_secs(2);
/// In how many of these a call ends: it reads, waits for those before it, writes, and looks for what became of it.
const WAITS: u32 = 8;

fn desk(store: SqlStore) -> Helpdesk {
    Helpdesk::over(Arc::new(store)).build()
}

/// The numbers of a column.
async fn numbers(pool: &SqlPool, query: &'static str) -> Vec<i64> {
    match pool {
        SqlPool::Postgres(pool) => pool.fetch_all(query).await.unwrap().iter().map(|row| row.get(0)).collect(),
        SqlPool::MySql(pool) => pool.fetch_all(query).await.unwrap().iter().map(|row| row.get(0)).collect(),
        _ => unreachable!("there are two servers"),
    }
}

async fn run(pool: &SqlPool, statement: String) {
    // Who is to be ended may have gone already.
    match pool {
        SqlPool::Postgres(pool) => drop(pool.execute(AssertSqlSafe(statement)).await),
        SqlPool::MySql(pool) => drop(pool.execute(AssertSqlSafe(statement)).await),
        _ => unreachable!("there are two servers"),
    }
}

/// A server that is killed under load and comes back, again and again.
async fn dies(server: Server, gapless: bool, signals: &[&str]) {
    if server.is_lacking() {
        return;
    }
    let own = OwnServer::start(server);
    let options = SqlOptions::new(own.pool(8, PATIENCE).await).patience(PATIENCE).gapless_numbers(gapless);
    let store = options.build();
    store.migrate().await.unwrap();
    let desk = desk(store);
    let mut load = Load::on(&desk, PATIENCE * WAITS);
    for signal in signals {
        load.acknowledged(100).await;
        own.kill(signal);
        load.refuses(12).await;
        own.restart();
    }
    load.acknowledged(100).await;
    let deeds = load.end().await;
    is_whole(&desk, &self::desk(own.store(Duration::from_secs(30)).await), deeds).await;
}

/// Every connection is ended under load, again and again.
async fn ends_connections(server: Server) {
    if server.is_lacking() {
        return;
    }
    let database = Database::create(server).await;
    let admin = database.pool(1).await;
    let others = match server {
        Server::Postgres => {
            "SELECT pid::bigint FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        }
        Server::MySql => {
            "SELECT CAST(id AS SIGNED) FROM information_schema.processlist \
             WHERE db = DATABASE() AND id <> CONNECTION_ID()"
        }
    };
    let desk = desk(database.store().await);
    let mut load = Load::on(&desk, Duration::from_secs(30) * WAITS);
    for _ in 0..20 {
        load.acknowledged(30).await;
        for other in numbers(&admin, others).await {
            run(&admin, server.end_connection(other)).await;
        }
    }
    load.acknowledged(100).await;
    assert!(load.refused() > 0, "nothing was met");
    let deeds = load.end().await;
    is_whole(&desk, &self::desk(database.store().await), deeds).await;
}

/// Something that answers nobody for a while, and then goes on where it stood.
async fn freezes(server: Server) {
    if server.is_lacking() {
        return;
    }
    let own = OwnServer::start(server);
    let admin = own.pool(1, Duration::from_secs(30)).await;
    let desk = desk(own.store(PATIENCE).await);
    let mut load = Load::on(&desk, PATIENCE * WAITS);
    for _ in 0..3 {
        load.acknowledged(60).await;
        let frozen = match server {
            // Whoever commits at the moment, in the middle of it.
            Server::Postgres => loop {
                let writing = "SELECT pid::bigint FROM pg_stat_activity WHERE query LIKE 'WITH s AS MATERIALIZED%' \
                               AND state = 'active' AND pid <> pg_backend_pid()";
                if let Some(writing) = numbers(&admin, writing).await.first() {
                    break writing.to_string();
                }
            },
            Server::MySql => own.process(),
        };
        send("STOP", &frozen);
        load.refuses(1).await;
        send("CONT", &frozen);
    }
    load.acknowledged(100).await;
    let deeds = load.end().await;
    is_whole(&desk, &self::desk(own.store(Duration::from_secs(30)).await), deeds).await;
}

macro_rules! on {
    ($room:ident, $server:expr, $signals:expr) => {
        mod $room {
            use super::*;

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_server_that_dies_under_load_loses_nothing_acknowledged() {
                dies($server, false, &$signals).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn nor_does_it_where_every_number_is_drawn_in_its_act() {
                dies($server, true, &$signals).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn connections_that_are_ended_again_and_again_lose_nothing_acknowledged() {
                ends_connections($server).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn a_server_that_freezes_is_not_waited_for_without_end() {
                freezes($server).await;
            }
        }
    };
}

on!(postgres, Server::Postgres, ["QUIT", "KILL", "QUIT", "KILL"]);
on!(mysql, Server::MySql, ["KILL", "KILL", "KILL"]);
