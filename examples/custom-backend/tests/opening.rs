//! What the backend says of files that it cannot open.

use example_custom_backend::RedbStore;
use helpdesk_core::store::FaultKind;

#[test]
fn faults_of_opening_are_told_by_kind() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("desk.redb");
    let open = RedbStore::open(&file).unwrap();
    assert_eq!(RedbStore::open(&file).unwrap_err().kind, FaultKind::Unavailable, "it is open already");
    drop(open);
    let nowhere = folder.path().join("no/such/folder/desk.redb");
    assert_eq!(RedbStore::open(nowhere).unwrap_err().kind, FaultKind::Unavailable);
    std::fs::write(&file, "Dear Sir or Madam, this is a letter. ".repeat(400)).unwrap();
    assert_eq!(RedbStore::open(&file).unwrap_err().kind, FaultKind::Corrupt);
}

#[test]
fn it_is_as_short_as_it_says() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut lines = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let source = std::fs::read_to_string(file.unwrap().path()).unwrap();
        lines += source.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//")).count();
    }
    assert!(lines < 600, "{lines} lines of code");
}
