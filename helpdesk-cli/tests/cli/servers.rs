//! The command on servers: the same desk in PostgreSQL and in MariaDB, each test in a database of its own. Without the
//! servers of `scripts/servers` it says that it is skipped; where everything is required, that is a failure.

use std::io::Read;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use serde_json::Value;
use sqlx::{AssertSqlSafe, Connection, Executor, MySqlConnection, PgConnection};

use super::desk::{Desk, NOW, Ran};
use super::interrupts::{end, interrupt, started};
use super::receiver::Receiver;

/// A password that must not be read anywhere.
const SECRET: &str = "geheim-4711";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Server {
    Postgres,
    MySql,
}

/// A database on a server, dropped with this, and a folder to work in.
struct Site {
    server: Server,
    desk: Desk,
    url: String,
    admin: String,
    name: String,
}

impl Server {
    const ALL: [Self; 2] = [Self::Postgres, Self::MySql];

    fn name(self) -> &'static str {
        match self {
            Self::Postgres => "postgres",
            Self::MySql => "mysql",
        }
    }

    /// Where it is, or `None` after saying that it is skipped.
    fn url(self) -> Option<String> {
        let name = format!("HELPDESK_TEST_{}_URL", self.name().to_uppercase());
        let url = std::env::var(name).ok().filter(|url| !url.is_empty());
        if url.is_none() {
            let required = std::env::var("HELPDESK_TEST_REQUIRE").is_ok_and(|required| required == "all");
            assert!(!required, "missing: {} (run the tests with scripts/test)", self.name());
            println!("skipped: {}", self.name());
        }
        url
    }

    fn execute(self, url: &str, statement: String) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            match self {
                Self::Postgres => {
                    let mut connection = PgConnection::connect(url).await.unwrap();
                    connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.unwrap();
                    connection.close().await.unwrap();
                }
                Self::MySql => {
                    let mut connection = MySqlConnection::connect(url).await.unwrap();
                    connection.execute(sqlx::raw_sql(AssertSqlSafe(statement))).await.unwrap();
                    connection.close().await.unwrap();
                }
            }
        });
    }
}

impl Site {
    /// A new database on each server that is there.
    fn each() -> impl Iterator<Item = Self> {
        Server::ALL.into_iter().filter_map(Self::on)
    }

    fn on(server: Server) -> Option<Self> {
        let admin = server.url()?;
        let name = format!("helpdesk_cli_{}", uuid::Uuid::new_v4().simple());
        server.execute(&admin, format!("CREATE DATABASE {name}"));
        let (base, _) = admin.rsplit_once('/').unwrap();
        Some(Self { server, desk: Desk::empty(), url: format!("{base}/{name}"), admin: admin.clone(), name })
    }

    /// The command, told by its environment which store it is.
    fn command(&self) -> assert_cmd::Command {
        let mut command = self.desk.command();
        command.env("HELPDESK_URL", &self.url).args(["--now", NOW]);
        command
    }

    fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command().args(args))
    }

    fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).ok().json()
    }

    fn ticket(&self, subject: &str) -> String {
        let create = ["ticket", "create", "--subject", subject, "--body=words", "--requester=max@example.com"];
        self.json(&create)["item"]["number"].as_str().unwrap().to_owned()
    }

    /// The URL with another user and password, or another place.
    fn url_with(&self, login: Option<&str>, place: Option<&str>, database: Option<&str>) -> String {
        let (scheme, rest) = self.url.split_once("://").unwrap();
        let (own_login, rest) = rest.rsplit_once('@').unwrap();
        let (own_place, own_database) = rest.split_once('/').unwrap();
        let (login, place) = (login.unwrap_or(own_login), place.unwrap_or(own_place));
        format!("{scheme}://{login}@{place}/{}", database.unwrap_or(own_database))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let force = if self.server == Server::Postgres { " WITH (FORCE)" } else { "" };
        self.server.execute(&self.admin, format!("DROP DATABASE {}{force}", self.name));
    }
}

