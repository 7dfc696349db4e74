//! A file as an earlier release left it, in the hands of today's command: the export has the same bytes as then.

use std::path::Path;

use super::desk::Desk;

#[test]
fn a_golden_file_is_exported_as_its_release_did() {
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../helpdesk-store-sql/tests/golden");
    for release in std::fs::read_dir(goldens).unwrap().map(|entry| entry.unwrap().path()) {
        let desk = Desk::empty();
        std::fs::copy(release.join("sqlite.db"), desk.path("helpdesk.db")).unwrap();
        desk.run(&["db", "migrate"]).ok();
        for tenant in ["acme", "beta"] {
            let exported = desk.run(&["export", "jsonl", "--tenant", tenant]).ok().out;
            let then = std::fs::read_to_string(release.join(format!("{tenant}.jsonl"))).unwrap();
            assert!(exported == then, "{} {tenant}", release.display());
        }
    }
}
