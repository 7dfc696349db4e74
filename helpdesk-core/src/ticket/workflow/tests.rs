//! The constructor's checks, one by one, and the default workflow's sense.

use super::*;

fn status(key: &'static str, category: StatusCategory) -> Status {
    Status { key: StatusKey::fixed(key), category, special: None, labels: Labels::new(key, key) }
}

fn step(from: &'static str, to: &'static str) -> Transition {
    Transition { from: StatusKey::fixed(from), to: StatusKey::fixed(to), by: Movers::of(&[Mover::Agent]) }
}

fn small() -> (Vec<Status>, Vec<Transition>) {
    let statuses = vec![
        status("todo", StatusCategory::Active),
        status("done", StatusCategory::Resolved),
        status("gone", StatusCategory::Closed),
    ];
    (statuses, vec![step("todo", "done"), step("done", "gone")])
}

fn build(
    statuses: Vec<Status>,
    initial: &'static str,
    transitions: Vec<Transition>,
) -> Result<Workflow, WorkflowError> {
    Workflow::new(statuses, StatusKey::fixed(initial), transitions)
}

#[test]
fn a_small_workflow_is_enough() {
    let (statuses, transitions) = small();
    assert!(build(statuses, "todo", transitions).is_ok());
}

#[test]
fn each_fault_is_named() {
    let key = StatusKey::fixed;
    let fault = |change: fn(&mut Vec<Status>, &mut Vec<Transition>)| {
        let (mut statuses, mut transitions) = small();
        change(&mut statuses, &mut transitions);
        build(statuses, "todo", transitions).unwrap_err()
    };
    assert_eq!(fault(|s, _| s.push(s[0].clone())), WorkflowError::DuplicateStatus(key("todo")));
    assert_eq!(fault(|s, _| s[0].special = Some(Special::Merged)), WorkflowError::SpecialNotClosed(key("todo")));
    assert_eq!(fault(|s, _| s[0].category = StatusCategory::Resolved), WorkflowError::BadInitial(key("todo")));
    assert_eq!(fault(|_, t| t.push(step("todo", "x"))), WorkflowError::UnknownStatus(key("x")));
    assert!(matches!(fault(|_, t| t.push(step("todo", "done"))), WorkflowError::DuplicateTransition { .. }));
    assert!(matches!(fault(|_, t| t.push(step("todo", "todo"))), WorkflowError::DuplicateTransition { .. }));
    assert!(matches!(fault(|_, t| t[0].by = Movers::NONE), WorkflowError::NobodyMoves { .. }));
    assert!(matches!(fault(|_, t| t.push(step("todo", "gone"))), WorkflowError::OutOfBounds { .. }));
    assert!(matches!(
        fault(|_, t| t[0].by = Movers::of(&[Mover::Agent, Mover::AutoClose])),
        WorkflowError::OutOfBounds { .. }
    ));
    assert_eq!(fault(|s, _| s.push(status("x", StatusCategory::Active))), WorkflowError::Unreachable(key("x")));
    assert_eq!(
        fault(|s, t| {
            s.push(status("x", StatusCategory::WaitingOnOther));
            t.push(step("todo", "x"));
        }),
        WorkflowError::DeadEnd(key("x"))
    );
    assert_eq!(
        fault(|s, t| {
            s.remove(1);
            t.clear();
        }),
        WorkflowError::MissingCategory(StatusCategory::Resolved)
    );
    let (statuses, transitions) = small();
    assert_eq!(build(statuses, "nope", transitions), Err(WorkflowError::UnknownStatus(key("nope"))));
}

#[test]
fn the_wire_form_is_checked_too() {
    let json = serde_json::to_value(Workflow::default()).unwrap();
    assert_eq!(serde_json::from_value::<Workflow>(json.clone()).unwrap(), Workflow::default());
    let mut broken = json;
    broken["initial"] = "closed".into();
    assert!(serde_json::from_value::<Workflow>(broken).is_err());
}
