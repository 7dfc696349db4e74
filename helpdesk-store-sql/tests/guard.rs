//! A `begin` that is dropped at any moment leaves no transaction to whoever takes the connection next, on a guarded pool.
//! On a pool without the guard it does: that is what the guard is for.

#![cfg(all(feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod servers;

use std::future::{Future, poll_fn};
use std::task::Poll;
use std::time::Duration;

use helpdesk_store_sql::{ConnectOptions, Guarded};
use servers::{Database, Server};
use sqlx::mysql::{MySqlPool, MySqlPoolOptions};
use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgPool, PgPoolOptions};
use sqlx::{Database as Engine, Pool};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How often a `begin` is dropped.
const ROUNDS: i32 = 200;
/// How late the server's answers come.
const LATE: Duration = Duration::from_millis(1);
/// After how many polls at most; an undisturbed one takes fewer.
const POLLS: i32 = 8;

/// Polls a future at most so many times and drops it.
async fn drop_after<F: Future>(polls: i32, future: F) {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(move |context| {
        left -= 1;
        if left < 0 || future.as_mut().poll(context).is_ready() || left == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

/// A way to the database on which no answer is there before it is waited for, so that the moments of a drop are the same
/// in every run.
async fn slowly(url: &str) -> String {
    let place = ConnectOptions::new(url).unwrap().place();
    let (_, place) = place.split_once("://").unwrap();
    let server = place.split('/').next().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let here = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let server = TcpStream::connect(&server).await.unwrap();
            tokio::spawn(carry(client, server));
        }
    });
    let (login, _) = url.rsplit_once('@').unwrap();
    let (_, database) = url.rsplit_once('/').unwrap();
    format!("{login}@{here}/{database}")
}

async fn carry(client: TcpStream, server: TcpStream) {
    let (mut asked, mut told) = client.into_split();
    let (mut answers, mut questions) = server.into_split();
    let there = tokio::io::copy(&mut asked, &mut questions);
    let back = async {
        let mut buffer = vec![0; 65536];
        while let Ok(length @ 1..) = answers.read(&mut buffer).await {
            tokio::time::sleep(LATE).await;
            if told.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    tokio::select! {
        _ = there => {}
        () = back => {}
    }
}

/// Drops many a `begin`, and counts the connections that were handed out inside a transaction afterwards.
async fn poisoned<DB: Engine>(pool: Pool<DB>, outside: impl AsyncFn(&mut PoolConnection<DB>, i32) -> bool) -> usize {
    let mut poisoned = 0;
    for round in 0..ROUNDS {
        drop_after(round % POLLS, pool.begin()).await;
        let mut next = pool.acquire().await.unwrap();
        if !outside(&mut next, round).await {
            poisoned += 1;
            next.close_on_drop();
        }
    }
    pool.close().await;
    poisoned
}

/// What is written outside a transaction is seen by others at once.
async fn postgres(options: PgPoolOptions) -> usize {
    let database = Database::create(Server::Postgres).await;
    let others = PgPool::connect(&database.url).await.unwrap();
    sqlx::query("CREATE TABLE seen (round INT)").execute(&others).await.unwrap();
    let pool = options.max_connections(1).connect(&slowly(&database.url).await).await.unwrap();
    let poisoned = poisoned(pool, async |connection, round| {
        sqlx::query("INSERT INTO seen VALUES ($1)").bind(round).execute(&mut **connection).await.unwrap();
        let seen = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM seen WHERE round = $1").bind(round);
        seen.fetch_one(&others).await.unwrap() == 1
    });
    let poisoned = poisoned.await;
    others.close().await;
    poisoned
}

async fn mysql(options: MySqlPoolOptions) -> usize {
    let database = Database::create(Server::MySql).await;
    let others = MySqlPool::connect(&database.url).await.unwrap();
    sqlx::query("CREATE TABLE seen (round INT)").execute(&others).await.unwrap();
    let pool = options.max_connections(1).connect(&slowly(&database.url).await).await.unwrap();
    let poisoned = poisoned(pool, async |connection, round| {
        sqlx::query("INSERT INTO seen VALUES (?)").bind(round).execute(&mut **connection).await.unwrap();
        let seen = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM seen WHERE round = ?").bind(round);
        seen.fetch_one(&others).await.unwrap() == 1
    });
    let poisoned = poisoned.await;
    others.close().await;
    poisoned
}

#[tokio::test]
async fn a_guarded_connection_to_postgresql_is_outside_a_transaction() {
    if Server::Postgres.is_lacking() {
        return;
    }
    let unguarded = postgres(PgPoolOptions::new()).await;
    println!("without the guard: {unguarded} of {ROUNDS}");
    assert_ne!(unguarded, 0, "the driver ends it by itself: the guard may go");
    assert_eq!(postgres(PgPoolOptions::new().guarded()).await, 0);
}

#[tokio::test]
async fn a_guarded_connection_to_mariadb_is_outside_a_transaction() {
    if Server::MySql.is_lacking() {
        return;
    }
    let unguarded = mysql(MySqlPoolOptions::new()).await;
    println!("without the guard: {unguarded} of {ROUNDS}");
    assert_ne!(unguarded, 0, "the driver ends it by itself: the guard may go");
    assert_eq!(mysql(MySqlPoolOptions::new().guarded()).await, 0);
}
