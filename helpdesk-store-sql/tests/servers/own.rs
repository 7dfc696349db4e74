//! A server of a test's own, which it may kill, freeze and start again; gone with its keeper. What is asked of it is not
//! known here.

#![allow(dead_code, reason = "each test uses its part of this")]

use std::process::Command;
use std::time::Duration;

use helpdesk_store_sql::{SqlOptions, SqlPool, SqlStore};

use super::Server;

/// The server and the folder of its data.
pub(crate) struct OwnServer {
    server: Server,
    folder: tempfile::TempDir,
    pub(crate) url: String,
}

impl OwnServer {
    /// Starts one.
    pub(crate) fn start(server: Server) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut own = Self { server, folder, url: String::new() };
        let mut start = own.script("start");
        for other in [Server::Postgres, Server::MySql] {
            // What is there already is not started.
            start.env(other.variable(), "there");
        }
        run(start.env_remove(server.variable()).env("HELPDESK_TEST_REQUIRE", "all"));
        let password = own.told("password");
        let (name, port) = (server.name(), own.told("port"));
        own.url = format!("{name}://helpdesk:{password}@127.0.0.1:{port}/helpdesk");
        own
    }

    /// Its first process.
    pub(crate) fn process(&self) -> String {
        self.told("pid")
    }

    /// Kills it, as a crash does.
    pub(crate) fn kill(&self, signal: &str) {
        send(signal, &self.process());
    }

    /// Starts it again on its data, after it was killed.
    pub(crate) fn restart(&self) {
        run(self.script("restart").arg(self.server.name()));
    }

    /// A pool on it that waits no longer for a connection than the store for an answer.
    pub(crate) async fn pool(&self, size: u32, patience: Duration) -> SqlPool {
        self.server.pool(&self.url, size, patience).await
    }

    /// A migrated store that is as patient.
    pub(crate) async fn store(&self, patience: Duration) -> SqlStore {
        let store = SqlOptions::new(self.pool(8, patience).await).patience(patience).build();
        store.migrate().await.unwrap();
        store
    }

    fn script(&self, what: &str) -> Command {
        let mut script = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../scripts/servers"));
        script.arg(what).arg(self.folder.path());
        script
    }

    /// What the server's folder says.
    fn told(&self, file: &str) -> String {
        let path = self.folder.path().join(self.server.name()).join(file);
        std::fs::read_to_string(path).unwrap().trim().to_owned()
    }
}

impl Drop for OwnServer {
    fn drop(&mut self) {
        run(&mut self.script("stop"));
    }
}

/// Sends a signal to a process.
pub(crate) fn send(signal: &str, process: &str) {
    // A process that ended meanwhile is none of the test's business.
    let _ = Command::new("kill").arg(format!("-{signal}")).arg(process).status().unwrap();
}

fn run(command: &mut Command) {
    let status = command.status().unwrap();
    assert!(status.success(), "{command:?}: {status}");
}
