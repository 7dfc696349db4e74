//! Power cuts: a file system of its own is shut down under a writing process, so that what was not synced is gone.
//! Needs root, loop devices, `mkfs.ext4` and `perl`; it is run by `scripts/power-cut`, not with the other tests.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod support;

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command as Process, Stdio};
use std::sync::Arc;

use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sled::SledStore;
use support::*;
use uuid::Uuid;

/// Tells the child where to write.
const FOLDER: &str = "HELPDESK_TEST_FOLDER";
/// How many cuts.
const CUTS: &str = "HELPDESK_TEST_CUTS";
/// `EXT4_IOC_SHUTDOWN` with `EXT4_GOING_FLAGS_NOLOGFLUSH`: nothing reaches the disk any more, not even the journal.
const SHUTDOWN: &str =
    r#"open(my $d, "<", $ARGV[0]) or die; my $f = pack("L", 2); ioctl($d, 0x8004587d, $f) or die $!"#;

fn run(program: &str, args: &[&str]) {
    let output = Process::new(program).args(args).output().unwrap();
    assert!(output.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// A file system in a file.
struct Disk {
    folder: tempfile::TempDir,
}

impl Disk {
    fn new() -> Self {
        let disk = Self { folder: tempfile::tempdir().unwrap() };
        std::fs::File::create(disk.image()).unwrap().set_len(512 << 20).unwrap();
        std::fs::create_dir(disk.mounted()).unwrap();
        run("mkfs.ext4", &["-q", disk.image().to_str().unwrap()]);
        disk
    }

    fn image(&self) -> PathBuf {
        self.folder.path().join("disk.img")
    }

    fn mounted(&self) -> PathBuf {
        self.folder.path().join("mounted")
    }

    fn mount(&self) {
        run("mount", &["-o", "loop", self.image().to_str().unwrap(), self.mounted().to_str().unwrap()]);
    }

    fn unmount(&self) {
        run("umount", &[self.mounted().to_str().unwrap()]);
    }

    fn cut(&self) {
        run("perl", &["-e", SHUTDOWN, self.mounted().to_str().unwrap()]);
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        // It is mounted only if a test fails in between.
        drop(Process::new("umount").arg("-l").arg(self.mounted()).output());
    }
}

fn acknowledged(line: &str) -> Option<(TicketId, Version)> {
    let (id, version) = line.strip_prefix("done ")?.split_once(' ')?;
    Some((TicketId(Uuid::parse_str(id).ok()?), Version(version.parse().ok()?)))
}

fn say(ticket: &Ticket) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "\ndone {} {}", ticket.id, ticket.version).unwrap();
    out.flush().unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child of another test"]
async fn child_writes_until_the_power_is_cut() {
    let folder = std::env::var(FOLDER).unwrap();
    let store = Arc::new(SledStore::open(&options(Path::new(&folder))).unwrap());
    let mut clients = tokio::task::JoinSet::new();
    for client in 0..4_usize {
        let store = Arc::clone(&store);
        clients.spawn(async move {
            // Bodies up to what stands under several dozen keys.
            let body = "Until the end. ".repeat([1, 40, 400, 8000][client]);
            loop {
                let mut ticket = open(store.as_ref(), plain("Until the end"), at(0)).await;
                say(&ticket);
                for index in 1..4 {
                    ticket = act(store.as_ref(), &ticket, &reply(&body), at(index)).await;
                    say(&ticket);
                }
            }
        });
    }
    clients.join_next().await;
}

#[tokio::test]
#[ignore = "needs root: scripts/power-cut"]
async fn what_was_acknowledged_survives_a_power_cut() {
    let cuts: usize = std::env::var(CUTS).map_or(5, |cuts| cuts.parse().unwrap());
    let disk = Disk::new();
    let mut all: Vec<(TicketId, Version)> = Vec::new();
    for cut in 0..cuts {
        disk.mount();
        let mut child = Process::new(std::env::current_exe().unwrap())
            .args(["--exact", "child_writes_until_the_power_is_cut", "--ignored", "--nocapture", "--test-threads=1"])
            .env(FOLDER, disk.mounted())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let fatal = 20 + cut * 37 % 211;
        let mut done: Vec<_> =
            lines.by_ref().map_while(Result::ok).filter_map(|line| acknowledged(&line)).take(fatal).collect();
        disk.cut();
        // Nothing can be acknowledged after the cut; it ends by itself or is ended.
        drop(child.kill());
        done.extend(lines.map_while(Result::ok).filter_map(|line| acknowledged(&line)));
        child.wait().unwrap();
        all.extend(done);
        disk.unmount();

        disk.mount();
        let store = SledStore::open(&options(&disk.mounted())).unwrap_or_else(|error| panic!("cut {cut}: {error}"));
        for (id, version) in &all {
            let ticket = load(&store, *id).await.unwrap_or_else(|| panic!("cut {cut}: {id} was acknowledged"));
            assert!(ticket.version >= *version, "cut {cut}: {id} is at {}, not {version}", ticket.version);
            let history = store.history(&acme(), *id, 0, 1000).await.unwrap();
            let told = Ticket::fold(*id, history.iter().map(|entry| &entry.record));
            assert_eq!(told.facts_only(), ticket.facts_only());
        }
        assert_eq!(store.check().await.unwrap(), []);
        store.close().await.unwrap();
        drop(store);
        disk.unmount();
        // What earlier cuts left is not looked at for ever.
        all.drain(..all.len().saturating_sub(2000));
        eprintln!("cut {cut}: {} acts looked for", all.len());
    }
}