#[test]
fn a_desk_is_made_worked_on_checked_and_exported() {
    for site in Site::each() {
        let missing = site.run(&["ticket", "list"]).fails(8, "needs_migration");
        assert!(missing.err.contains("helpdesk init") && missing.err.contains(&site.name), "{missing:?}");
        assert_eq!(site.json(&["init", "--dry-run"])["item"]["created"], true);
        site.run(&["board"]).fails(8, "needs_migration");
        assert_eq!(site.json(&["init"])["item"]["created"], true);
        assert_eq!(site.json(&["init"])["item"]["created"], false);
        assert_eq!(site.json(&["init", "--dry-run"])["item"]["created"], false);

        for expected in ["2026-000001", "2026-000002", "2026-000003"] {
            assert_eq!(site.ticket("Till is down"), expected, "{:?}", site.server);
        }
        site.json(&["ticket", "claim", "1", "--as", "agent:anna"]);
        site.json(&["ticket", "reply", "1", "On it"]);
        assert_eq!(site.json(&["ticket", "list"])["total"], 3);
        assert_eq!(site.json(&["ticket", "list", "--assignee", "anna"])["total"], 1);
        assert_eq!(site.json(&["board"])["item"]["by_category"]["active"], 1);
        let history = site.json(&["ticket", "history", "1"]);
        assert!(history["total"].as_u64().unwrap() >= 3, "{history}");
        assert_eq!(site.json(&["db", "check"])["item"]["clean"], true);

        let exported = site.run(&["export", "jsonl"]).ok().out;
        site.desk.write("all.jsonl", &exported);
        site.desk.run(&["import", "jsonl", "all.jsonl"]).ok();
        assert_eq!(site.desk.run(&["export", "jsonl"]).ok().out, exported);
    }
}

#[test]
fn the_store_is_looked_after() {
    for site in Site::each() {
        let migrate = ["db", "migrate"];
        let tried = site.json(&["db", "migrate", "--dry-run"])["item"].clone();
        assert_eq!((&tried["found"], &tried["backup"]), (&0.into(), &Value::Null));
        assert_eq!(tried["pending"][0]["name"], "base");
        site.run(&["db", "status"]).fails(8, "needs_migration");
        assert_eq!(site.json(&migrate)["item"]["found"], tried["supported"]);
        site.json(&migrate);
        site.json(&["init"]);
        site.ticket("x");

        let status = site.json(&["db", "status"])["item"].clone();
        assert_eq!(status["backend"], site.server.name());
        let engine = status["engine"].as_str().unwrap();
        let (name, version) = engine.split_once(' ').unwrap();
        assert!(matches!(name, "PostgreSQL" | "MariaDB" | "MySQL"), "{engine}");
        assert!(version.starts_with(|c: char| c.is_ascii_digit()), "{engine}");
        assert!(status["bytes"].as_u64().unwrap() > 10_000, "{status}");
        assert_eq!(status["capabilities"]["shared"], true);
        assert_eq!((&status["applied"][0]["name"], &status["applied"][0]["form"]), (&"base".into(), &"same".into()));
        assert_eq!(status["tenants"][0]["tickets"], 1);

        for args in [&["db", "backup", "copy"][..], &["db", "backup", "copy", "--dry-run"]] {
            let refused = site.run(args).fails(1, "store_unsupported");
            assert!(refused.err.contains("dump"), "{refused:?}");
        }
        assert!(!site.desk.path("copy").exists());
    }
}

