//! What cannot be brought about from outside: what the writer remembers, and a transaction that the engine took back
//! at a read, as it does when the disk fails.

use std::sync::Arc;

use async_trait::async_trait;
use helpdesk_core::store::FaultKind;
use tokio::task::JoinSet;

use super::memory::Memory;
use super::sql::Sql;
use super::turn::Turn;
use super::writer::Act;
use super::{SqliteOptions, SqliteStore};
use crate::fault::Fault;
use crate::rows::columns::Columns;

/// Does to the file and to the memory what it says.
enum Deed {
    Write(i64),
    /// Remembers something and makes its transaction fail when it is committed.
    Spoil,
    /// As the engine does when the disk fails at a read: the transaction is gone, and the read failed.
    Lose,
    /// Gives how much is remembered.
    Look,
}

#[async_trait]
impl Act for Deed {
    type Answer = Option<i64>;

    async fn apply(&self, turn: &mut Turn<'_>) -> Result<Self::Answer, Fault> {
        let mut sql = Sql::new();
        match self {
            Self::Write(number) => {
                let number = sql.param(*number);
                sql.add("INSERT INTO seen VALUES (?, NULL)", &[number]);
                turn.finish(sql).await?;
            }
            Self::Spoil => {
                *turn.memory = Memory::with_last_row(7);
                sql.push("INSERT INTO seen VALUES (0, 0)");
                turn.finish(sql).await?;
            }
            Self::Lose => {
                sql.push("ROLLBACK");
                turn.rows(sql).await?;
                return Err(Fault::Damaged("a read that failed".to_owned()));
            }
            Self::Look => {}
        }
        Ok(turn.memory.last_row())
    }
}

async fn store(folder: &tempfile::TempDir) -> Arc<SqliteStore> {
    let options = SqliteOptions::new(folder.path().join("desk.db")).create(true);
    let store = Arc::new(SqliteStore::open(options).await.unwrap());
    let mut hand = super::open::writer(&store.shared.options).await.unwrap();
    let tables = "CREATE TABLE goal (id INTEGER PRIMARY KEY); CREATE TABLE seen (number INTEGER, \
        goal INTEGER REFERENCES goal DEFERRABLE INITIALLY DEFERRED)";
    sqlx::raw_sql(tables).execute(&mut hand).await.unwrap();
    store
}

/// All of them in one transaction, and what each is told.
async fn together(store: &Arc<SqliteStore>, deeds: Vec<Deed>) -> Vec<Result<Option<i64>, FaultKind>> {
    let mut waiting = JoinSet::new();
    for (place, deed) in deeds.into_iter().enumerate() {
        let store = Arc::clone(store);
        waiting.spawn(async move { (place, store.write("test", deed).await.map_err(|error| error.kind)) });
    }
    let mut answers = waiting.join_all().await;
    answers.sort_by_key(|(place, _)| *place);
    answers.into_iter().map(|(_, answer)| answer).collect()
}

async fn seen(store: &SqliteStore) -> i64 {
    let mut sql = Sql::new();
    sql.push("SELECT count(*) FROM seen");
    store.rows(sql).await.unwrap()[0].int(0).unwrap()
}

#[tokio::test]
async fn nothing_of_a_group_that_failed_is_remembered() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let told = together(&store, vec![Deed::Write(1), Deed::Spoil]).await;
    assert_eq!(told, [Err(FaultKind::Unavailable); 2]);
    assert_eq!(store.write("test", Deed::Look).await.unwrap(), None);
    assert_eq!(seen(&store).await, 0);
}

#[tokio::test]
async fn nobody_of_a_group_is_applied_after_its_transaction_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let store = store(&folder).await;
    let told = together(&store, vec![Deed::Write(1), Deed::Lose, Deed::Write(2), Deed::Look]).await;
    let group = Err(FaultKind::Unavailable);
    assert_eq!(told, [group, Err(FaultKind::Corrupt), group, group]);
    assert_eq!(seen(&store).await, 0, "what is told to have failed is not there");
    store.write("test", Deed::Write(3)).await.unwrap();
    assert_eq!(seen(&store).await, 1);
}
