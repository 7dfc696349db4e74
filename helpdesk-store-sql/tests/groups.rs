//! Acts that share a transaction: one that fails takes back what it wrote and nothing else; a transaction that fails is
//! told to all of its acts, and the store goes on with a new one.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::sync::Arc;

use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sql::sqlite::SqliteStore;
use support::*;
use tokio::task::JoinSet;

/// How many acts wait for the writer together.
const ACTS: usize = 12;

/// The engine refuses the message that says `poison`, after the ticket and its events are written.
const REFUSES: &str = "CREATE TRIGGER refuses BEFORE INSERT ON helpdesk_message WHEN new.doc LIKE '%poison%' \
    BEGIN SELECT raise(ABORT, 'refused'); END";
/// The same, but the whole transaction ends with it.
const TAKES_BACK: &str = "CREATE TRIGGER takes_back BEFORE INSERT ON helpdesk_message WHEN new.doc LIKE '%poison%' \
    BEGIN SELECT raise(ROLLBACK, 'taken back'); END";
/// Every act goes well, and the end of the transaction is refused; it stays open then.
const ENDS_BADLY: &str = "CREATE TABLE nobody (id INTEGER PRIMARY KEY); \
    CREATE TABLE stray (id INTEGER REFERENCES nobody (id) DEFERRABLE INITIALLY DEFERRED); \
    CREATE TRIGGER ends_badly AFTER INSERT ON helpdesk_message WHEN new.doc LIKE '%poison%' \
    BEGIN INSERT INTO stray VALUES (1); END";

/// A store whose writer serves `commits` in one transaction: while the file is held, a first act waits for it and all
/// the others behind that one. On one thread everything is handed over before anything is answered.
async fn together(store: &Arc<SqliteStore>, commits: Vec<Commit>) -> Vec<Result<CommitOutcome, StoreError>> {
    let mut holder = raw(store.path()).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
    let mut tasks = JoinSet::new();
    let first = commit_of(vec![opening(plain("goes first, alone"), &anna(), at(0))], at(0));
    for (place, commit) in std::iter::once(first).chain(commits).enumerate() {
        let store = Arc::clone(store);
        tasks.spawn(async move { (place, store.commit(commit).await) });
        tokio::task::yield_now().await;
    }
    sqlx::query("COMMIT").execute(&mut holder).await.unwrap();
    let mut outcomes: Vec<_> = tasks.join_all().await;
    outcomes.sort_by_key(|(place, _)| *place);
    outcomes.into_iter().skip(1).map(|(_, outcome)| outcome).collect()
}

async fn with_trigger(trigger: &'static str) -> (tempfile::TempDir, Arc<SqliteStore>) {
    let desk = Desk::new().await;
    sqlx::raw_sql(trigger).execute(&mut raw(desk.store.path()).await).await.unwrap();
    (desk.folder, Arc::new(desk.store))
}

/// New tickets, one of them poisoned.
fn openings(poisoned: usize) -> (Vec<TicketId>, Vec<Commit>) {
    let text = |index| if index == poisoned { "poison" } else { "harmless" };
    let new = |index| NewTicket::new("Shared").with_message(MessageId(fresh()), customer("max"), text(index));
    let writes: Vec<_> = (0..ACTS).map(|index| opening(new(index), &anna(), at(1))).collect();
    let ids = writes.iter().map(|write| write.after.id).collect();
    (ids, writes.into_iter().map(|write| commit_of(vec![write], at(1))).collect())
}

/// The tickets are there whole, with every number once and none left out.
async fn whole(store: &SqliteStore, ids: &[TicketId], others: usize) {
    for id in ids {
        let ticket = load(store, *id).await.expect("it was acknowledged");
        let history = store.history(&acme(), *id, 0, 100).await.unwrap();
        let told = Ticket::fold(*id, history.iter().map(|entry| &entry.record));
        assert_eq!(told.facts_only(), ticket.facts_only());
        assert_eq!(store.conversation(&acme(), *id, 1..=9).await.unwrap().len(), 1);
    }
    let mut numbers: Vec<_> =
        store.scan(&acme(), None, 100).await.unwrap().iter().map(|ticket| ticket.number.to_string()).collect();
    numbers.sort();
    let expected: Vec<_> = (1..=ids.len() + others).map(|seq| format!("2026-{seq:06}")).collect();
    assert_eq!(numbers, expected);
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test]
async fn an_act_that_fails_takes_back_what_it_wrote_and_nothing_of_the_others() {
    let (_folder, store) = with_trigger(REFUSES).await;
    let (mut ids, commits) = openings(ACTS / 2);
    let mut outcomes = together(&store, commits).await;
    let (lost, refused) = (ids.remove(ACTS / 2), outcomes.remove(ACTS / 2));
    assert_eq!(refused.unwrap_err().kind, FaultKind::Unexpected);
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(CommitOutcome::Applied(_)))), "{outcomes:?}");
    assert_eq!(load(store.as_ref(), lost).await, None);
    assert_eq!(store.history(&acme(), lost, 0, 9).await.unwrap(), []);
    whole(&store, &ids, 1).await;
}

#[tokio::test]
async fn a_transaction_that_is_taken_back_is_told_to_all_of_its_acts_and_the_next_one_works() {
    fails_whole(TAKES_BACK).await;
}

#[tokio::test]
async fn a_transaction_that_cannot_be_ended_is_told_to_all_of_its_acts_and_the_next_one_works() {
    fails_whole(ENDS_BADLY).await;
}

async fn fails_whole(trigger: &'static str) {
    let (_folder, store) = with_trigger(trigger).await;
    let (ids, mut commits) = openings(ACTS / 2);
    let again = commits.clone();
    let outcomes = together(&store, commits.clone()).await;
    for (place, outcome) in outcomes.into_iter().enumerate() {
        let fault = outcome.expect_err("nothing of the transaction was kept");
        if place != ACTS / 2 {
            assert_eq!((fault.kind, fault.retry), (FaultKind::Unavailable, Retry::Later), "{fault}");
        }
    }
    for id in &ids {
        assert_eq!(load(store.as_ref(), *id).await, None);
    }
    assert_eq!(store.check().await.unwrap(), []);

    // What the writer remembers of the lost transaction misleads nobody.
    commits = again;
    commits.remove(ACTS / 2);
    let kept: Vec<_> = ids.iter().enumerate().filter(|(place, _)| *place != ACTS / 2).map(|(_, id)| *id).collect();
    let outcomes = together(&store, commits).await;
    assert!(outcomes.iter().all(|outcome| matches!(outcome, Ok(CommitOutcome::Applied(_)))), "{outcomes:?}");
    // A ticket that went first, alone, in each of the two rounds.
    whole(&store, &kept, 2).await;
}
