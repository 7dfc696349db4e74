//! The kit's own test: stores that are wrong in one way each, and the rule that says so. A kit that passes a wrong
//! store proves nothing of a right one.
#![expect(clippy::unwrap_used, reason = "a test")]

#[path = "faulty/acts.rs"]
mod acts;
#[path = "faulty/fault.rs"]
mod fault;
#[path = "faulty/others.rs"]
mod others;
#[path = "faulty/store.rs"]
mod store;

use std::collections::BTreeSet;
use std::sync::Arc;

use fault::Fault;
use helpdesk_core::MemoryStore;
use helpdesk_core::conformance::{Fresh, Keep, Rule, Subject, VERSION, Verdict, report, rules};
use helpdesk_core::store::Store;
use store::Faulty;

struct Wrong(Fault);

#[async_trait::async_trait]
impl Subject for Wrong {
    async fn fresh(&self) -> Fresh {
        let inner = Arc::new(MemoryStore::new());
        Fresh::new(Arc::new(Faulty::new(Arc::clone(&inner), self.0)), inner)
    }

    async fn reopen(&self, keep: &Keep) -> Option<Arc<dyn Store>> {
        let inner = keep.downcast_ref::<Arc<MemoryStore>>()?;
        let inner = if self.0 == Fault::ForgetsWhenReopened { Arc::default() } else { Arc::clone(inner) };
        Some(Arc::new(Faulty::again(inner, self.0)))
    }
}

/// Whether a store with this fault keeps a rule.
async fn keeps(fault: Fault, rule: &Rule) -> bool {
    // The task runs on a thread of its own name, so that the panics that are asked for can be told from others.
    match tokio::spawn((rule.run)(Arc::new(Wrong(fault)))).await {
        Ok(verdict) => {
            assert_eq!(verdict, Verdict::Kept, "the faulty stores claim every capability but durability");
            true
        }
        Err(_) => false,
    }
}

fn on_quiet_threads<T>(test: impl Future<Output = T>) -> T {
    const NAME: &str = "rule";
    let loud = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if std::thread::current().name() != Some(NAME) {
            loud(panic);
        }
    }));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).thread_name(NAME).build().unwrap();
    runtime.block_on(test)
}

fn named(name: &str) -> &'static Rule {
    let found = rules().iter().find(|rule| format!("{}::{}", rule.group, rule.name) == name);
    found.unwrap_or_else(|| panic!("there is no rule {name}"))
}

#[test]
fn a_store_without_a_fault_keeps_every_rule() {
    on_quiet_threads(async {
        for rule in rules() {
            assert!(keeps(Fault::None, rule).await, "{}::{}", rule.group, rule.name);
        }
    });
}

#[test]
fn every_fault_is_caught_by_the_rule_that_names_it() {
    on_quiet_threads(async {
        for (fault, rule) in Fault::CAUGHT {
            assert!(!keeps(*fault, named(rule)).await, "{rule} does not catch {fault:?}");
        }
    });
}

#[test]
fn every_rule_is_broken_by_some_fault() {
    let mut kept: BTreeSet<String> = BTreeSet::new();
    on_quiet_threads(async {
        for rule in rules() {
            let mut broken = false;
            for (fault, _) in Fault::CAUGHT {
                broken = broken || !keeps(*fault, rule).await;
            }
            if !broken {
                kept.insert(format!("{}::{}", rule.group, rule.name));
            }
        }
    });
    assert_eq!(kept, BTreeSet::new(), "no faulty store breaks them");
}

#[test]
fn every_rule_that_is_written_is_in_the_table() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/conformance");
    let mut written = BTreeSet::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let group = path.file_stem().unwrap().to_str().unwrap().to_owned();
        for line in std::fs::read_to_string(&path).unwrap().lines() {
            if let Some(rest) = line.strip_prefix("pub async fn ").filter(|_| group != "report") {
                written.insert(format!("{group}::{}", rest.split('(').next().unwrap()));
            }
        }
    }
    let listed: BTreeSet<String> = rules().iter().map(|rule| format!("{}::{}", rule.group, rule.name)).collect();
    assert_eq!(written, listed);
    assert!(listed.len() >= 150 && report().contains(&listed.len().to_string()));
}

#[test]
fn the_tables_in_the_readmes_are_of_this_kit() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let head = format!("Conformance kit {VERSION}: {} rules, tried on `", rules().len());
    for (place, backends) in
        [("helpdesk-core", 1), ("helpdesk-store-sql", 3), ("helpdesk-store-sled", 1), ("examples/custom-backend", 1)]
    {
        let readme = std::fs::read_to_string(root.join(place).join("README.md")).unwrap();
        assert_eq!(readme.matches(&head).count(), backends, "{place}: run scripts/conformance-tables");
    }
}