#[test]
fn commits_wake_a_relay_where_the_server_can() {
    for site in Site::each() {
        site.json(&["init"]);
        if site.server == Server::MySql {
            assert_eq!(site.json(&["db", "status"])["item"]["notify"], Value::Null);
            for args in [&["db", "notify", "on"][..], &["db", "notify", "on", "--dry-run"]] {
                let refused = site.run(args).fails(1, "store_unsupported");
                assert!(refused.err.contains("PostgreSQL"), "{refused:?}");
            }
            continue;
        }
        let notifies = || site.json(&["db", "status"])["item"]["notify"].clone();
        site.run(&["db", "notify", "on", "--as", "agent:anna"]).fails(4, "permission_denied");
        site.json(&["db", "notify", "on", "--dry-run"]);
        assert_eq!(notifies(), false);
        assert_eq!(site.json(&["db", "notify", "on"])["item"]["notify"], true);
        assert_eq!(notifies(), true);

        let receiver = Receiver::listening();
        site.json(&["webhook", "add", "shop", &receiver.url, "--allow-private", "--event", "opened"]);
        let relay = started(&site.desk, &["outbox", "relay", "--follow", "--url", &site.url]);
        for subject in ["a", "b"] {
            let number = site.ticket(subject);
            assert_eq!(receiver.next().payload().kind, "opened", "{number}");
        }
        interrupt(&relay);
        assert_eq!(end(relay).status.code(), Some(130));
        site.json(&["db", "notify", "off"]);
        assert_eq!(notifies(), false);
    }
}

