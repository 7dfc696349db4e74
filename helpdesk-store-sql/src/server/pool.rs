//! A pool of connections to a server, whichever it is.

use std::time::Duration;

/// A pool that a store takes its connections from.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum SqlPool {
    /// PostgreSQL, or what speaks its protocol.
    #[cfg(feature = "postgres")]
    Postgres(sqlx::PgPool),
    /// MariaDB or MySQL.
    #[cfg(feature = "mysql")]
    MySql(sqlx::MySqlPool),
}

#[cfg(feature = "postgres")]
impl From<sqlx::PgPool> for SqlPool {
    fn from(pool: sqlx::PgPool) -> Self {
        Self::Postgres(pool)
    }
}

#[cfg(feature = "mysql")]
impl From<sqlx::MySqlPool> for SqlPool {
    fn from(pool: sqlx::MySqlPool) -> Self {
        Self::MySql(pool)
    }
}

impl SqlPool {
    /// Ends every connection. One that hangs is left alone after a while.
    pub(crate) async fn close(&self, patience: Duration) {
        let closed = async {
            match self {
                #[cfg(feature = "postgres")]
                Self::Postgres(pool) => pool.close().await,
                #[cfg(feature = "mysql")]
                Self::MySql(pool) => pool.close().await,
            }
        };
        // It ends with the process, then.
        drop(tokio::time::timeout(patience, closed).await);
    }

    /// Whether it has as many connections as it may.
    pub(crate) fn is_full(&self) -> bool {
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.size() >= pool.options().get_max_connections(),
            #[cfg(feature = "mysql")]
            Self::MySql(pool) => pool.size() >= pool.options().get_max_connections(),
        }
    }

    /// Tries to connect past the pool, and leaves again.
    pub(crate) async fn try_beside(&self) -> Result<(), sqlx::Error> {
        use sqlx::{ConnectOptions, Connection};
        match self {
            #[cfg(feature = "postgres")]
            Self::Postgres(pool) => pool.connect_options().connect().await?.close().await,
            #[cfg(feature = "mysql")]
            Self::MySql(pool) => pool.connect_options().connect().await?.close().await,
        }
    }
}
