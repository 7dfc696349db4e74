//! `db migrate` on a file that another program made: looked at first, set aside, then brought to this version.

use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::desk::Desk;

/// Runs SQL on a file of the desk's folder, and counts its tables of the helpdesk and of the host.
fn tables(desk: &Desk, file: &str, sql: Option<&'static str>) -> (i64, i64) {
    let options = SqliteConnectOptions::new().filename(desk.path(file)).create_if_missing(sql.is_some());
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(async {
        let mut connection: SqliteConnection = options.connect().await.unwrap();
        if let Some(sql) = sql {
            sqlx::raw_sql(sql).execute(&mut connection).await.unwrap();
        }
        let count = "SELECT coalesce(sum(name GLOB 'helpdesk_*'), 0), coalesce(sum(name = 'orders'), 0) \
            FROM sqlite_master WHERE type = 'table'";
        let counts = sqlx::query_as(count).fetch_one(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        counts
    })
}

#[test]
fn an_older_file_is_looked_at_set_aside_and_migrated() {
    let desk = Desk::empty();
    assert_eq!(tables(&desk, "helpdesk.db", Some("CREATE TABLE orders (id)")), (0, 1));
    desk.run(&["ticket", "list"]).fails(8, "needs_migration");
    let tried = desk.json(&["db", "migrate", "--dry-run"])["item"].clone();
    assert_eq!((&tried["found"], &tried["supported"], &tried["backup"]), (&0.into(), &1.into(), &().into()));
    let step = &tried["pending"][0];
    assert_eq!((&step["version"], &step["name"]), (&1.into(), &"base".into()));
    assert_eq!(tables(&desk, "helpdesk.db", None), (0, 1), "a dry run changes nothing");
    for actor in ["requester:max@example.com", "agent:anna"] {
        desk.run(&["db", "migrate", "--as", actor]).fails(4, "permission_denied");
    }
    assert_eq!(tables(&desk, "helpdesk.db", None), (0, 1), "whose role is not known may not");

    let done = desk.json(&["db", "migrate"])["item"].clone();
    assert_eq!((&done["found"], &done["backup"]), (&1.into(), &"helpdesk.db.v0.backup".into()));
    assert_eq!(done["pending"], serde_json::json!([]));
    let applied = desk.json(&["db", "status"])["item"]["applied"].clone();
    assert_eq!((&applied[0]["name"], &applied[0]["checksum"]), (&"base".into(), &step["checksum"]));
    assert_eq!(applied[0]["form"], "same");
    assert_eq!(tables(&desk, "helpdesk.db.v0.backup", None), (0, 1));
    let (ours, hosts) = tables(&desk, "helpdesk.db", None);
    assert!(ours > 10 && hosts == 1);
    desk.ticket("beside the orders");
    let again = desk.json(&["db", "migrate"])["item"].clone();
    assert_eq!(again["backup"], serde_json::Value::Null, "what is of this version is not copied");
}

#[test]
fn a_copy_is_never_written_over_and_can_be_left_out() {
    let desk = Desk::empty();
    tables(&desk, "helpdesk.db", Some("CREATE TABLE orders (id)"));
    desk.write("helpdesk.db.v0.backup", "kept");
    assert_eq!(desk.json(&["db", "migrate"])["item"]["backup"], "helpdesk.db.v0.backup-2");
    assert_eq!(desk.read("helpdesk.db.v0.backup"), "kept");
    tables(&desk, "other.db", Some("CREATE TABLE orders (id)"));
    let other = ["db", "migrate", "--no-backup", "--url", "sqlite:other.db"];
    assert_eq!(desk.json(&other)["item"]["backup"], serde_json::Value::Null);
    assert!(!desk.path("other.db.v0.backup").exists());
}
