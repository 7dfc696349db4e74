//! A file system of its own, of twelve megabytes, for a child of a test.

use std::path::Path;
use std::process::Command as Process;

/// Tells a child where to work.
pub(crate) const FOLDER: &str = "HELPDESK_TEST_FOLDER";

/// Runs `child` of this file with a small file system of its own at `folder`, which is gone with it. `None` where that
/// cannot be had: said, and a failure if everything must be tested.
pub(crate) fn on_a_small_disk(child: &str, folder: &Path, then: &str) -> Option<std::process::Output> {
    let namespace = ["--user", "--map-root-user", "--mount"];
    let can = Process::new("unshare").args(namespace).args(["sh", "-c", "mount -t tmpfs tmpfs /mnt"]).output();
    if !can.is_ok_and(|output| output.status.success()) {
        assert!(
            std::env::var_os("HELPDESK_TEST_REQUIRE").is_none_or(|required| required != "all"),
            "missing: small disk (unshare of util-linux with user namespaces)"
        );
        eprintln!("skipped: small disk (unshare of util-linux with user namespaces)");
        return None;
    }
    let script = format!("mount -t tmpfs -o size=12m tmpfs \"${FOLDER}\" && {then} exec \"$0\" \"$@\"");
    let child = ["--exact", child, "--ignored", "--nocapture", "--test-threads=1"];
    let mut process = Process::new("unshare");
    process.args(namespace).args(["sh", "-c", &script]).arg(std::env::current_exe().unwrap()).args(child);
    Some(process.env(FOLDER, folder).output().unwrap())
}

pub(crate) fn passed(output: &std::process::Output) {
    let (out, talk) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{out}{talk}");
}
