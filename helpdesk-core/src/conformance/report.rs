//! What came of a rule, and the list of rules for a backend's README.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::pin::Pin;
use std::sync::Arc;

use super::subject::Subject;
use super::{Task, rules};

/// The version of the kit; rises when a rule is added, changed or taken out.
pub const VERSION: u32 = 2;

/// What came of a rule that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub enum Verdict {
    /// It was kept.
    Kept,
    /// It could not be tried: the backend does not claim this capability.
    Skipped(&'static str),
}

impl From<()> for Verdict {
    fn from((): ()) -> Self {
        Self::Kept
    }
}

/// A rule being tried.
pub type Trial = Pin<Box<dyn Future<Output = Verdict> + Send>>;

/// A rule of the kit.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its concern.
    pub group: &'static str,
    /// Its name: a sentence.
    pub name: &'static str,
    /// Tries it; a rule that is broken panics.
    pub run: fn(Arc<dyn Subject>) -> Trial,
}

/// Whether a subject lacks what it cannot be tried without; says so, or fails if everything is required.
pub async fn is_lacking(subject: &dyn Subject, group: &str, name: &str) -> bool {
    let Some(server) = subject.lacking().await else { return false };
    let required = std::env::var_os("HELPDESK_TEST_REQUIRE").is_some_and(|required| required == "all");
    assert!(!required, "{server} is required and is not there");
    announce(group, name, Verdict::Skipped(server));
    true
}

/// Says on standard error what was skipped, so that it is seen though the test passes.
pub fn announce(group: &str, name: &str, verdict: Verdict) {
    if let Verdict::Skipped(capability) = verdict {
        // Not `eprintln!`: the test harness swallows what a passing test prints through it.
        let _ = writeln!(std::io::stderr(), "skipped: {capability} ({group}::{name})");
    }
}

/// The rules per concern as Markdown, with the kit's version.
///
/// ```
/// assert!(helpdesk_core::conformance::report().contains("versions"));
/// ```
pub fn report() -> String {
    let all = rules();
    let mut text = format!("Conformance kit {VERSION}: {} rules.\n\n| concern | rules |\n|---|---|\n", all.len());
    for chunk in all.chunk_by(|a, b| a.group == b.group) {
        let names: Vec<String> = chunk.iter().map(|rule| rule.name.replace('_', " ")).collect();
        let _ = writeln!(text, "| {} ({}) | {} |", chunk[0].group, chunk.len(), names.join("; "));
    }
    text
}

/// Tries every rule on a backend, one after the other, and gives the table for its README: what it keeps, and what it
/// was not asked for. A rule that is broken panics, as in its test.
///
/// ```
/// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
/// use std::sync::Arc;
/// use helpdesk_core::MemoryStore;
/// use helpdesk_core::conformance::{Fresh, Subject, certify};
/// # struct Memory;
/// # #[async_trait::async_trait]
/// # impl Subject for Memory {
/// #     async fn fresh(&self) -> Fresh { Fresh::new(Arc::new(MemoryStore::new()), ()) }
/// # }
/// let table = certify(Arc::new(Memory)).await;
/// assert!(table.contains("| reopen |") && table.contains("skipped: persistent"));
/// # });
/// ```
pub async fn certify(subject: Arc<dyn Subject>) -> String {
    let all = rules();
    let name = subject.fresh().await.store.name();
    let mut text = format!("Conformance kit {VERSION}: {} rules, tried on `{name}`.\n\n", all.len());
    text.push_str("| concern | rules | kept | skipped |\n|---|---|---|---|\n");
    let mut sum = 0;
    for chunk in all.chunk_by(|a, b| a.group == b.group) {
        let (mut kept, mut skipped) = (0, BTreeSet::new());
        for rule in chunk {
            match (rule.run)(Arc::clone(&subject)).await {
                Verdict::Kept => kept += 1,
                Verdict::Skipped(capability) => drop(skipped.insert(format!("skipped: {capability}"))),
            }
        }
        sum += kept;
        let skipped: Vec<String> = skipped.into_iter().collect();
        let _ = writeln!(text, "| {} | {} | {kept} | {} |", chunk[0].group, chunk.len(), skipped.join(", "));
    }
    let _ = writeln!(text, "| all | {} | {sum} | |", all.len());
    text
}

/// Runs all tasks beside one another and waits for them.
pub(super) async fn at_once(subject: &dyn Subject, tasks: Vec<Task>) {
    super::join::join(tasks.into_iter().map(|task| subject.spawn(task)).collect()).await;
}
