//! A guard for pools: a connection that comes back is outside any transaction before it is handed out again. A store does
//! not rest on it where it writes; whoever calls `begin` on a pool and may be cancelled does.

/// Options of a pool that is to be guarded.
///
/// With sqlx 0.9.0 a call of `begin` that is dropped at the wrong moment leaves its transaction open, and the next one who
/// takes the connection works inside it without knowing. Guarded, each connection is rolled back when it is given back,
/// for one round trip that nobody waits for.
pub trait Guarded: sealed::Sealed {
    /// The same options with the guard. It is the pool's `after_release`, and takes the place of one that was set before.
    ///
    /// ```
    /// # #[cfg(feature = "postgres")] {
    /// use helpdesk_store_sql::Guarded;
    /// use sqlx::postgres::PgPoolOptions;
    ///
    /// let options = PgPoolOptions::new().max_connections(8).guarded();
    /// # }
    /// ```
    fn guarded(self) -> Self;
}

mod sealed {
    /// How a transaction is ended that may not be there is known here for these engines alone.
    pub trait Sealed {}
    #[cfg(feature = "postgres")]
    impl Sealed for sqlx::postgres::PgPoolOptions {}
    #[cfg(feature = "mysql")]
    impl Sealed for sqlx::mysql::MySqlPoolOptions {}
}

#[cfg(feature = "postgres")]
impl Guarded for sqlx::postgres::PgPoolOptions {
    fn guarded(self) -> Self {
        self.after_release(|connection, _| {
            Box::pin(async move {
                sqlx::Executor::execute(connection, sqlx::raw_sql(crate::postgres::OUTSIDE)).await?;
                Ok(true)
            })
        })
    }
}

#[cfg(feature = "mysql")]
impl Guarded for sqlx::mysql::MySqlPoolOptions {
    fn guarded(self) -> Self {
        self.after_release(|connection, _| {
            Box::pin(async move {
                sqlx::Executor::execute(connection, sqlx::raw_sql(crate::mysql::OUTSIDE)).await?;
                Ok(true)
            })
        })
    }
}
