//! A decision in the making: the ticket as it would be after the events so far.

use std::borrow::Cow;

use crate::env::Timestamp;
use crate::sla::{self, Reach};
use crate::ticket::{Decision, Event, Facts, Revision, Ticket, Warning};

/// The working state of one decision.
pub(super) struct Draft<'a> {
    /// The ticket after the events so far.
    pub(super) ticket: Ticket,
    /// What the decision rests on.
    pub(super) facts: &'a Facts<'a>,
    /// The instant of the events: now, but never before the ticket's last change.
    pub(super) at: Timestamp,
    /// The instant for the clocks, if it is not that of the events.
    pub(super) clock_at: Option<Timestamp>,
    /// How far the settings reach.
    pub(super) reach: Reach,
    /// The ticket as the clocks last saw it.
    seen: Cow<'a, Ticket>,
    decision: Decision,
}

impl<'a> Draft<'a> {
    pub(super) fn new(ticket: &'a Ticket, facts: &'a Facts<'a>) -> Self {
        Self {
            ticket: ticket.clone(),
            facts,
            at: facts.now.max(ticket.updated_at),
            clock_at: facts.as_of,
            reach: Reach::WhatHappened,
            seen: Cow::Borrowed(ticket),
            decision: Decision::default(),
        }
    }

    /// Lets `event` happen.
    pub(super) fn push(&mut self, event: Event) {
        self.ticket.apply(&event, self.at, self.facts.actor);
        self.ticket.updated_at = self.ticket.updated_at.max(self.at);
        self.decision.events.push((self.at, event));
    }

    /// Keeps what the personal values of the last event were before.
    pub(super) fn revise(&mut self, data: serde_json::Value) {
        let event = self.decision.events.len().saturating_sub(1);
        self.decision.revisions.push(Revision { event, data });
    }

    pub(super) fn warn(&mut self, warning: Warning) {
        self.decision.warnings.push(warning);
    }

    pub(super) fn decision(&mut self) -> &mut Decision {
        &mut self.decision
    }

    /// Lets the SLA clocks follow what happened so far, before more happens.
    pub(super) fn clocks(&mut self) {
        self.follow();
        self.seen = Cow::Owned(self.ticket.clone());
    }

    fn follow(&mut self) {
        let at = self.clock_at.unwrap_or(self.at);
        for event in sla::advance(&self.seen, &self.ticket, self.facts.settings, at, self.reach) {
            self.push(event);
        }
    }

    /// Lets the clocks follow, and ends the draft.
    pub(super) fn finish(mut self) -> Decision {
        if !self.decision.events.is_empty() || self.reach == Reach::Reapply {
            self.follow();
        }
        self.decision
    }
}
