//! The writer on an engine that does as it is told: syncs that take their time, that fail, batches that fail.

use std::future::poll_fn;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, TenantId};
use helpdesk_core::store::{
    Commit, CommitOutcome, Expected, FaultKind, IdempotencyKey, Maintenance, RecordKey, RecordKind, RecordStore,
    RecordWrite, Retry, TicketStore, Wants,
};

use super::SledStore;
use super::engine::{Batch, Bytes, Direction, Engine, Pairs};
use super::error::Fault;
use super::shared::Shared;
use super::writer::Writer;

/// What an engine is told, and what it tells.
#[derive(Default)]
struct Told {
    rows: Mutex<Batch>,
    /// What happened, in order.
    events: Mutex<Vec<&'static str>>,
    fail_apply: AtomicBool,
    fail_sync: AtomicBool,
    dropped: AtomicBool,
}

struct Fake {
    told: Arc<Told>,
    /// Each sync says that it has begun, and waits for a word.
    gate: Option<(Sender<()>, Mutex<Receiver<()>>)>,
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.told.dropped.store(true, Ordering::SeqCst);
    }
}

impl Engine for Fake {
    fn get(&self, key: &[u8]) -> Result<Option<Bytes>, Fault> {
        Ok(self.told.rows.lock().unwrap().get(key).cloned().flatten())
    }

    fn range(&self, from: &[u8], to: &[u8], direction: Direction) -> Pairs<'_> {
        let rows = self.told.rows.lock().unwrap();
        let there =
            rows.range(from.to_vec()..to.to_vec()).filter_map(|(key, value)| Some((key.clone(), value.clone()?)));
        let mut there: Vec<_> = there.map(Ok).collect();
        if direction == Direction::Falling {
            there.reverse();
        }
        Box::new(there.into_iter())
    }

    fn apply(&self, batch: &Batch) -> Result<(), Fault> {
        if self.told.fail_apply.load(Ordering::SeqCst) {
            return Err(Fault::Io(std::io::ErrorKind::StorageFull.into()));
        }
        self.told.events.lock().unwrap().push("apply");
        self.told.rows.lock().unwrap().extend(batch.clone());
        Ok(())
    }

    fn sync(&self) -> Result<(), Fault> {
        if let Some((begun, go)) = &self.gate {
            begun.send(()).unwrap();
            go.lock().unwrap().recv().unwrap();
        }
        if self.told.fail_sync.load(Ordering::SeqCst) {
            return Err(Fault::Io(std::io::ErrorKind::StorageFull.into()));
        }
        self.told.events.lock().unwrap().push("sync");
        Ok(())
    }

    fn size(&self) -> Result<u64, Fault> {
        Ok(0)
    }
}

fn store(told: &Arc<Told>, gate: Option<(Sender<()>, Mutex<Receiver<()>>)>) -> SledStore {
    let shared = Arc::new(Shared::new(Box::new(Fake { told: Arc::clone(told), gate })));
    let writer = Writer::start(Arc::clone(&shared)).unwrap();
    SledStore { path: PathBuf::new(), shared, writer }
}

fn acme() -> TenantId {
    TenantId::new("acme").unwrap()
}

fn team(key: &str) -> RecordKey {
    RecordKey::new(RecordKind::Team, key)
}

fn key() -> IdempotencyKey {
    IdempotencyKey { source: "api".into(), key: "k".into(), fingerprint: "f".into() }
}

