//! A store for programs that have no pool of their own: from a URL to a small pool that ends with the store.

use std::fmt;
use std::future::{Future, pending};
use std::io;
use std::str::FromStr;
use std::time::Duration;

use helpdesk_core::store::{SchemaState, StoreError};
use helpdesk_core::text::Invalid;

use super::guard::Guarded;
use super::options::{SqlOptions, SqlStore};
use super::pool::SqlPool;
use crate::fault::Fault;
use crate::schema::SchemaStatus;

/// Most connections at once, unless said otherwise.
const CONNECTIONS: u32 = 4;
/// How long a connection is waited for, unless said otherwise.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Prepared statements kept per connection, unless the URL says how many.
const STATEMENTS: usize = 256;
/// How a URL says how many.
const STATEMENTS_IN_URL: &str = "statement-cache-capacity=";
/// After which time a connection that does not come about is asked about.
const PATIENCE: Duration = Duration::from_millis(250);

/// How to reach a desk's database on a server.
///
/// The URL is as sqlx has it: `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, or `mysql://…`, with `sslmode=…` and other
/// options behind `?`. For PostgreSQL, what it does not say is taken from `PGPASSWORD`, `~/.pgpass` and their like. Whether
/// connections can be encrypted is decided by the features that the host gives sqlx.
///
/// ```
/// # #[cfg(feature = "postgres")] {
/// use helpdesk_store_sql::ConnectOptions;
///
/// let options = ConnectOptions::new("postgres://desk:s3cret@db.example.com/desk").unwrap().create(true);
/// assert_eq!(options.place(), "postgres://db.example.com:5432/desk");
/// assert!(!format!("{options:?}").contains("s3cret"));
/// # }
/// ```
#[derive(Clone)]
pub struct ConnectOptions {
    server: Server,
    connections: u32,
    timeout: Duration,
    create: bool,
    migrate: bool,
    gapless: bool,
}

#[derive(Clone)]
enum Server {
    #[cfg(feature = "postgres")]
    Postgres(sqlx::postgres::PgConnectOptions),
    #[cfg(feature = "mysql")]
    MySql(sqlx::mysql::MySqlConnectOptions),
}

impl ConnectOptions {
    /// An existing desk of this version in the database that the URL names.
    ///
    /// # Errors
    /// If the URL is malformed, names no database, or one that this build does not know.
    pub fn new(url: &str) -> Result<Self, Invalid> {
        let (scheme, rest) = url.split_once("://").ok_or_else(|| malformed("a URL with a scheme"))?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        if !authority.contains('@') && rest.contains('@') {
            // What follows would be taken for a database's name, and told.
            return Err(malformed("a URL whose password has its / ? # and @ written as %2F %3F %23 %40"));
        }
        let server = match scheme {
            #[cfg(feature = "postgres")]
            "postgres" | "postgresql" => {
                let options: sqlx::postgres::PgConnectOptions = parsed(url)?;
                let said = url.contains(STATEMENTS_IN_URL);
                Server::Postgres(if said { options } else { options.statement_cache_capacity(STATEMENTS) })
            }
            #[cfg(feature = "mysql")]
            "mysql" | "mariadb" => {
                let options: sqlx::mysql::MySqlConnectOptions = parsed(url)?;
                if options.get_database().is_none() {
                    return Err(malformed("a URL that names a database"));
                }
                let said = url.contains(STATEMENTS_IN_URL);
                Server::MySql(if said { options } else { options.statement_cache_capacity(STATEMENTS) })
            }
            _ => return Err(malformed("a URL of a server that this build knows")),
        };
        Ok(Self { server, connections: CONNECTIONS, timeout: TIMEOUT, create: false, migrate: false, gapless: false })
    }

    /// Whether the tables are made if the database has none. Any number of processes may do so at once. The database
    /// itself must be there.
    pub fn create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// Whether tables of an older version are brought to this one, and missing ones made.
    pub fn migrate(mut self, migrate: bool) -> Self {
        self.migrate = migrate;
        self
    }

    /// How many connections there are at most; at least one. They are opened when they are first needed; 4 unless said.
    pub fn connections(mut self, connections: u32) -> Self {
        self.connections = connections.max(1);
        self
    }

    /// How long a connection is waited for, whatever it is that takes so long; 10 s unless said.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// As [`SqlOptions::gapless_numbers`].
    pub fn gapless_numbers(mut self, gapless: bool) -> Self {
        self.gapless = gapless;
        self
    }

