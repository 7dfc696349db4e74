//! What cannot be brought about from outside: a host's transaction that the engine ends by itself in the middle of an act,
//! as it does when the disk fails.

use async_trait::async_trait;
use helpdesk_core::MemoryStore;
use helpdesk_core::store::{FaultKind, Retry};
use sqlx::SqlitePool;

use super::sql::Sql;
use super::store::FileStore;
use super::turn::Turn;
use super::writer::Act;
use crate::fault::Fault;

/// Writes a number; the transaction may be lost before it.
struct Deed {
    lost: bool,
}

#[async_trait]
impl Act for Deed {
    type Answer = ();

    async fn apply(&self, turn: &mut Turn<'_>) -> Result<(), Fault> {
        let mut sql = Sql::new();
        if self.lost {
            sql.push("ROLLBACK");
            turn.rows(sql).await?;
            return Err(Fault::Damaged("a read that failed".to_owned()));
        }
        sql.push("INSERT INTO seen VALUES (1)");
        turn.finish(sql).await.map(|_| ())
    }
}

#[tokio::test]
async fn nothing_is_applied_after_the_transaction_is_gone_and_its_commit_fails() {
    let folder = tempfile::tempdir().unwrap();
    let file = sqlx::sqlite::SqliteConnectOptions::new().filename(folder.path().join("shop.db"));
    let pool = SqlitePool::connect_with(file.create_if_missing(true)).await.unwrap();
    sqlx::query("CREATE TABLE seen (number)").execute(&pool).await.unwrap();
    let mut transaction = pool.begin().await.unwrap();
    let store = FileStore::joined(&mut transaction, &MemoryStore::new());
    store.migrate().await.unwrap();
    store.write("test", Deed { lost: false }).await.unwrap();
    assert_eq!(store.write("test", Deed { lost: true }).await.unwrap_err().kind, FaultKind::Corrupt);
    for _ in 0..2 {
        let refused = store.write("test", Deed { lost: false }).await.unwrap_err();
        assert_eq!((refused.kind, refused.retry), (FaultKind::Unavailable, Retry::Never), "{refused}");
    }
    drop(store);
    transaction.commit().await.unwrap_err();
    let seen: i64 = sqlx::query_scalar("SELECT count(*) FROM seen").fetch_one(&pool).await.unwrap();
    assert_eq!(seen, 0);
}
