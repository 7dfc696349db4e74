//! A database of any engine, fresh and gone with its keeper: how a program starts on it, and what stands in it. What is
//! tested there is not known here.

#![allow(dead_code, clippy::allow_attributes, reason = "each test binary uses a part of it")]

use std::sync::Arc;

use helpdesk_core::store::{SchemaState, Store, StoreError};
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use helpdesk_store_sql::{Migration, SchemaStatus, SqlOptions, SqlPool, SqlStore};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use sqlx::{AssertSqlSafe, MySqlPool, PgPool, Row};
use tempfile::TempDir;

use crate::servers::{Database, Server};

mod contents;
mod transaction;

/// An engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
    MySql,
}

/// A database and a host's pool on it.
pub(crate) struct Home {
    pub(crate) engine: Engine,
    /// The file or the URL.
    pub(crate) place: String,
    pub(crate) pool: Pool,
    _kept: Kept,
}

pub(crate) enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
    MySql(MySqlPool),
}

/// What goes with a home.
enum Kept {
    Folder(TempDir),
    Database(Database),
    /// It is another home's.
    Nothing,
}

macro_rules! on {
    ($home:expr, $pool:ident => $done:expr) => {
        match &$home.pool {
            Pool::Sqlite($pool) => $done,
            Pool::Postgres($pool) => $done,
            Pool::MySql($pool) => $done,
        }
    };
}

impl Engine {
    pub(crate) const ALL: [Self; 3] = [Self::Sqlite, Self::Postgres, Self::MySql];

    pub(crate) fn name(self) -> &'static str {
        self.server().map_or("sqlite", Server::name)
    }

    fn server(self) -> Option<Server> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => Some(Server::Postgres),
            Self::MySql => Some(Server::MySql),
        }
    }
}

/// A home of every engine that is there.
pub(crate) async fn homes() -> Vec<Home> {
    let mut homes = Vec::new();
    for engine in Engine::ALL {
        homes.extend(Home::new(engine).await);
    }
    homes
}

impl Home {
    /// An empty one, if the engine is there.
    pub(crate) async fn new(engine: Engine) -> Option<Self> {
        let Some(server) = engine.server() else {
            let folder = tempfile::tempdir().unwrap();
            let place = folder.path().join("desk.db").to_str().unwrap().to_owned();
            return Some(Self { _kept: Kept::Folder(folder), ..Self::at(engine, &place).await });
        };
        if server.is_lacking() {
            return None;
        }
        let database = Database::create(server).await;
        let place = database.url.clone();
        Some(Self { _kept: Kept::Database(database), ..Self::at(engine, &place).await })
    }

    /// One that is there and somebody else's.
    pub(crate) async fn at(engine: Engine, place: &str) -> Self {
        let pool = match engine.server() {
            // Without a file until something is asked of it.
            None => {
                let options = SqliteConnectOptions::new().filename(place).create_if_missing(true);
                Pool::Sqlite(SqlitePool::connect_lazy_with(options))
            }
            Some(server) => match server.pool(place, 4, std::time::Duration::from_secs(30)).await {
                SqlPool::Postgres(pool) => Pool::Postgres(pool),
                SqlPool::MySql(pool) => Pool::MySql(pool),
                _ => unreachable!("there are two servers"),
            },
        };
        Self { engine, place: place.to_owned(), pool, _kept: Kept::Nothing }
    }

    /// A store as a program opens it that leaves migrating to somebody else.
    pub(crate) async fn open(&self) -> Result<Arc<dyn Store>, StoreError> {
        let store: Arc<dyn Store> = match &self.pool {
            Pool::Sqlite(_) => Arc::new(SqliteStore::open(SqliteOptions::new(&self.place)).await?),
            _ => Arc::new(self.on_server()),
        };
        // Servers are asked with the first call.
        store.tenants().await?;
        Ok(store)
    }

    /// What a program does that starts on whatever stands there.
    pub(crate) async fn migrate(&self) -> Result<SchemaState, StoreError> {
        if self.engine == Engine::Sqlite {
            let options = SqliteOptions::new(&self.place).create(true).migrate(true);
            let store = SqliteStore::open(options).await?;
            let state = store.migrate().await;
            helpdesk_core::store::Maintenance::close(&store).await.unwrap();
            return state;
        }
        self.on_server().migrate().await
    }

    /// Migrated, and opened after that.
    pub(crate) async fn ready(&self) -> Arc<dyn Store> {
        self.migrate().await.unwrap();
        self.open().await.unwrap()
    }

    pub(crate) async fn status(&self) -> SchemaStatus {
        match self.engine {
            Engine::Sqlite => SqliteOptions::new(&self.place).status().await.unwrap(),
            _ => self.on_server().status().await.unwrap(),
        }
    }

    pub(crate) fn steps(&self) -> &'static [Migration] {
        match self.engine {
            Engine::Sqlite => SqliteStore::migrations(),
            _ => self.on_server().migrations(),
        }
    }

    /// A store in the pool, its numbers without gaps.
    pub(crate) fn on_server(&self) -> SqlStore {
        let options = match &self.pool {
            Pool::Sqlite(_) => unreachable!("SQLite is no server"),
            Pool::Postgres(pool) => SqlOptions::new(pool.clone()),
            Pool::MySql(pool) => SqlOptions::new(pool.clone()),
        };
        options.gapless_numbers(true).build()
    }

    /// Runs statements, all on one connection.
    pub(crate) async fn run(&self, statements: &str) {
        let script = AssertSqlSafe(statements.to_owned());
        let done = on!(self, pool => sqlx::raw_sql(script).execute(pool).await.map(|_| ()));
        done.unwrap_or_else(|error| panic!("{:?}: {error}: {statements}", self.engine));
    }

    /// The last column of every row, as text.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let query = AssertSqlSafe(query.to_owned());
        on!(self, pool => {
            let rows = sqlx::raw_sql(query).fetch_all(pool).await.unwrap();
            rows.iter().map(|row| row.try_get_unchecked(row.len() - 1).unwrap()).collect()
        })
    }
}