    /// Where the database is, for people: without user, password and options.
    pub fn place(&self) -> String {
        let told = |scheme, host: &str, port, socket: Option<&std::path::PathBuf>, database: &str| match socket {
            Some(socket) => format!("{scheme}://{}/{database}", socket.display()),
            None => format!("{scheme}://{host}:{port}/{database}"),
        };
        match &self.server {
            #[cfg(feature = "postgres")]
            Server::Postgres(to) => {
                let database = to.get_database().unwrap_or(to.get_username());
                told("postgres", to.get_host(), to.get_port(), to.get_socket(), database)
            }
            #[cfg(feature = "mysql")]
            Server::MySql(to) => {
                let database = to.get_database().unwrap_or_default();
                told("mysql", to.get_host(), to.get_port(), to.get_socket(), database)
            }
        }
    }

    /// What stands in the database, without asking that it is a desk of this version; nothing is changed. A database
    /// without a desk has version 0.
    ///
    /// # Errors
    /// As [`SqlStore::connect`], but for the version.
    pub async fn schema(&self) -> Result<SchemaState, StoreError> {
        Ok(self.status().await?.state())
    }

    /// The same step by step.
    ///
    /// # Errors
    /// As [`SqlStore::connect`], but for the version.
    pub async fn status(&self) -> Result<SchemaStatus, StoreError> {
        let (store, pool) = self.store();
        let status = self.reached(&pool, store.found()).await;
        store.shut().await;
        status.map_err(|fault| fault.during("status"))
    }

    /// A store that has asked nothing yet, and its pool.
    fn store(&self) -> (SqlStore, SqlPool) {
        let pool: SqlPool = match &self.server {
            #[cfg(feature = "postgres")]
            Server::Postgres(to) => {
                let pool = sqlx::postgres::PgPoolOptions::new().max_connections(self.connections);
                pool.acquire_timeout(self.timeout).guarded().connect_lazy_with(to.clone()).into()
            }
            #[cfg(feature = "mysql")]
            Server::MySql(to) => {
                let pool = sqlx::mysql::MySqlPoolOptions::new().max_connections(self.connections);
                pool.acquire_timeout(self.timeout).guarded().connect_lazy_with(to.clone()).into()
            }
        };
        (SqlOptions::new(pool.clone()).gapless_numbers(self.gapless).build_owning(self.timeout), pool)
    }

    /// Asks the server the first question. The pool takes a server that refuses for one that is just starting, and tries
    /// until the time is up; whoever waits for an answer is told.
    async fn reached<T>(&self, pool: &SqlPool, first: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
        let refused = async {
            tokio::time::sleep(PATIENCE).await;
            match pool.try_beside().await {
                Err(sqlx::Error::Io(error)) if error.kind() == io::ErrorKind::ConnectionRefused => error,
                // Something else takes long; the question itself will tell.
                _ => pending().await,
            }
        };
        tokio::select! {
            biased;
            answer = first => answer,
            error = refused => Err(Fault::Engine(sqlx::Error::Io(error))),
        }
    }
}

impl SqlStore {
    /// A store on a pool of its own, which is closed with it. The server is asked whether the desk is there and of this
    /// version; after that this is a store as [`SqlStore::from_pool`] gives it.
    ///
    /// ```no_run
    /// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
    /// use helpdesk_store_sql::{ConnectOptions, SqlStore};
    ///
    /// let options = ConnectOptions::new("postgres://desk@db.example.com/desk?sslmode=verify-full")?;
    /// let store = SqlStore::connect(options.create(true)).await?;
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    /// `Unavailable` if the server cannot be reached in time; `NeedsMigration` if there is no such database, or the desk
    /// in it is missing or of an older version and may not be made; `SchemaTooNew` if it is of a newer one; `Unexpected`
    /// if the server refuses the user.
    pub async fn connect(options: ConnectOptions) -> Result<Self, StoreError> {
        let (store, pool) = options.store();
        let looked = match options.reached(&pool, store.ready()).await {
            Err(Fault::Older(found, _)) if options.migrate || (options.create && found == 0) => {
                match store.bring_up().await {
                    Ok(_) => store.ready().await,
                    Err(fault) => Err(fault),
                }
            }
            looked => looked,
        };
        match looked {
            Ok(()) => Ok(store),
            Err(fault) => {
                store.shut().await;
                Err(fault.during("connect"))
            }
        }
    }
}

impl fmt::Debug for ConnectOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectOptions")
            .field("place", &self.place())
            .field("connections", &self.connections)
            .field("timeout", &self.timeout)
            .field("create", &self.create)
            .field("migrate", &self.migrate)
            .field("gapless", &self.gapless)
            .finish_non_exhaustive()
    }
}

fn malformed(expected: &'static str) -> Invalid {
    Invalid::malformed("url", expected)
}

/// What is wrong with it in detail may be the password, and is not told.
fn parsed<T: FromStr>(url: &str) -> Result<T, Invalid> {
    url.parse().map_err(|_| malformed("a URL such as postgres://USER:PASSWORD@HOST:PORT/DATABASE"))
}