#[test]
fn processes_that_create_at_once_share_no_number() {
    for site in Site::each() {
        site.json(&["init"]);
        let mut numbers: Vec<String> = std::thread::scope(|scope| {
            let create = |n: u32| {
                let site = &site;
                scope.spawn(move || site.ticket(&format!("from process {n}")))
            };
            let all: Vec<_> = (0..8).map(create).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        numbers.sort();
        numbers.dedup();
        assert_eq!(numbers.len(), 8, "{:?}: {numbers:?}", site.server);
        assert_eq!(site.json(&["ticket", "list"])["total"], 8);
        assert_eq!(site.json(&["db", "check"])["item"]["clean"], true);
    }
}

#[test]
fn any_number_of_processes_may_begin_at_once() {
    for site in Site::each() {
        let made: Vec<bool> = std::thread::scope(|scope| {
            let init = || scope.spawn(|| site.json(&["init"])["item"]["created"] == true);
            let all: Vec<_> = (0..4).map(|_| init()).collect();
            all.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert_eq!(made.iter().filter(|made| **made).count(), 1, "{made:?}");
    }
}

#[test]
fn a_desk_goes_round_all_backends_and_comes_back_the_same() {
    let (Some(postgres), Some(mysql)) = (Site::on(Server::Postgres), Site::on(Server::MySql)) else { return };
    let desk = &postgres.desk;
    desk.run(&["demo"]).ok();
    let exported = desk.run(&["export", "jsonl"]).ok().out;
    let other_name = mysql.url.replacen("mysql:", "mariadb:", 1);
    let stations = ["sqlite:helpdesk.db", &postgres.url, &other_name, "sled:desk.sled", "sqlite:last.db"];
    for pair in stations.windows(2) {
        let copied = desk.run(&["db", "copy", pair[0], pair[1], "--json"]).ok();
        assert!(copied.json()["item"]["tickets"]["new"].as_u64().unwrap() > 0, "{copied:?}");
    }
    for url in &stations[1..] {
        assert!(desk.run(&["export", "jsonl", "--url", url]).ok().out == exported, "{url} differs");
    }
    assert_eq!(mysql.json(&["db", "check"])["item"]["clean"], true);
    assert_eq!(postgres.json(&["db", "check"])["item"]["clean"], true);
    // The same place under its other name, and whoever goes there.
    desk.run(&["db", "copy", &mysql.url, &other_name]).fails(10, "invalid_value");
}

#[test]
fn a_week_is_played_and_told() {
    for site in Site::each() {
        let demo = site.run(&["demo"]).ok();
        assert!(demo.err.contains("tickets in ") && demo.err.contains(":***@"), "{demo:?}");
        site.desk.run(&["demo"]).ok();
        let (on_server, in_file) =
            (site.run(&["export", "jsonl"]).ok().out, site.desk.run(&["export", "jsonl"]).ok().out);
        assert_eq!(on_server.lines().count(), in_file.lines().count());
        assert_eq!(site.json(&["db", "check"])["item"]["clean"], true);
    }
}

/// Runs it with every flag and variable that makes it say more, in both languages, and looks for the password.
fn refused(site: &Site, url: &str, code: i32, stable: &str, words: &[&str], german: &str) {
    for more in [&[][..], &["--json"], &["-vv"], &["--lang", "de", "-v"]] {
        let begun = Instant::now();
        let mut command = site.desk.command();
        command.env("RUST_LOG", "trace").env("HELPDESK_URL", url).args(["ticket", "list"]).args(more);
        let ran = Ran::of(&mut command).fails(code, stable);
        assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
        assert!(!ran.err.contains(SECRET) && !ran.out.contains(SECRET), "{more:?}: {ran:?}");
        if more.contains(&"de") {
            assert!(ran.err.contains(german), "{german} in {ran:?}");
        } else {
            for word in words {
                assert!(ran.err.contains(word), "{word} in {ran:?}");
            }
        }
    }
}

#[test]
fn a_server_that_does_not_let_us_in_is_told_and_no_password_is() {
    for site in Site::each() {
        site.json(&["init"]);
        let login = format!("helpdesk:{SECRET}");
        let with = |place, database| site.url_with(Some(&login), place, database);
        let own_login = |place, database| site.url_with(None, place, database);
        refused(&site, &with(None, None), 1, "store_failed", &["refuses this user", "user and password"], "Kennwort");
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let nobody = format!("127.0.0.1:{port}");
        let words = ["cannot be reached", "running", &nobody];
        refused(&site, &with(Some(&nobody), None), 7, "store_unavailable", &words, "erreichbar");
        let unknown = with(Some("nowhere.invalid"), None);
        refused(&site, &unknown, 7, "store_unavailable", &["nowhere.invalid"], "nicht erreichen");
        let nothing = own_login(None, Some("helpdesk_nothing"));
        let words = ["no such database", "make the database"];
        refused(&site, &nothing, 8, "needs_migration", &words, "die Datenbank anlegen");
        site.desk.run(&["init", "--url", &nothing]).fails(8, "needs_migration");
        // It is no password if it is no login: what stands there would be told as a database's name.
        let slash = site.url_with(Some(&format!("helpdesk:12/{SECRET}")), None, None);
        refused(&site, &slash, 10, "invalid_value", &["%2F"], "%2F");
    }
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    for site in Site::each() {
        // It takes the call and never answers.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let place = silent.local_addr().unwrap().to_string();
        std::thread::spawn(move || {
            let calls: Vec<_> = silent.incoming().flatten().take(8).collect();
            for mut call in calls {
                drop(call.read(&mut [0; 64]));
            }
        });
        let begun = Instant::now();
        let url = site.url_with(Some(&format!("helpdesk:{SECRET}")), Some(&place), None);
        let ran = site.desk.run(&["board", "--url", &url, "-v"]).fails(7, "store_unavailable");
        assert!(ran.err.contains("in time") && !ran.err.contains(SECRET), "{ran:?}");
        assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    }
}

#[test]
fn what_is_shown_of_a_url_has_no_password() {
    for site in Site::each() {
        let url = site.url_with(Some(&format!("helpdesk:{SECRET}")), None, None);
        for args in
            [&["config", "show", "--origin"][..], &["config", "show", "--json"], &["init", "--dry-run", "--json"]]
        {
            let mut command = site.desk.command();
            let ran = Ran::of(command.env("RUST_LOG", "trace").args(args).args(["--url", &url]));
            assert!(!ran.out.contains(SECRET) && !ran.err.contains(SECRET), "{args:?}: {ran:?}");
        }
        site.json(&["init"]);
        let own = site.url_with(None, None, None);
        let (_, password) = own.split_once("://helpdesk:").unwrap();
        let (password, _) = password.split_once('@').unwrap();
        for args in [&["db", "status", "--json"][..], &["init"], &["db", "doctor"], &["ticket", "list", "-vv"]] {
            let ran = Ran::of(site.command().env("RUST_LOG", "trace").args(args)).ok();
            assert!(!ran.out.contains(password) && !ran.err.contains(password), "{args:?}: {ran:?}");
        }
    }
}
