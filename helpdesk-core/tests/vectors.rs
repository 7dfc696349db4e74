//! Runs business-time vectors: facts taken from other systems' published tests, and some derived from our own rules.
//! `HELPDESK_VECTORS_DIR` names a folder with `calendar.json` and `sla.json` (default: `tests/data/vectors`). One line per vector that
//! fails, one that counts them all at the end. What a vector says is in `vectors/`, a file for each of theirs.

#[path = "vectors/answer.rs"]
mod answer;
#[path = "vectors/calendar.rs"]
mod calendar;
#[path = "vectors/days.rs"]
mod days;
#[path = "vectors/given.rs"]
mod given;
#[path = "vectors/life.rs"]
mod life;
#[path = "vectors/promise.rs"]
mod promise;
#[path = "vectors/sla.rs"]
mod sla;
#[path = "vectors/tally.rs"]
mod tally;

use std::path::PathBuf;

use serde_json::Value;
use tally::Tally;

/// A runner of the vectors of one file.
type Runner = fn(&Value) -> tally::Verdict;

/// The files, and who runs them.
const FILES: &[(&str, Runner)] = &[("calendar.json", calendar::run), ("sla.json", sla::run)];

#[test]
fn vectors_agree() {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/vectors");
    let folder = std::env::var_os("HELPDESK_VECTORS_DIR").map_or_else(default, PathBuf::from);
    let mut tally = Tally::default();
    println!(); // the harness may have begun a line

    for (file, run) in FILES {
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let vectors: Vec<Value> = serde_json::from_str(&text).unwrap();
        for vector in &vectors {
            tally.add(vector, run(vector));
        }
    }
    tally.print();
    assert!(tally.failed == 0, "{} vectors fail", tally.failed);
}
