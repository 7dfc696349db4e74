//! Files and values that were damaged: each is told, what is told is true, and nothing panics.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use helpdesk_core::desk::OpenTicket;
use helpdesk_core::store::*;
use helpdesk_core::ticket::ExternalRef;
use helpdesk_core::{Helpdesk, Settings};
use helpdesk_store_sled::SledStore;
use support::*;

/// Overwrites a share of the data file, beginning at a tenth of it.
fn damage(folder: &Path, tenth: usize, length: usize) {
    let file = folder.join("desk.sled/db");
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.len() * tenth / 10;
    let end = (at + length).min(bytes.len());
    bytes[at..end].iter_mut().for_each(|byte| *byte ^= 0x5a);
    std::fs::write(&file, bytes).unwrap();
}

/// What a damaged store comes to: it is told, or what is read is what was written; nothing panics.
async fn told(folder: &Path, written: &[helpdesk_core::ticket::Ticket]) -> &'static str {
    let store = match SledStore::open(&options(folder).create(false)) {
        Ok(store) => store,
        Err(error) => {
            assert!(matches!(error.kind, FaultKind::Corrupt | FaultKind::NeedsMigration), "{error}");
            return "refused";
        }
    };
    match store.check().await {
        Err(error) => assert_eq!(error.kind, FaultKind::Corrupt, "{error}"),
        Ok(findings) if !findings.is_empty() => {}
        Ok(_) => {
            let found = store.scan(&acme(), None, 1000).await.unwrap();
            assert_eq!(found.len(), written.len(), "what is missing must be told");
            assert!(found.iter().all(|ticket| written.contains(ticket)), "something else is read than was written");
            return "unharmed";
        }
    }
    drop(store.close().await);
    "found"
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_store_is_told_and_never_panics() {
    let mut outcomes = std::collections::BTreeMap::new();
    for (tenth, length) in (0..10).flat_map(|tenth| [(tenth, 1), (tenth, 4096), (tenth, 1 << 20)]) {
        let desk = Desk::new();
        let mut written = Vec::new();
        for index in 0..40 {
            written.push(open(&desk.store, plain("Some rows"), at(index)).await);
        }
        desk.store.close().await.unwrap();
        damage(desk.folder.path(), tenth, length);
        *outcomes.entry(told(desk.folder.path(), &written).await).or_insert(0) += 1;
    }
    let harmed: usize = ["refused", "found"].iter().filter_map(|outcome| outcomes.get(outcome)).sum();
    assert!(harmed > 10, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_cut_off_is_told_and_never_panics() {
    let mut refused = 0;
    for tenth in 0..10 {
        let desk = Desk::new();
        for index in 0..40 {
            open(&desk.store, plain("Some rows"), at(index)).await;
        }
        desk.store.close().await.unwrap();
        let file = std::fs::File::options().write(true).open(desk.folder.path().join("desk.sled/db")).unwrap();
        file.set_len(file.metadata().unwrap().len() * tenth / 10).unwrap();
        match SledStore::open(&options(desk.folder.path()).create(false)) {
            Err(error) => {
                assert!(matches!(error.kind, FaultKind::Corrupt | FaultKind::NeedsMigration), "{error}");
                refused += 1;
            }
            Ok(store) => {
                if store.check().await.is_ok_and(|findings| findings.is_empty()) {
                    assert_eq!(store.scan(&acme(), None, 1000).await.unwrap().len(), 40);
                }
            }
        }
    }
    assert!(refused > 5, "{refused}");
}

/// Puts something into every table.
async fn work_on(store: SledStore) {
    let store = Arc::new(store);
    let desk = Helpdesk::over(store.clone()).build();
    let tenant = desk.tenant("acme").unwrap();
    let (anna, admin) = (tenant.agent("anna").unwrap(), tenant.admin("root").unwrap());
    admin.init(&Settings { outbox: true, ..Settings::usual() }).await.unwrap();
    let new = OpenTicket::new("first").from_email("max@example.com").unwrap().saying("x".repeat(12_000));
    let id = anna.open(new).idempotent("first").unwrap().await.unwrap().ticket.id;
    tenant.agent("ben").unwrap().mark_read(id).await.unwrap();
    anna.set_subject(id, "another").await.unwrap();
    anna.lock(id, None).await.unwrap();
    anna.reply(id, "An answer.").await.unwrap();
    let mut write = opening(plain("second"), &support::anna(), at(0));
    write.after.external.insert(ExternalRef { source: "mail".to_owned(), id: "second".to_owned() });
    applied(store.commit(commit_of(vec![write], at(0))).await.unwrap());
    store.close().await.unwrap();
}

/// Opens the engine itself. A store that was refused is let go of by the engine's own thread, a little later.
#[expect(clippy::disallowed_methods, reason = "the engine has no call that waits, and nothing else runs here")]
fn open_raw(place: &Path) -> sled::Db {
    for _ in 0..1000 {
        match sled::open(place) {
            Err(sled::Error::Io(error)) if error.to_string().contains("could not acquire lock") => {
                std::thread::sleep(std::time::Duration::from_millis(10));
            }
            opened => return opened.unwrap(),
        }
    }
    panic!("the store stays open");
}

#[tokio::test]
async fn every_value_that_cannot_be_read_is_found_in_its_place() {
    let folder = tempfile::tempdir().unwrap();
    work_on(SledStore::open(&options(folder.path())).unwrap()).await;
    let raw = || open_raw(&folder.path().join("desk.sled"));
    let put = |key: &sled::IVec, value: &[u8]| drop(raw().insert(key, value).unwrap());
    // All but the count of acts, whose damage is seen only if it falls behind what was noted.
    let is_value = |(key, value): &(sled::IVec, sled::IVec)| !value.is_empty() && key.as_ref() != [0xff, 0xff];
    let rows: Vec<_> = raw().iter().map(Result::unwrap).filter(is_value).collect();
    let mut found: BTreeMap<String, usize> = BTreeMap::new();
    for (key, value) in &rows {
        let mut turned = value.to_vec();
        *turned.last_mut().unwrap() ^= 1;
        put(key, &turned);
        match SledStore::open(&options(folder.path()).create(false)) {
            Err(error) => {
                assert_eq!(error.kind, FaultKind::Corrupt);
                *found.entry("refused".to_owned()).or_default() += 1;
            }
            Ok(store) => {
                let findings = store.check().await.unwrap();
                let unreadable = findings.iter().find(|finding| finding.damage == Damage::Unreadable);
                let place = &unreadable.unwrap_or_else(|| panic!("{key:?} {findings:?}")).place;
                let table = place.trim_start_matches("acme: ").split(' ').next().unwrap();
                *found.entry(table.to_owned()).or_default() += 1;
                store.close().await.unwrap();
            }
        }
        put(key, value);
    }
    let tables: Vec<&str> = found.keys().map(String::as_str).collect();
    let all = [
        "counter", "drawn", "event", "external", "key", "lock", "mark", "message", "number", "outbox", "record",
        "refused", "revision", "store", "ticket",
    ];
    assert_eq!(tables, all, "{found:?}");
    let store = SledStore::open(&options(folder.path())).unwrap();
    assert_eq!(store.check().await.unwrap(), []);
}
