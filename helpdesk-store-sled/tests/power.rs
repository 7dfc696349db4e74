//! Power cuts: a file system of its own is shut down under a writing process, so that what was not synced is gone.
//! Needs root, loop devices, `mkfs.ext4` and `perl`; it is run by `scripts/power-cut`, not with the other tests.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "../../helpdesk-core/tests/shared/kills.rs"]
mod kills;
mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use helpdesk_core::store::*;
use helpdesk_core::ticket::*;
use helpdesk_store_sled::SledStore;
use kills::{FOLDER, acknowledged, child, write_for_ever};
use support::*;

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a child of another test"]
async fn child_writes_until_the_power_is_cut() {
    let folder = std::env::var(FOLDER).unwrap();
    let store = SledStore::open(&options(Path::new(&folder))).unwrap();
    // Bodies up to what stands under several dozen keys.
    write_for_ever(store, [1, 40, 400, 8000].map(|times| "Until the end. ".repeat(times))).await;
}

#[tokio::test]
#[ignore = "needs root: scripts/power-cut"]
async fn what_was_acknowledged_survives_a_power_cut() {
    let cuts: usize = std::env::var(CUTS).map_or(5, |cuts| cuts.parse().unwrap());
    let disk = Disk::new();
    let mut all: Vec<(TicketId, Version, String)> = Vec::new();
    for cut in 0..cuts {
        disk.mount();
        let mut child = child("child_writes_until_the_power_is_cut", &disk.mounted());
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
        for (id, version, _) in &all {
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
