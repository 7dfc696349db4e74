//! Rules of versions on steps that do not exist yet: an older database asks for them, a newer one is worked with as long
//! as it allows.

use uuid::Uuid;

use super::*;
use crate::schema::Notes;

static NOTES: Notes = Notes { table: "", instead: "", now: "" };

/// What code of a third version knows.
static STEPS: [Migration; 3] = [step(1, "CREATE 1"), step(2, "ALTER 2"), step(3, "ALTER 3")];

const fn step(version: u32, sql: &'static str) -> Migration {
    Migration { version, name: "a step", sql, min_reader: 1, min_writer: 1, terms: 1, notes: &NOTES }
}

/// Version, oldest writer, and an applied step with its checksum.
struct Noted(u32, u32, Option<(u32, String)>);

impl Columns for Noted {
    fn int(&self, column: usize) -> Result<i64, Fault> {
        Ok(self.maybe_int(column)?.unwrap())
    }

    fn maybe_int(&self, column: usize) -> Result<Option<i64>, Fault> {
        let step = self.2.as_ref().map(|step| step.0);
        Ok([Some(self.0), Some(1), Some(self.1), step, None, None, Some(7)][column].map(i64::from))
    }

    fn text(&self, column: usize) -> Result<String, Fault> {
        Ok(if column == 5 { self.2.as_ref().unwrap().1.clone() } else { "a step".to_owned() })
    }

    fn maybe_text(&self, column: usize) -> Result<Option<String>, Fault> {
        self.text(column).map(Some)
    }

    fn maybe_uuid(&self, _: usize) -> Result<Option<Uuid>, Fault> {
        Ok(None)
    }
}

/// A database of that version with these steps applied, as this code has them.
fn database(version: u32, min_writer: u32, steps: &[u32]) -> Vec<Noted> {
    let checksum = |n: u32| STEPS.iter().find(|step| step.version == n).map_or("new".to_owned(), Migration::checksum);
    steps.iter().map(|n| Noted(version, min_writer, Some((*n, checksum(*n))))).collect()
}

fn read(rows: &[Noted]) -> SchemaStatus {
    SchemaStatus::read(rows, &STEPS).unwrap()
}

fn versions(steps: &[Migration]) -> Vec<u32> {
    steps.iter().map(|step| step.version).collect()
}

#[test]
fn nothing_and_an_older_one_ask_for_what_is_missing() {
    for (rows, missing) in
        [(vec![], vec![1, 2, 3]), (database(1, 1, &[1]), vec![2, 3]), (database(2, 1, &[1, 2]), vec![3])]
    {
        let status = read(&rows);
        assert_eq!(status.fault(), Some(FaultKind::NeedsMigration));
        assert_eq!(versions(status.missing().unwrap()), missing);
    }
}

#[test]
fn the_same_version_lacks_nothing() {
    let status = read(&database(3, 1, &[1, 2, 3]));
    assert_eq!((status.fault(), status.missing().unwrap().len(), status.state().found), (None, 0, 3));
    assert!(status.applied.iter().all(|step| step.form == StepForm::Same && step.at.timestamp() == 7));
}

#[test]
fn a_newer_one_is_worked_with_as_long_as_it_allows() {
    let expanded = read(&database(4, 3, &[1, 2, 3, 4]));
    assert_eq!((expanded.fault(), expanded.missing().unwrap().len()), (None, 0));
    assert_eq!(expanded.applied[3].form, StepForm::Newer);
    let contracted = read(&database(4, 4, &[1, 2, 3, 4]));
    assert_eq!(contracted.fault(), Some(FaultKind::SchemaTooNew));
    assert!(contracted.missing().is_err(), "nothing is applied there");
}

#[test]
fn a_step_in_another_form_is_refused_before_anything_is_missing() {
    let mut rows = database(1, 1, &[1]);
    rows[0].2 = Some((1, "another".to_owned()));
    let status = read(&rows);
    assert_eq!((status.fault(), status.applied[0].form), (Some(FaultKind::Unsupported), StepForm::Other));
    assert!(status.missing().is_err());
}

#[test]
fn tables_whose_step_was_not_noted_any_more_have_it_applied_again() {
    let status = read(&[Noted(3, 1, None)]);
    assert_eq!((status.fault(), versions(status.missing().unwrap())), (None, vec![1, 2, 3]));
}
