//! The default workflow: ten statuses, and every move that the table of categories allows between them.

use super::{Cell, Movers, Special, Status, Transition, Workflow, bounds};
use crate::text::Labels;
use crate::ticket::{StatusCategory, StatusKey};

impl Default for Workflow {
    /// The default workflow of the guide.
    fn default() -> Self {
        use StatusCategory::{Active, Closed, New, Resolved, Spam, WaitingOnOther, WaitingOnRequester};
        let status = |key, category, special, en: &str, de: &str| Status {
            key: StatusKey::fixed(key),
            category,
            special,
            labels: Labels::new(en, de),
        };
        let statuses = vec![
            status("new", New, None, "New", "Neu"),
            status("open", Active, None, "Open", "Offen"),
            status("in_progress", Active, None, "In progress", "In Bearbeitung"),
            status("pending", WaitingOnRequester, None, "Waiting for customer", "Warten auf Kunden"),
            status("on_hold", WaitingOnOther, None, "On hold", "Zurückgestellt"),
            status("resolved", Resolved, None, "Resolved", "Gelöst"),
            status("closed", Closed, None, "Closed", "Geschlossen"),
            status("merged", Closed, Some(Special::Merged), "Merged", "Zusammengeführt"),
            status("spam", Spam, None, "Spam", "Spam"),
            status("cancelled", Closed, Some(Special::Cancelled), "Cancelled", "Abgebrochen"),
        ];
        let transitions = statuses.iter().flat_map(|from| moves(from, &statuses)).collect();
        #[expect(clippy::expect_used, reason = "a constant value; every test of a workflow builds it")]
        Self::new(statuses, StatusKey::fixed("new"), transitions).expect("the default workflow is valid")
    }
}

fn moves(from: &Status, statuses: &[Status]) -> Vec<Transition> {
    let others = statuses.iter().filter(|to| to.key != from.key);
    others
        .map(|to| Transition { from: from.key.clone(), to: to.key.clone(), by: bounds(Cell::of(from), Cell::of(to)) })
        .filter(|transition| transition.by != Movers::NONE)
        .collect()
}
