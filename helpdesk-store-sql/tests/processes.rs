//! Several processes on one file, and processes that are killed: nothing acknowledged is lost, nothing half applied,
//! no number drawn twice.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../helpdesk-core/tests/shared/kills.rs"]
mod kills;
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use helpdesk_core::store::*;
use helpdesk_store_sql::sqlite::SqliteStore;
use kills::{FOLDER, acknowledged, child, say, survives, write_for_ever};
use support::*;

const PROCESSES: usize = 8;
const EACH: usize = 25;

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_opens_and_creates() {
    let folder = std::env::var(FOLDER).unwrap();
    let store = SqliteStore::open(options(Path::new(&folder))).await.unwrap();
    for index in 0..EACH {
        say(&open(&store, plain("From one of several"), at(i64::try_from(index).unwrap())).await);
    }
    store.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child of another test"]
async fn child_writes_until_it_is_killed() {
    let folder = std::env::var(FOLDER).unwrap();
    let store = SqliteStore::open(options(Path::new(&folder))).await.unwrap();
    write_for_ever(store, [1, 1, 1, 1500].map(|times| "Until the end. ".repeat(times))).await;
}

#[tokio::test]
async fn eight_first_starts_at_once_draw_every_number_once() {
    let folder = tempfile::tempdir().unwrap();
    let children: Vec<_> = (0..PROCESSES).map(|_| child("child_opens_and_creates", folder.path())).collect();
    let mut numbers = BTreeSet::new();
    for child in children {
        let output = child.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        numbers.extend(String::from_utf8_lossy(&output.stdout).lines().filter_map(acknowledged).map(|done| done.2));
    }
    let expected: BTreeSet<_> = (1..=PROCESSES * EACH).map(|seq| format!("2026-{seq:06}")).collect();
    assert_eq!(numbers, expected);
    let store = SqliteStore::open(options(folder.path())).await.unwrap();
    assert_eq!(store.scan(&acme(), None, 1000).await.unwrap().len(), PROCESSES * EACH);
    assert_eq!(store.check().await.unwrap(), []);
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    let open = async |folder: &Path| SqliteStore::open(options(folder)).await.unwrap();
    survives("child_writes_until_it_is_killed", open).await;
}
