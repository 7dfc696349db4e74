//! What the file system does to a store: no space, no permission, another program that holds the file.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../helpdesk-core/tests/shared/small_disk.rs"]
mod small_disk;
mod support;

use std::process::Command as Process;
use std::time::Duration;

use helpdesk_core::store::*;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use small_disk::{FOLDER, on_a_small_disk, passed};
use support::*;

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_fills_its_disk() {
    let folder = std::path::PathBuf::from(std::env::var(FOLDER).unwrap());
    let store = SqliteStore::open(options(&folder)).await.unwrap();
    let mut kept = Vec::new();
    let fault = loop {
        let write = opening(plain(&"Long ".repeat(40)), &anna(), at(0));
        let id = write.after.id;
        match store.commit(commit_of(vec![write], at(0))).await {
            Ok(outcome) => {
                applied(outcome);
                kept.push(id);
            }
            Err(fault) => break fault,
        }
        assert!(kept.len() < 100_000, "the disk is never full");
    };
    assert_eq!((fault.kind, fault.retry), (FaultKind::Unavailable, Retry::Later), "{fault}");
    assert!(kept.len() > 50, "only {} were kept", kept.len());
    for id in &kept {
        assert!(load(&store, *id).await.is_some(), "{id} was acknowledged");
    }
    let again = store.commit(commit_of(vec![opening(plain(&"Long ".repeat(40)), &anna(), at(0))], at(0))).await;
    assert_eq!(again.unwrap_err().kind, FaultKind::Unavailable);

    // A copy that has no room leaves nothing that looks like one.
    let copy = folder.join("copy.db");
    assert_eq!(store.backup(&copy).await.unwrap_err().kind, FaultKind::Unavailable);
    let names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(names.iter().all(|name| !name.to_string_lossy().contains("copy")), "{names:?}");

    // Space is made, and work goes on; in the same process and after a start.
    let larger = Process::new("mount").args(["-o", "remount,size=64m"]).arg(&folder).status().unwrap();
    assert!(larger.success());
    for _ in 0..20 {
        kept.push(open(&store, plain("Goes on"), at(1)).await.id);
    }
    assert_eq!(store.check().await.unwrap(), []);
    store.close().await.unwrap();
    let store = SqliteStore::open(options(&folder)).await.unwrap();
    let there = store.scan(&acme(), None, 200_000).await.unwrap();
    assert_eq!(there.len(), kept.len(), "what was acknowledged is there, and nothing else");
    assert_eq!(store.check().await.unwrap(), []);
}

#[test]
fn a_full_disk_loses_nothing_and_work_goes_on_when_there_is_space() {
    let folder = tempfile::tempdir().unwrap();
    if let Some(output) = on_a_small_disk("child_fills_its_disk", folder.path(), "") {
        passed(&output);
    }
}

#[tokio::test]
#[ignore = "a child of another test"]
async fn child_may_not_write() {
    let folder = std::path::PathBuf::from(std::env::var(FOLDER).unwrap());
    let fault = SqliteStore::open(options(&folder)).await.expect_err("nothing can be made here");
    assert_eq!(fault.kind, FaultKind::Unavailable, "{fault}");
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_be_written_is_told_as_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let read_only = format!("mount -o remount,ro \"${FOLDER}\" &&");
    if let Some(output) = on_a_small_disk("child_may_not_write", folder.path(), &read_only) {
        passed(&output);
    }
}

#[tokio::test]
async fn a_file_that_another_program_holds_is_waited_for_and_then_unavailable() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let patient = SqliteOptions::new(&path).create(true).busy_timeout(Duration::from_millis(20));
    let store = SqliteStore::open(patient).await.unwrap();
    let ticket = open(&store, plain("Before"), at(0)).await;
    let mut holder = raw(&path).await;
    sqlx::query("BEGIN IMMEDIATE").execute(&mut holder).await.unwrap();
    let fault = store.commit(commit_of(vec![opening(plain("Meanwhile"), &anna(), at(1))], at(1))).await.unwrap_err();
    assert_eq!((fault.kind, fault.retry), (FaultKind::Unavailable, Retry::Later), "{fault}");
    assert!(fault.to_string().contains("another process holds the file"), "{fault}");
    // Reading goes on, and writing as soon as it can.
    assert_eq!(load(&store, ticket.id).await, Some(ticket));
    sqlx::query("ROLLBACK").execute(&mut holder).await.unwrap();
    open(&store, plain("After"), at(2)).await;
    assert_eq!(store.scan(&acme(), None, 9).await.unwrap().len(), 2);
    assert_eq!(store.check().await.unwrap(), []);
}
