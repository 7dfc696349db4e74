//! Several processes on one folder, and processes that are killed: nothing acknowledged is lost, nothing half applied.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../helpdesk-core/tests/shared/kills.rs"]
mod kills;
mod support;

use std::path::Path;

use helpdesk_core::store::*;
use helpdesk_store_sled::SledStore;
use kills::{FOLDER, child, survives, write_for_ever};
use support::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child of another test"]
async fn child_writes_until_it_is_killed() {
    let folder = std::env::var(FOLDER).unwrap();
    let store = SledStore::open(&options(Path::new(&folder))).unwrap();
    // One of them writes what stands under several keys.
    write_for_ever(store, [1, 1, 1, 1500].map(|times| "Until the end. ".repeat(times))).await;
}

#[tokio::test]
async fn what_was_acknowledged_survives_a_kill() {
    survives("child_writes_until_it_is_killed", async |folder| SledStore::open(&options(folder)).unwrap()).await;
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_opens_what_is_open() {
    let folder = std::env::var(FOLDER).unwrap();
    let error = SledStore::open(&options(Path::new(&folder))).unwrap_err();
    assert_eq!((error.kind, error.retry), (FaultKind::Unavailable, Retry::Later));
    assert!(error.to_string().contains("another process"), "{error}");
}

#[tokio::test]
async fn a_second_process_is_refused_and_damages_nothing() {
    let desk = Desk::new();
    let ticket = open(&desk.store, plain("mine"), at(0)).await;
    for _ in 0..3 {
        let output = child("child_opens_what_is_open", desk.folder.path()).wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        act(&desk.store, &load(&desk.store, ticket.id).await.unwrap(), &reply("still mine"), at(1)).await;
    }
    desk.store.close().await.unwrap();
    let store = SledStore::open(&options(desk.folder.path())).unwrap();
    assert_eq!(load(&store, ticket.id).await.unwrap().messages, 4);
    assert_eq!(store.check().await.unwrap(), []);
}
