//! The tables of the workflow: each cell compared with the guide's table, written here by hand as data, and the
//! printed tables with the files that are checked in. `HELPDESK_BLESS=1` writes those files anew.

use std::path::Path;

use helpdesk_core::ticket::workflow::{Cell, Mover, Movers, Workflow, bounds, print_bounds, print_workflow};

use Cell::{Active, Cancelled, Closed, Merged, New, Resolved, Spam, WaitingOnOther, WaitingOnRequester};
use Mover::{Agent, AutoClose, Confirmation, Merge, NotSpam, ReopenClosed, Reply, WakeUp};

/// The guide's table: rows from, columns to. What stands in no row cannot be done by anybody.
const GUIDE: &[(Cell, Cell, &[Mover])] = &[
    // "An agent's public message or claim makes a New ticket open."
    (New, Active, &[Agent, Reply]),
    (New, WaitingOnRequester, &[Agent]),
    (New, WaitingOnOther, &[Agent]),
    (New, Resolved, &[Agent]),
    (New, Merged, &[Merge]),
    (New, Spam, &[Agent]),
    (New, Cancelled, &[Agent]),
    (Active, WaitingOnRequester, &[Agent]),
    (Active, WaitingOnOther, &[Agent]),
    (Active, Resolved, &[Agent]),
    (Active, Merged, &[Merge]),
    (Active, Spam, &[Agent]),
    (Active, Cancelled, &[Agent]),
    // "reply, wake-up, agent"
    (WaitingOnRequester, Active, &[Reply, WakeUp, Agent]),
    (WaitingOnRequester, WaitingOnOther, &[Agent]),
    // "yes (also by wake-up)"
    (WaitingOnRequester, Resolved, &[Agent, WakeUp]),
    (WaitingOnRequester, Merged, &[Merge]),
    (WaitingOnRequester, Spam, &[Agent]),
    (WaitingOnRequester, Cancelled, &[Agent]),
    // "reply, wake-up, agent"
    (WaitingOnOther, Active, &[Reply, WakeUp, Agent]),
    (WaitingOnOther, WaitingOnRequester, &[Agent]),
    (WaitingOnOther, Resolved, &[Agent]),
    (WaitingOnOther, Merged, &[Merge]),
    (WaitingOnOther, Spam, &[Agent]),
    (WaitingOnOther, Cancelled, &[Agent]),
    // "reply inside the window, agent"
    (Resolved, Active, &[Reply, Agent]),
    // "timer, agent, requester's confirmation"
    (Resolved, Closed, &[AutoClose, Agent, Confirmation]),
    (Resolved, Merged, &[Merge]),
    // "only with the permission ticket.reopen_closed"
    (Closed, Active, &[ReopenClosed]),
    (Cancelled, Active, &[ReopenClosed]),
    // "not spam"
    (Spam, Active, &[NotSpam]),
];

fn guide(from: Cell, to: Cell) -> Movers {
    if from == to {
        // "Moves within one category are always allowed by this table; the workflow decides them."
        return if from == Merged { Movers::of(&[Merge]) } else { Movers::of(&[Agent]) };
    }
    if from == Merged {
        // "only by the audited act unmerge", back to whatever it was before.
        return Movers::of(&[Merge]);
    }
    let cell = GUIDE.iter().find(|(a, b, _)| (*a, *b) == (from, to));
    cell.map_or(Movers::NONE, |(_, _, movers)| Movers::of(movers))
}

#[test]
fn every_cell_of_the_bounds_is_the_guides() {
    for from in Cell::ALL {
        for to in Cell::ALL {
            assert_eq!(bounds(from, to), guide(from, to), "{} to {}", from.as_str(), to.as_str());
        }
    }
}

#[test]
fn every_pair_of_statuses_of_the_default_workflow_is_the_guides() {
    let workflow = Workflow::default();
    for from in workflow.statuses() {
        for to in workflow.statuses().iter().filter(|to| to.key != from.key) {
            let expected = guide(Cell::of(from), Cell::of(to));
            assert_eq!(workflow.movers(&from.key, &to.key), expected, "{} to {}", from.key, to.key);
        }
    }
}

#[test]
fn the_printed_tables_are_the_ones_checked_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/matrices");
    let bless = std::env::var_os("HELPDESK_BLESS").is_some();
    let tables = [
        ("status-bounds.md", "Who may move a ticket between categories, at most", print_bounds()),
        ("default-workflow.md", "Who moves a ticket in the default workflow", print_workflow(&Workflow::default())),
    ];
    for (file, title, table) in tables {
        let note =
            "Printed by the code; `HELPDESK_BLESS=1 cargo test -p helpdesk-core --test matrices` writes it anew.";
        let printed = format!("# {title}\n\n{note}\n\n{table}");
        let path = folder.join(file);
        if bless {
            std::fs::write(&path, &printed).unwrap();
        }
        assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), printed, "docs/matrices/{file} is stale");
    }
}
