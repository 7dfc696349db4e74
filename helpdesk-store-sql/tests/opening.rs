//! Opening what is not there, not ours, newer, or damaged; finding damage; copying.

#![cfg(feature = "sqlite")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use helpdesk_core::store::*;
use helpdesk_store_sql::sqlite::{SqliteOptions, SqliteStore};
use sqlx::Connection;
use support::*;

async fn refused(options: SqliteOptions) -> FaultKind {
    SqliteStore::open(options).await.unwrap_err().kind
}

#[tokio::test]
async fn a_missing_file_is_made_only_if_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    assert_eq!(refused(SqliteOptions::new(&path)).await, FaultKind::NeedsMigration);
    assert!(!path.exists());
    let store = SqliteStore::open(SqliteOptions::new(&path).create(true)).await.unwrap();
    assert_eq!(store.schema().await.unwrap(), SchemaState { found: 1, supported: 1 });
    assert_eq!(store.migrate().await.unwrap(), SchemaState { found: 1, supported: 1 });
    drop(store);
    assert!(SqliteStore::open(SqliteOptions::new(&path)).await.is_ok());
    let nowhere = SqliteOptions::new(folder.path().join("no/such/folder/desk.db")).create(true);
    assert_eq!(refused(nowhere).await, FaultKind::Unavailable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_first_starts_at_once_all_succeed() {
    // Connections have threads of their own, so these meet more closely than processes, whose starts are spread.
    for _ in 0..20 {
        let folder = tempfile::tempdir().unwrap();
        let mut starts = tokio::task::JoinSet::new();
        for _ in 0..8 {
            starts.spawn(SqliteStore::open(options(folder.path())));
        }
        for store in starts.join_all().await {
            open(&store.unwrap(), plain("From one of several"), at(0)).await;
        }
        let store = SqliteStore::open(options(folder.path())).await.unwrap();
        assert_eq!(store.scan(&acme(), None, 100).await.unwrap().len(), 8);
        assert_eq!(store.check().await.unwrap(), []);
    }
}

#[tokio::test]
async fn what_is_no_database_is_refused_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let letter = "Dear Sir or Madam, this is a letter and not a database. ".repeat(40);
    std::fs::write(&path, &letter).unwrap();
    assert_eq!(refused(SqliteOptions::new(&path).create(true)).await, FaultKind::Corrupt);
    assert_eq!(std::fs::read_to_string(&path).unwrap(), letter);
}

#[tokio::test]
async fn a_newer_file_is_not_touched() {
    for newer in ["PRAGMA user_version = 99", "UPDATE helpdesk_schema SET version = 7, min_writer = 7"] {
        let desk = Desk::new().await;
        let path = desk.store.path().to_owned();
        desk.store.close().await.unwrap();
        let mut connection = raw(&path).await;
        sqlx::query(newer).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let before = std::fs::read(&path).unwrap();
        assert_eq!(refused(options(desk.folder.path()).migrate(true)).await, FaultKind::SchemaTooNew);
        assert_eq!(std::fs::read(&path).unwrap(), before, "{newer}");
    }
}

#[tokio::test]
async fn a_file_whose_tables_were_made_in_another_form_is_refused_when_it_is_opened() {
    let desk = Desk::new().await;
    let path = desk.store.path().to_owned();
    desk.store.close().await.unwrap();
    sqlx::query("UPDATE helpdesk_migrations SET checksum = 'other'").execute(&mut raw(&path).await).await.unwrap();
    assert_eq!(refused(options(desk.folder.path())).await, FaultKind::Unsupported);
}

#[tokio::test]
async fn a_hosts_own_database_keeps_its_header_and_needs_leave() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("desk.db");
    let mut connection = raw(&path).await;
    sqlx::raw_sql("CREATE TABLE crm (a); PRAGMA user_version = 12; PRAGMA application_id = 5")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    assert_eq!(refused(SqliteOptions::new(&path)).await, FaultKind::NeedsMigration);
    let store = SqliteStore::open(SqliteOptions::new(&path).migrate(true)).await.unwrap();
    open(&store, plain("beside the CRM"), at(0)).await;
    store.close().await.unwrap();
    let mut connection = raw(&path).await;
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut connection).await.unwrap();
    assert_eq!(version, 12);
}

