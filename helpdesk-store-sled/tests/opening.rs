//! Opening what is not there, not ours or newer; and cancelling.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::future::{Future, poll_fn};
use std::path::Path;
use std::task::Poll;

use helpdesk_core::store::*;
use helpdesk_store_sled::{SledOptions, SledStore};
use support::*;

fn refused(options: &SledOptions) -> FaultKind {
    SledStore::open(options).unwrap_err().kind
}

/// The engine past the store, to put something else there.
fn raw(folder: &Path) -> sled::Db {
    sled::open(folder.join("desk.sled")).unwrap()
}

#[tokio::test]
async fn a_missing_store_is_made_only_if_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.sled");
    assert_eq!(refused(&SledOptions::new(&path)), FaultKind::NeedsMigration);
    assert!(!path.exists());
    let store = SledStore::open(&SledOptions::new(&path).create(true)).unwrap();
    assert_eq!(store.schema().await.unwrap(), SchemaState { found: 1, supported: 1 });
    assert_eq!(store.migrate().await.unwrap(), SchemaState { found: 1, supported: 1 });
    assert!(store.size_on_disk().unwrap() > 0);
    store.close().await.unwrap();
    assert!(SledStore::open(&SledOptions::new(&path)).is_ok());
    std::fs::write(folder.path().join("file"), "no folder").unwrap();
    let nowhere = SledOptions::new(folder.path().join("file/desk.sled")).create(true);
    assert_eq!(refused(&nowhere), FaultKind::Unavailable);
}

#[tokio::test]
async fn a_store_that_is_dropped_frees_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..20 {
        let store = SledStore::open(&options(folder.path())).unwrap();
        open(&store, plain("again"), at(0)).await;
    }
}

#[tokio::test]
async fn somebody_elses_store_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    for tree in [None, Some("orders")] {
        let db = raw(folder.path());
        match tree {
            None => drop(db.insert("their", "own").unwrap()),
            Some(name) => {
                db.clear().unwrap();
                db.open_tree(name).unwrap().insert("their", "own").unwrap();
            }
        }
        drop(db);
        assert_eq!(refused(&options(folder.path())), FaultKind::Unsupported);
        assert!(!folder.path().join("desk.sled/helpdesk.acts").exists());
        let db = raw(folder.path());
        assert_eq!(db.iter().count(), usize::from(tree.is_none()));
    }
}

#[tokio::test]
async fn a_version_that_was_tampered_with_is_damage() {
    let desk = Desk::new();
    desk.store.close().await.unwrap();
    let db = raw(desk.folder.path());
    let (key, value) = db.iter().next().unwrap().unwrap();
    let mut newer = value.to_vec();
    *newer.last_mut().unwrap() = 99;
    db.insert(key, newer).unwrap();
    drop(db);
    assert_eq!(refused(&options(desk.folder.path())), FaultKind::Corrupt);
}

/// Polls a future at most so many times and drops it.
async fn drop_after<F: Future>(polls: usize, future: F) {
    let mut future = Box::pin(future);
    let mut left = polls;
    poll_fn(move |context| {
        left = left.saturating_sub(1);
        let ready = future.as_mut().poll(context).is_ready();
        if ready || left == 0 { Poll::Ready(()) } else { Poll::Pending }
    })
    .await;
}

#[tokio::test]
async fn a_dropped_commit_is_applied_whole() {
    let desk = Desk::new();
    for _ in 0..20 {
        let write = opening(plain("perhaps"), &anna(), at(0));
        let (id, events) = (write.after.id, write.events.len());
        drop_after(1, desk.store.commit(commit_of(vec![write], at(0)))).await;
        // A later act is answered after the dropped one came to its end.
        open(&desk.store, plain("after it"), at(0)).await;
        assert!(load(&desk.store, id).await.is_some());
        assert_eq!(desk.store.history(&acme(), id, 0, 100).await.unwrap().len(), events);
    }
    assert_eq!(desk.store.check().await.unwrap(), []);
}

#[tokio::test]
async fn closing_finishes_what_was_handed_over_and_refuses_the_rest() {
    let desk = Desk::new();
    let write = opening(plain("last"), &anna(), at(0));
    let id = write.after.id;
    let (done, closed) = tokio::join!(desk.store.commit(commit_of(vec![write], at(0))), desk.store.close());
    applied(done.unwrap());
    closed.unwrap();
    desk.store.close().await.unwrap();
    let late = commit_of(vec![opening(plain("late"), &anna(), at(0))], at(0));
    assert_eq!(desk.store.commit(late).await.unwrap_err().kind, FaultKind::Unavailable);
    assert_eq!(desk.store.tenants().await.unwrap_err().kind, FaultKind::Unavailable);
    let again = SledStore::open(&options(desk.folder.path())).unwrap();
    assert!(load(&again, id).await.is_some());
}
