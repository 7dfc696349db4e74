//! Workflows as data: statuses, who may move between them, and the table that bounds them all.

mod bounds;
mod default;
mod error;
mod matrix;
mod mover;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use bounds::{Cell, bounds};
pub use error::WorkflowError;
pub use matrix::{print_bounds, print_workflow};
pub use mover::{Mover, Movers};

use super::{StatusCategory, StatusKey};
use crate::text::Labels;

/// A status of a workflow.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// The key that tickets carry.
    pub key: StatusKey,
    /// What it means.
    pub category: StatusCategory,
    /// What sort of Closed it is, if not plainly closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub special: Option<Special>,
    /// What people read.
    pub labels: Labels,
}

/// The special sorts of Closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Special {
    /// It went on in another ticket.
    Merged,
    /// It was called off.
    Cancelled,
}

/// A move that a workflow allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// From this status.
    pub from: StatusKey,
    /// To this one.
    pub to: StatusKey,
    /// Made by these.
    pub by: Movers,
}

/// A valid workflow. Its constructor has checked it; a ticket in it is never stuck.
///
/// ```
/// use helpdesk_core::ticket::{StatusCategory, workflow::{Mover, Workflow}};
/// let workflow = Workflow::default();
/// let (new, open) = (workflow.initial().key.clone(), workflow.first(StatusCategory::Active).unwrap().key.clone());
/// assert!(workflow.movers(&new, &open).contains(Mover::Agent));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Draft", into = "Draft")]
pub struct Workflow {
    statuses: Vec<Status>,
    initial: StatusKey,
    transitions: Vec<Transition>,
}

/// A workflow before it is checked: what stands in configuration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Draft {
    statuses: Vec<Status>,
    initial: StatusKey,
    transitions: Vec<Transition>,
}

impl Workflow {
    /// Checks and takes a workflow.
    ///
    /// # Errors
    /// The first thing found wrong, naming the status or the move: see [`WorkflowError`].
    pub fn new(statuses: Vec<Status>, initial: StatusKey, transitions: Vec<Transition>) -> Result<Self, WorkflowError> {
        let workflow = Self { statuses, initial, transitions };
        workflow.check_statuses()?;
        workflow.check_transitions()?;
        workflow.check_ways()?;
        Ok(workflow)
    }

    /// The status of this key.
    pub fn status(&self, key: &StatusKey) -> Option<&Status> {
        self.statuses.iter().find(|status| status.key == *key)
    }

    /// Every status, in the tenant's order.
    pub fn statuses(&self) -> &[Status] {
        &self.statuses
    }

    /// Where a ticket begins.
    #[expect(clippy::missing_panics_doc, reason = "it cannot: the constructor has checked it")]
    pub fn initial(&self) -> &Status {
        #[expect(clippy::expect_used, reason = "the constructor has checked it")]
        self.status(&self.initial).expect("the initial status of a checked workflow exists")
    }

    /// The first plain status of this category.
    pub fn first(&self, category: StatusCategory) -> Option<&Status> {
        self.statuses.iter().find(|status| status.category == category && status.special.is_none())
    }

    /// The status of this special sort.
    pub fn special(&self, special: Special) -> Option<&Status> {
        self.statuses.iter().find(|status| status.special == Some(special))
    }

    /// Who may move a ticket from one status to another; nobody, if the workflow has no such move.
    pub fn movers(&self, from: &StatusKey, to: &StatusKey) -> Movers {
        self.transitions
            .iter()
            .find(|transition| transition.from == *from && transition.to == *to)
            .map_or(Movers::NONE, |transition| transition.by)
    }

    /// Where a ticket can be moved to from a status by this mover, in the order of the statuses.
    ///
    /// ```
    /// use helpdesk_core::ticket::workflow::{Mover, Workflow};
    /// let closed = "closed".parse().unwrap();
    /// assert_eq!(Workflow::default().targets(&closed, Mover::Agent).count(), 0);
    /// assert!(Workflow::default().targets(&closed, Mover::ReopenClosed).count() > 0);
    /// ```
    pub fn targets(&self, from: &StatusKey, mover: Mover) -> impl Iterator<Item = &Status> {
        self.statuses.iter().filter(move |to| self.movers(from, &to.key).contains(mover))
    }

    fn check_statuses(&self) -> Result<(), WorkflowError> {
        for (i, status) in self.statuses.iter().enumerate() {
            if self.statuses[..i].iter().any(|other| other.key == status.key) {
                return Err(WorkflowError::DuplicateStatus(status.key.clone()));
            }
            if status.special.is_some() && status.category != StatusCategory::Closed {
                return Err(WorkflowError::SpecialNotClosed(status.key.clone()));
            }
            if status.special.is_some() && self.statuses[..i].iter().any(|other| other.special == status.special) {
                return Err(WorkflowError::DuplicateSpecial(status.key.clone()));
            }
        }
        let initial = self.status(&self.initial).ok_or_else(|| WorkflowError::UnknownStatus(self.initial.clone()))?;
        if !matches!(initial.category, StatusCategory::New | StatusCategory::Active) {
            return Err(WorkflowError::BadInitial(self.initial.clone()));
        }
        for needed in [StatusCategory::Active, StatusCategory::Resolved, StatusCategory::Closed] {
            if self.first(needed).is_none() {
                return Err(WorkflowError::MissingCategory(needed));
            }
        }
        Ok(())
    }

    fn check_transitions(&self) -> Result<(), WorkflowError> {
        for (i, transition) in self.transitions.iter().enumerate() {
            let Transition { from, to, by } = transition;
            let unknown = |key: &StatusKey| WorkflowError::UnknownStatus(key.clone());
            let source = self.status(from).ok_or_else(|| unknown(from))?;
            let target = self.status(to).ok_or_else(|| unknown(to))?;
            let named = |error: fn(StatusKey, StatusKey) -> WorkflowError| Err(error(from.clone(), to.clone()));
            if from == to || self.transitions[..i].iter().any(|other| other.from == *from && other.to == *to) {
                return named(|from, to| WorkflowError::DuplicateTransition { from, to });
            }
            if by.is_empty() {
                return named(|from, to| WorkflowError::NobodyMoves { from, to });
            }
            if !bounds(Cell::of(source), Cell::of(target)).includes(*by) {
                return named(|from, to| WorkflowError::OutOfBounds { from, to });
            }
        }
        Ok(())
    }

    fn check_ways(&self) -> Result<(), WorkflowError> {
        let mut reached = BTreeSet::from([&self.initial]);
        let mut work = vec![&self.initial];
        while let Some(from) = work.pop() {
            let next = self.transitions.iter().filter(|transition| transition.from == *from);
            work.extend(next.map(|transition| &transition.to).filter(|to| reached.insert(to)));
        }
        for status in &self.statuses {
            if !reached.contains(&status.key) {
                return Err(WorkflowError::Unreachable(status.key.clone()));
            }
            let is_final = matches!(status.category, StatusCategory::Closed | StatusCategory::Spam);
            if !is_final && !self.transitions.iter().any(|transition| transition.from == status.key) {
                return Err(WorkflowError::DeadEnd(status.key.clone()));
            }
        }
        Ok(())
    }
}

impl TryFrom<Draft> for Workflow {
    type Error = WorkflowError;
    fn try_from(draft: Draft) -> Result<Self, WorkflowError> {
        Self::new(draft.statuses, draft.initial, draft.transitions)
    }
}

impl From<Workflow> for Draft {
    fn from(workflow: Workflow) -> Self {
        Self { statuses: workflow.statuses, initial: workflow.initial, transitions: workflow.transitions }
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