#[tokio::test]
async fn the_check_finds_what_does_not_belong_together() {
    for (damage, place) in [
        ("UPDATE helpdesk_ticket SET due_at = 5", "ticket "),
        ("UPDATE helpdesk_ticket SET event_seq = 9", "ticket "),
        ("DELETE FROM helpdesk_tag", "ticket "),
        ("DELETE FROM helpdesk_term", "ticket "),
        ("DELETE FROM helpdesk_message", "ticket "),
        ("UPDATE helpdesk_ticket SET doc = '{}'", "ticket "),
        ("INSERT INTO helpdesk_tag VALUES ('acme', 'more', 1, 99)", "helpdesk_tag"),
        ("INSERT INTO helpdesk_timer VALUES (1, 2, 'wake_up', 'acme', x'00')", "helpdesk_timer"),
        ("UPDATE helpdesk_counter SET n = n + 1 WHERE counted = 'all'", "helpdesk_counter"),
        ("UPDATE helpdesk_counter SET n = n + 1 WHERE counted = 'none'", "helpdesk_counter"),
        ("INSERT INTO helpdesk_counter VALUES ('acme', 'to:anna', 0, 'new', 1, 1)", "helpdesk_counter"),
        ("INSERT INTO helpdesk_counter VALUES ('acme', 'by:agent:anna', 0, 'new', 1, 1)", "helpdesk_counter"),
        ("INSERT INTO helpdesk_mark SELECT tenant, id, 'anna', 1, 0 FROM helpdesk_ticket", "helpdesk_mark"),
        ("INSERT INTO helpdesk_key SELECT tenant, 'api', 'k', 'f', id, 2, 0 FROM helpdesk_ticket", "helpdesk_key"),
        ("INSERT INTO helpdesk_key VALUES ('acme', 'api', 'k', 'f', x'00', 1, 0)", "helpdesk_key"),
        ("INSERT INTO helpdesk_external VALUES ('acme', 'a', 'b', x'00')", "helpdesk_external"),
    ] {
        let desk = Desk::new().await;
        let new = helpdesk_core::ticket::NewTicket { tags: vec!["vip".into()], ..plain("Whole") };
        open(&desk.store, new, at(0)).await;
        assert_eq!(desk.store.check().await.unwrap(), []);
        let mut connection = raw(desk.store.path()).await;
        sqlx::query(damage).execute(&mut connection).await.unwrap();
        let findings = desk.store.check().await.unwrap();
        assert!(findings.iter().any(|finding| finding.place.starts_with(place)), "{damage}: {findings:?}");
    }
}

#[tokio::test]
async fn broken_pages_are_found_or_told_as_damage() {
    let desk = Desk::new().await;
    for index in 0..50 {
        open(&desk.store, plain("Some rows"), at(index)).await;
    }
    desk.store.close().await.unwrap();
    let mut bytes = std::fs::read(desk.store.path()).unwrap();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x5a);
    std::fs::write(desk.store.path(), bytes).unwrap();
    match SqliteStore::open(options(desk.folder.path())).await {
        Err(error) => assert_eq!(error.kind, FaultKind::Corrupt),
        Ok(store) => match store.check().await {
            Ok(findings) => assert_ne!(findings, []),
            Err(error) => assert_eq!(error.kind, FaultKind::Corrupt),
        },
    }
}

#[tokio::test]
async fn a_copy_holds_everything_and_is_not_written_over_another() {
    let desk = Desk::new().await;
    let ticket = open(&desk.store, plain("Copied"), at(0)).await;
    let copy = desk.folder.path().join("copy.db");
    desk.store.backup(&copy).await.unwrap();
    assert_eq!(desk.store.backup(&copy).await.unwrap_err().kind, FaultKind::Unexpected);
    let files = || std::fs::read_dir(desk.folder.path()).unwrap().map(|file| file.unwrap().file_name());
    assert!(files().all(|name| !name.to_string_lossy().contains("partial")), "{:?}", files().collect::<Vec<_>>());
    let copied = SqliteStore::open(SqliteOptions::new(copy)).await.unwrap();
    assert_eq!(load(&copied, ticket.id).await, Some(ticket));
    assert_eq!(copied.check().await.unwrap(), []);
}

#[cfg(unix)]
#[tokio::test]
async fn a_copy_is_for_those_who_may_read_the_file() {
    use std::os::unix::fs::PermissionsExt;
    let desk = Desk::new().await;
    std::fs::set_permissions(desk.store.path(), std::fs::Permissions::from_mode(0o600)).unwrap();
    let copy = desk.folder.path().join("copy.db");
    desk.store.backup(&copy).await.unwrap();
    assert_eq!(std::fs::metadata(copy).unwrap().permissions().mode() & 0o777, 0o600);
}
