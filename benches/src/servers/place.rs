//! A server that is measured, and a database on it for one question. Where the servers are, the environment says.

use std::sync::Arc;

use helpdesk_store_sql::{Guarded, SqlPool, SqlStore};
use sqlx::mysql::{MySqlConnection, MySqlPoolOptions};
use sqlx::postgres::{PgConnection, PgPoolOptions};
use sqlx::{AssertSqlSafe, Connection, Row};

use crate::Failure;
use crate::world::World;

/// As many connections as sqlx gives a pool by itself.
const CONNECTIONS: u32 = 10;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Server {
    Postgres,
    MariaDb,
}

impl Server {
    pub(crate) const ALL: [Self; 2] = [Self::Postgres, Self::MariaDb];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Postgres => "PostgreSQL",
            Self::MariaDb => "MariaDB",
        }
    }

    fn url(self) -> Result<String, Failure> {
        let variable = match self {
            Self::Postgres => "HELPDESK_BENCH_POSTGRES_URL",
            Self::MariaDb => "HELPDESK_BENCH_MYSQL_URL",
        };
        std::env::var(variable)
            .map_err(|_| format!("{variable} does not say where a server is; see benches/servers").into())
    }
}

/// A connection without a desk.
pub(crate) enum Bare {
    Postgres(PgConnection),
    MariaDb(MySqlConnection),
}

impl Bare {
    async fn to(server: Server, url: &str) -> Result<Self, Failure> {
        Ok(match server {
            Server::Postgres => Self::Postgres(PgConnection::connect(url).await?),
            Server::MariaDb => Self::MariaDb(MySqlConnection::connect(url).await?),
        })
    }

    /// Sends statements as one text: one round trip.
    pub(crate) async fn run(&mut self, text: String) -> Result<(), Failure> {
        let script = sqlx::raw_sql(AssertSqlSafe(text));
        match self {
            Self::Postgres(connection) => script.execute(connection).await.map(|_| ())?,
            Self::MariaDb(connection) => script.execute(connection).await.map(|_| ())?,
        }
        Ok(())
    }

    /// What a query of texts gives.
    pub(crate) async fn texts(&mut self, query: &str) -> Result<Vec<Vec<Option<String>>>, Failure> {
        macro_rules! texts {
            ($rows:expr) => {{
                let rows = $rows;
                rows.iter().map(|row| (0..row.len()).map(|at| row.try_get_unchecked(at)).collect()).collect()
            }};
        }
        let query = sqlx::raw_sql(AssertSqlSafe(query.to_owned()));
        let rows: Result<Vec<Vec<Option<String>>>, sqlx::Error> = match self {
            Self::Postgres(connection) => texts!(query.fetch_all(connection).await?),
            Self::MariaDb(connection) => texts!(query.fetch_all(connection).await?),
        };
        Ok(rows?)
    }
}

/// A database.
pub(crate) struct Place {
    pub(crate) server: Server,
    name: String,
}

impl Place {
    /// Makes it anew, with a desk's tables, agents and contacts.
    pub(crate) async fn settled(server: Server, name: &str) -> Result<Self, Failure> {
        let place = Self { server, name: format!("bench_{name}") };
        let mut admin = Bare::to(server, &server.url()?).await?;
        admin.run(format!("DROP DATABASE IF EXISTS {}", place.name)).await?;
        admin.run(format!("CREATE DATABASE {}", place.name)).await?;
        let world = place.world().await?;
        world.settle().await?;
        world.close().await?;
        Ok(place)
    }

    /// A desk on it, in a pool as a host has it.
    pub(crate) async fn world(&self) -> Result<World, Failure> {
        let pool = self.pool().await?;
        let store = SqlStore::from_pool(pool);
        store.migrate().await?;
        World::on(Arc::new(store))
    }

    async fn pool(&self) -> Result<SqlPool, Failure> {
        let url = self.url()?;
        Ok(match self.server {
            Server::Postgres => PgPoolOptions::new().max_connections(CONNECTIONS).guarded().connect(&url).await?.into(),
            Server::MariaDb => {
                MySqlPoolOptions::new().max_connections(CONNECTIONS).guarded().connect(&url).await?.into()
            }
        })
    }

    /// A connection to it.
    pub(crate) async fn bare(&self) -> Result<Bare, Failure> {
        Bare::to(self.server, &self.url()?).await
    }

    /// Removes it.
    pub(crate) async fn remove(self) -> Result<(), Failure> {
        let force = if self.server == Server::Postgres { " WITH (FORCE)" } else { "" };
        Bare::to(self.server, &self.server.url()?).await?.run(format!("DROP DATABASE {}{force}", self.name)).await
    }

    fn url(&self) -> Result<String, Failure> {
        let url = self.server.url()?;
        let (server, _) = url.rsplit_once('/').ok_or("a URL that names a database")?;
        Ok(format!("{server}/{}", self.name))
    }
}
