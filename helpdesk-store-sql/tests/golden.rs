//! Databases as each release left them, kept for ever in `golden`: the newest code opens them all, finds nothing wrong,
//! exports them byte for byte as they were, and works on.
//!
//! A release that changes what is stored adds a folder and leaves the others alone:
//! `HELPDESK_TEST_GOLDEN=0.2 scripts/servers run cargo test -p helpdesk-store-sql --all-features --test golden -- --ignored`

#![cfg(all(feature = "sqlite", feature = "postgres", feature = "mysql"))]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on shall stop")]

mod engines;
mod golden_desk;
mod servers;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::TimeDelta;
use engines::{Engine, Home};
use golden_desk::{KEY, TENANTS, export, keyed, play, start, written};
use helpdesk_core::Helpdesk;
use helpdesk_core::desk::OpenTicket;
use helpdesk_core::env::ManualClock;
use helpdesk_core::relay::{Answer, EventSink, OutgoingEvent};
use helpdesk_core::store::Store;
use helpdesk_core::ticket::Ticket;

/// Says which release writes its goldens.
const RELEASE: &str = "HELPDESK_TEST_GOLDEN";
/// No golden file is larger: they are kept for ever.
const MOST_BYTES: u64 = 300_000;

/// Where goldens are.
fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden")
}

/// The folder of each release.
fn releases() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut releases: Vec<_> = entries.filter(|path| path.is_dir()).collect();
    releases.sort();
    assert!(!releases.is_empty());
    releases
}

/// The file of an engine's database.
fn file(release: &Path, engine: Engine) -> PathBuf {
    release.join(if engine == Engine::Sqlite { "sqlite.db".to_owned() } else { format!("{}.sql", engine.name()) })
}

/// An engine's database as that release left it.
async fn golden(release: &Path, engine: Engine) -> Option<Home> {
    let home = Home::new(engine).await?;
    let file = file(release, engine);
    if engine == Engine::Sqlite {
        std::fs::copy(file, &home.place).unwrap();
    } else {
        home.run(&std::fs::read_to_string(file).unwrap()).await;
    }
    Some(home)
}

/// Every golden database, brought to this version.
async fn goldens() -> Vec<(PathBuf, Home)> {
    let mut goldens = Vec::new();
    for release in releases() {
        for engine in Engine::ALL {
            if let Some(home) = golden(&release, engine).await {
                home.migrate().await.unwrap();
                goldens.push((release.clone(), home));
            }
        }
    }
    goldens
}

/// The export of that release.
fn exported(release: &Path, tenant: &str) -> String {
    std::fs::read_to_string(release.join(format!("{tenant}.jsonl"))).unwrap()
}

/// The tickets of an export.
fn tickets(export: &str) -> Vec<Ticket> {
    let lines = export.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
    let tickets = lines.filter(|line| line["schema"] == "helpdesk/export.ticket/1");
    tickets.map(|line| serde_json::from_value(line["item"]["ticket"].clone()).unwrap()).collect()
}

/// A desk a day after the last act.
fn a_day_later(store: Arc<dyn Store>) -> Helpdesk {
    Helpdesk::over(store).clock(Arc::new(ManualClock::at(start() + TimeDelta::days(4)))).build()
}

async fn is_clean(desk: &Helpdesk, what: &str) {
    assert_eq!(desk.store().check().await.unwrap(), [], "{what}");
    let report = desk.check(|_| {}).await.unwrap();
    assert!(report.is_clean() && report.tickets > 0, "{what}: {report:?}");
}

#[tokio::test]
async fn every_golden_database_is_whole_and_exports_the_same_bytes() {
    for (release, home) in goldens().await {
        let what = format!("{} {:?}", release.display(), home.engine);
        let desk = a_day_later(home.open().await.unwrap());
        is_clean(&desk, &what).await;
        assert_eq!(desk.store().tenants().await.unwrap().len(), TENANTS.len());
        for tenant in TENANTS {
            let (now, then) = (export(&desk, tenant).await, exported(&release, tenant));
            let differing = now.lines().zip(then.lines()).find(|(now, then)| now != then);
            assert_eq!(differing, None, "{what}");
            assert!(now == then, "{what}: {} bytes, {} before", now.len(), then.len());
        }
    }
}

