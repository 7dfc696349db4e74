//! What came of the vectors, and how it is printed.

use std::collections::BTreeMap;

use serde_json::Value;

/// What came of one vector.
pub(crate) enum Verdict {
    /// As expected.
    Passed,
    /// Something else.
    Failed { expected: String, got: String },
    /// The library has no such operation.
    Skipped { op: String },
}

impl Verdict {
    /// Compares an answer with what a vector expects. Any typed error meets `{"error": …}`.
    pub(crate) fn of(expected: &Value, got: &Value) -> Self {
        let is_error = |value: &Value| value.get("error").is_some();
        if expected == got || (is_error(expected) && is_error(got)) {
            return Self::Passed;
        }
        Self::Failed { expected: expected.to_string(), got: got.to_string() }
    }
}

/// The counts.
#[derive(Default)]
pub(crate) struct Tally {
    passed: usize,
    pub(crate) failed: usize,
    skipped: BTreeMap<String, usize>,
}

impl Tally {
    pub(crate) fn add(&mut self, vector: &Value, verdict: Verdict) {
        match verdict {
            Verdict::Passed => self.passed += 1,
            Verdict::Failed { expected, got } => {
                self.failed += 1;
                let id = vector["id"].as_str().unwrap_or("a vector without id");
                println!("{id}: expected {expected} got {got}");
            }
            Verdict::Skipped { op } => *self.skipped.entry(op).or_default() += 1,
        }
    }

    pub(crate) fn print(&self) {
        for (op, count) in &self.skipped {
            println!("skipped: {op} ({count})");
        }
        let skipped: usize = self.skipped.values().sum();
        println!("vectors: {} passed, {} failed, {skipped} skipped", self.passed, self.failed);
    }
}
