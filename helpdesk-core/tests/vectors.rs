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
#[path = "vectors/words.rs"]
mod words;

use std::path::{Path, PathBuf};

use serde_json::Value;
use tally::Tally;

/// A runner of the vectors of one file.
type Runner = fn(&Value) -> tally::Verdict;

/// The files, and who runs them.
const FILES: &[(&str, Runner)] = &[("calendar.json", calendar::run), ("sla.json", sla::run)];

#[test]
fn vectors_agree() {
    let folder = std::env::var_os("HELPDESK_VECTORS_DIR").map_or_else(|| data("vectors"), PathBuf::from);
    println!(); // the harness may have begun a line
    run(&folder);
}

/// More of the same form, written for what the others leave out: each system's arithmetic with days, words that no
/// source shown has, definitions of the wrong sort.
#[test]
fn more_of_the_same_form_agree() {
    run(&data("more-vectors"));
}

fn data(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data").join(name)
}

fn run(folder: &Path) {
    let mut tally = Tally::default();
    for (file, run) in FILES {
        let path = folder.join(file);
        let failed = |error: &dyn std::fmt::Display| -> ! { panic!("{}: {error}", path.display()) };
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| failed(&error));
        let vectors: Vec<Value> = serde_json::from_str(&text).unwrap_or_else(|error| failed(&error));
        for vector in &vectors {
            tally.add(vector, run(vector));
        }
    }
    tally.print();
    assert!(tally.failed == 0, "{} vectors fail", tally.failed);
}