fn write(name: &str) -> Commit {
    let mut commit = Commit::new(acme(), Actor::System, Timestamp::UNIX_EPOCH);
    commit.records = vec![RecordWrite { key: team(name), expected: Expected::Absent, value: Some("x".into()) }];
    commit
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_key_gave_is_told_only_once_it_is_durable() {
    let told = Arc::new(Told::default());
    let ((begun, has_begun), (go, may_go)) = (channel(), channel());
    let store = Arc::new(store(&told, Some((begun, Mutex::new(may_go)))));
    let first = tokio::spawn({
        let store = Arc::clone(&store);
        async move { store.commit(Commit { key: Some(key()), ..write("a") }).await }
    });
    has_begun.recv().unwrap();
    // It is applied and not durable: a read sees it, a replay waits.
    assert!(store.record(&acme(), &team("a")).await.unwrap().is_some());
    let wants = Wants { replay: Some(key()), ..Wants::default() };
    let tenant = acme();
    let mut again = store.load(&tenant, &wants);
    let pending = poll_fn(|context| Poll::Ready(again.as_mut().poll(context).is_pending())).await;
    assert!(pending, "an act that is not durable was acknowledged");
    go.send(()).unwrap();
    assert!(again.await.unwrap().replay.is_some());
    assert!(matches!(first.await.unwrap(), Ok(CommitOutcome::Applied(_))));
    assert_eq!(*told.events.lock().unwrap(), ["apply", "sync"]);
}

#[tokio::test]
async fn after_a_failed_sync_or_batch_nothing_is_taken_and_nothing_is_written_any_more() {
    for which in ["sync", "apply"] {
        let told = Arc::new(Told::default());
        let store = store(&told, None);
        store.commit(write("a")).await.unwrap();
        let fails = if which == "sync" { &told.fail_sync } else { &told.fail_apply };
        fails.store(true, Ordering::SeqCst);
        let fault = store.commit(write("b")).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Unavailable, "{which}");
        // A sync that would go well now proves nothing of what failed before.
        fails.store(false, Ordering::SeqCst);
        for fault in [
            store.commit(write("c")).await.unwrap_err(),
            store.record(&acme(), &team("a")).await.unwrap_err(),
            store.tenants().await.unwrap_err(),
        ] {
            assert_eq!((fault.kind, fault.retry), (FaultKind::Unavailable, Retry::Never), "{which}: {fault}");
        }
        store.close().await.unwrap();
        assert!(!told.dropped.load(Ordering::SeqCst), "an engine that is let go writes what is half there");
    }
}

#[tokio::test]
async fn a_panicking_act_takes_no_other_with_it() {
    let told = Arc::new(Told::default());
    let store = store(&told, None);
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| {}));
    let bug = store.writer.submit(|draft| -> Result<(), Fault> {
        draft.mark(vec![1]);
        panic!("a bug")
    });
    let (bug, fine) = tokio::join!(bug, store.commit(write("a")));
    std::panic::set_hook(hook);
    assert!(bug.is_err());
    assert!(matches!(fine, Ok(CommitOutcome::Applied(_))));
    assert!(!told.rows.lock().unwrap().contains_key(&vec![1]), "nothing of it was applied");
}

#[tokio::test]
async fn what_is_to_come_last_comes_after_the_sync_of_all_before() {
    let told = Arc::new(Told::default());
    let store = store(&told, None);
    let events = Arc::clone(&told);
    let last = store.writer.submit_last(move |_| {
        events.events.lock().unwrap().push("last");
        Ok(())
    });
    let (first, second, last) = tokio::join!(store.commit(write("a")), store.commit(write("b")), last);
    assert!(first.is_ok() && second.is_ok() && last.is_ok());
    let events = told.events.lock().unwrap().clone();
    let at = |what| events.iter().position(|event| *event == what).unwrap();
    assert!(at("sync") < at("last"), "{events:?}");
    assert!(!events[at("last")..].contains(&"apply"), "{events:?}");
}

#[tokio::test]
async fn acts_that_change_much_do_not_wait_for_one_another() {
    let told = Arc::new(Told::default());
    let store = store(&told, None);
    let large = |name: &str| {
        let mut commit = write(name);
        commit.records[0].value = Some("x".repeat(300_000).into());
        commit
    };
    let (a, b, c) = tokio::join!(store.commit(large("a")), store.commit(large("b")), store.commit(large("c")));
    assert!(a.is_ok() && b.is_ok() && c.is_ok());
    assert_eq!(*told.events.lock().unwrap(), ["apply", "sync", "apply", "sync", "apply", "sync"]);
}
