//! A database as the file that is kept of it: the same bytes each time.

use std::path::Path;

use helpdesk_core::store::Maintenance;
use helpdesk_store_sql::Migration;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};

use crate::engines::{Engine, Home};

/// Steps are as if they had been applied when the desk begins.
const APPLIED_IN_FILE: &str = "UPDATE helpdesk_migrations SET applied_at = 1793606400";
const APPLIED_ON_SERVER: &str = "UPDATE helpdesk_migrations SET applied_at = '2026-11-02 08:00:00'";
/// Counts are as if one stripe had counted, whose name is drawn.
const COUNTED: &str = "CREATE TEMPORARY TABLE sums AS SELECT tenant, counted, shelf, status, prio, sum(n) AS n \
    FROM helpdesk_counter GROUP BY tenant, counted, shelf, status, prio; \
    DELETE FROM helpdesk_counter; \
    INSERT INTO helpdesk_counter (tenant, counted, shelf, status, prio, stripe, n) \
    SELECT tenant, counted, shelf, status, prio, 1, n FROM sums";
/// What puts the outbox's positions where they were.
const POSITIONS: &str = "SELECT 'SELECT setval(pg_get_serial_sequence(''helpdesk_outbox'', ''position''), ' || last_value || ');' \
     FROM helpdesk_outbox_position_seq";

/// Writes a database that nobody works with any more.
pub(crate) async fn write(home: &Home, to: &Path) {
    if home.engine == Engine::Sqlite {
        home.run(APPLIED_IN_FILE).await;
        if to.exists() {
            std::fs::remove_file(to).unwrap();
        }
        let store = SqliteStore::open(SqliteOptions::new(&home.place)).await.unwrap();
        store.backup(to).await.unwrap();
        store.close().await.unwrap();
    } else {
        home.run(APPLIED_ON_SERVER).await;
        home.run(COUNTED).await;
        std::fs::write(to, script(home).await).unwrap();
    }
}

/// A server's database as statements that need nothing but a connection: the tables as this release makes them, emptied
/// of what its steps put there, and their rows.
async fn script(home: &Home) -> String {
    let mut lines: Vec<_> = home.steps().iter().map(Migration::script).collect();
    lines.extend(home.tables().await.iter().map(|table| format!("DELETE FROM {table};")));
    lines.extend(home.dump().await);
    if home.engine == Engine::Postgres {
        lines.extend(home.texts(POSITIONS).await);
    }
    lines.join("\n") + "\n"
}