#[tokio::test]
async fn a_golden_database_has_the_tables_that_are_made_today() {
    for (release, home) in goldens().await {
        let fresh = Home::new(home.engine).await.unwrap();
        fresh.migrate().await.unwrap();
        assert_eq!(home.form().await, fresh.form().await, "{} {:?}", release.display(), home.engine);
        let status = home.status().await;
        assert_eq!((status.fault(), status.pending.len()), (None, 0), "{status:?}");
    }
}

/// Hears everything.
struct Ear;

#[async_trait::async_trait]
impl EventSink for Ear {
    async fn tell(&self, _: &OutgoingEvent) -> Answer {
        Answer::Delivered
    }
}

#[tokio::test]
async fn life_goes_on_in_a_golden_database() {
    for (release, home) in goldens().await {
        let what = format!("{} {:?}", release.display(), home.engine);
        let desk = a_day_later(home.open().await.unwrap());
        for tenant in TENANTS {
            let tickets = tickets(&exported(&release, tenant));
            let anna = desk.tenant(tenant).unwrap().agent("anna").unwrap();

            let again = anna.open(keyed()).idempotent(KEY).unwrap().await.unwrap();
            let ticket = tickets.iter().find(|ticket| ticket.id == again.ticket.id).expect("it was opened then");
            assert!(again.replayed, "{what}");
            let replied = anna.reply(ticket.id, "It is on its way.").await.unwrap().ticket;
            assert_eq!((replied.version, replied.messages), (ticket.version.next(), ticket.messages + 1), "{what}");

            let numbers = tickets.iter().filter_map(|ticket| ticket.number.as_str().strip_prefix("2026-"));
            let last: u64 = numbers.map(|number| number.parse().unwrap()).max().unwrap();
            let new = anna.open(OpenTicket::new("The first of the new release")).await.unwrap().ticket;
            assert_eq!(new.number.as_str(), format!("2026-{:06}", last + 1), "{what}");

            let waiting = tickets.iter().find(|ticket| ticket.status.as_str() == "on_hold").unwrap().id;
            let slot = anna.peek_lock(waiting).await.unwrap();
            assert_eq!(slot.lease.unwrap().holder.as_str(), "ben", "{what}");
        }
        let report = desk.relay(&Ear, 1000).await.unwrap();
        assert!(report.delivered > 0 && report.dead == 0, "{what}: {report:?}");
        is_clean(&desk, &what).await;

        // What was to wake up does so.
        let later = Arc::new(ManualClock::at(start() + TimeDelta::days(21)));
        let later = Helpdesk::over(Arc::clone(desk.store())).clock(later).build();
        let before = later.check(|_| {}).await.unwrap().events;
        while later.sweep(100).await.unwrap().more {}
        assert!(later.check(|_| {}).await.unwrap().events > before, "{what}");
        is_clean(&later, &what).await;
    }
}

#[test]
fn goldens_are_small() {
    for release in releases() {
        for entry in std::fs::read_dir(release).unwrap() {
            let (path, bytes) = entry.map(|entry| (entry.path(), entry.metadata().unwrap().len())).unwrap();
            assert!(bytes < MOST_BYTES, "{}: {bytes} bytes", path.display());
        }
    }
}

#[tokio::test]
#[ignore = "writes the golden databases of a release"]
async fn write() {
    let release = folder().join(std::env::var(RELEASE).expect("HELPDESK_TEST_GOLDEN names a release"));
    std::fs::create_dir_all(&release).unwrap();
    for engine in Engine::ALL {
        let home = Home::new(engine).await.expect("every engine is needed");
        home.migrate().await.unwrap();
        let store = home.open().await.unwrap();
        play(Arc::clone(&store)).await;
        let desk = Helpdesk::over(Arc::clone(&store)).build();
        is_clean(&desk, engine.name()).await;
        for tenant in TENANTS {
            let (export, path) = (export(&desk, tenant).await, release.join(format!("{tenant}.jsonl")));
            // The engines have the same desk.
            if engine != Engine::Sqlite {
                assert!(std::fs::read_to_string(&path).unwrap() == export, "{engine:?}");
            }
            std::fs::write(path, export).unwrap();
        }
        store.close().await.unwrap();
        written::write(&home, &file(&release, engine)).await;
    }
}
