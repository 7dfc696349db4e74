//! A folder with a store in it, and the command run there.

use std::path::PathBuf;

use serde_json::Value;
use tempfile::TempDir;

/// The instant of every test that does not say another.
pub(crate) const NOW: &str = "2026-11-02T09:00:00Z";

/// A folder of its own.
pub(crate) struct Desk {
    folder: TempDir,
    now: &'static str,
}

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Desk {
    /// A folder with nothing in it.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), now: NOW }
    }

    /// A folder with a store and the tenant `default`.
    pub(crate) fn new() -> Self {
        let desk = Self::empty();
        desk.run(&["init"]).ok();
        desk
    }

    /// From now on it is this time.
    pub(crate) fn at(&mut self, now: &'static str) {
        self.now = now;
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), content).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The command, with nothing of this machine's environment in it.
    pub(crate) fn command(&self) -> assert_cmd::Command {
        let mut command = assert_cmd::Command::new(env!("CARGO_BIN_EXE_helpdesk"));
        command.current_dir(self.folder.path()).env_clear().env("HOME", self.folder.path()).env("USER", "root");
        command.timeout(std::time::Duration::from_mins(1));
        command
    }

    /// Runs it at the desk's time.
    pub(crate) fn run(&self, args: &[&str]) -> Ran {
        Ran::of(self.command().args(["--now", self.now]).args(args))
    }

    /// Runs it with JSON and gives what it printed, which must have gone well.
    pub(crate) fn json(&self, args: &[&str]) -> Value {
        self.run(&[args, &["--json"]].concat()).ok().json()
    }

    /// Opens a ticket and gives its number.
    pub(crate) fn ticket(&self, subject: &str) -> String {
        let created =
            self.json(&["ticket", "create", "--subject", subject, "--body", "words", "--requester", "max@example.com"]);
        created["item"]["number"].as_str().unwrap().to_owned()
    }
}

impl Ran {
    pub(crate) fn of(command: &mut assert_cmd::Command) -> Self {
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let ran = Self { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }

    #[track_caller]
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn fails(self, code: i32, stable: &str) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        assert!(self.err.contains(stable), "{self:?}");
        self
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The error object on standard error.
    #[track_caller]
    pub(crate) fn error(&self) -> Value {
        let last = self.err.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}
