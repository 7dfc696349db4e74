//! What a full disk does to a store: it is told, it does not hang, and what was acknowledged is there.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../helpdesk-core/tests/shared/small_disk.rs"]
mod small_disk;
mod support;

use std::io::Write;
use std::path::PathBuf;

use helpdesk_core::store::*;
use helpdesk_core::ticket::TicketId;
use helpdesk_store_sled::SledStore;
use small_disk::{FOLDER, on_a_small_disk, passed};
use support::*;

/// Where the child says what it was told.
const KEPT: &str = "kept";

fn folder() -> PathBuf {
    PathBuf::from(std::env::var(FOLDER).unwrap())
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_fills_its_disk() {
    let store = SledStore::open(&options(&folder())).unwrap();
    let mut kept = std::fs::File::create(folder().join(KEPT)).unwrap();
    let mut count = 0;
    let fault = loop {
        let write = opening(plain(&"Long ".repeat(40)), &anna(), at(0));
        let id = write.after.id;
        match store.commit(commit_of(vec![write], at(0))).await {
            Ok(outcome) => {
                applied(outcome);
                // The room for this was taken before: the names are short.
                writeln!(kept, "{id}").unwrap();
                count += 1;
            }
            Err(fault) => break fault,
        }
        assert!(count < 100_000, "the disk is never full");
    };
    assert_eq!(fault.kind, FaultKind::Unavailable, "{fault}");
    assert!(count > 50, "only {count} were kept");
    let again = store.commit(commit_of(vec![opening(plain("more"), &anna(), at(0))], at(0))).await.unwrap_err();
    assert_eq!((again.kind, again.retry), (FaultKind::Unavailable, Retry::Never), "{again}");
    // It ends by itself, and does not wait for a thread that never answers.
    store.close().await.unwrap();
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_goes_on() {
    let store = SledStore::open(&options(&folder())).unwrap();
    for line in std::fs::read_to_string(folder().join(KEPT)).unwrap().lines() {
        let id: TicketId = line.parse().unwrap();
        assert!(load(&store, id).await.is_some(), "{id} was acknowledged");
    }
    assert_eq!(store.check().await.unwrap(), []);
    for _ in 0..20 {
        open(&store, plain("Goes on"), at(1)).await;
    }
    assert_eq!(store.check().await.unwrap(), []);
    store.close().await.unwrap();
}

#[test]
fn a_full_disk_is_told_and_another_process_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    // The failed process keeps the folder, so that nothing half done is written; another one goes on after its end.
    let first = format!(
        "\"$0\" --exact child_fills_its_disk --ignored --nocapture --test-threads=1 && \
         mount -o remount,size=64m \"${FOLDER}\" &&"
    );
    if let Some(output) = on_a_small_disk("child_goes_on", folder.path(), &first) {
        passed(&output);
    }
}
