//! How the clocks follow what happened to a ticket. Computed in a decision, recorded in its events.

use chrono::SubsecRound;

use super::clock::SlaClock;
use super::fold::fold;
use super::metric::{Metric, Outcome};
use super::reckon::{due_of, taken_off, timed, under};
use super::rule::{ClockRule, Start};
use super::start::{Begin, begins, opening_answer};
use super::step::{Reach, Step};
use super::terms::Terms;
use crate::env::Timestamp;
use crate::settings::Settings;
use crate::ticket::{Event, StatusCategory, Ticket};

/// What happens to a ticket's clocks because of what happened to it between `before` and `ticket`, at `at`.
pub fn advance(before: &Ticket, ticket: &Ticket, settings: &Settings, at: Timestamp, reach: Reach) -> Vec<Event> {
    if settings.sla.is_empty() && ticket.sla.is_empty() {
        return Vec::new();
    }
    let step = Step { before, ticket, settings, at: at.trunc_subsecs(0), reach };
    let mut clocks = Clocks { step, rows: ticket.sla.clone(), events: Vec::new() };
    for metric in Metric::ALL {
        clocks.follow(metric);
        clocks.begin(metric);
    }
    clocks.events
}

struct Clocks<'a> {
    step: Step<'a>,
    rows: Vec<SlaClock>,
    events: Vec<Event>,
}

impl<'a> Clocks<'a> {
    fn emit(&mut self, event: Event) {
        fold(&mut self.rows, &event);
        self.events.push(event);
    }

    fn open(&self, metric: Metric) -> Option<SlaClock> {
        self.rows.iter().rev().find(|row| row.metric == metric && row.is_open()).cloned()
    }

    /// Lets the open clock of a metric follow.
    fn follow(&mut self, metric: Metric) {
        let Some(row) = self.open(metric) else { return };
        let end = self.answered(&row);
        self.find_breach(&row, end.unwrap_or(self.step.at));
        if let Some(end) = end {
            return self.stop(metric, end, None);
        }
        if self.is_over(&row) {
            return self.stop(metric, self.step.at, Some(Outcome::Cancelled));
        }
        if self.step.rematches() {
            let Some(terms) = self.step.terms(metric) else {
                return self.stop(metric, self.step.at, Some(Outcome::Cancelled));
            };
            self.retarget(metric, terms);
        }
        self.pause_or_resume(metric);
    }

    /// When what the clock waits for happened, if it did.
    fn answered(&self, row: &SlaClock) -> Option<Timestamp> {
        let ticket = self.step.ticket;
        let second = |at: Option<Timestamp>| at.map(|at| at.trunc_subsecs(0));
        let replied = second(ticket.last_reply_at);
        let at = match row.metric {
            Metric::FirstResponse => {
                let rule = self.step.settings.sla.rule_of(row);
                let counts = |rule: &ClockRule| rule.start(Metric::FirstResponse) == Start::Creation;
                let any = || ticket.last_reply_at.filter(|_| rule.is_some_and(counts));
                second(ticket.first_responded_at.or_else(|| opening_answer(ticket, rule?)).or_else(any))
            }
            Metric::NextResponse if second(ticket.awaiting_since) == Some(row.started_at) => None,
            Metric::NextResponse => replied.or(Some(self.step.at)),
            Metric::PeriodicUpdate => replied.filter(|at| *at > row.started_at),
            Metric::Resolution => {
                let done = matches!(ticket.status_category, StatusCategory::Resolved | StatusCategory::Closed);
                (done && !self.step.is_off()).then_some(self.step.at)
            }
        };
        at.map(|at| at.max(row.paused_at.unwrap_or(row.started_at)))
    }

    /// Whether nothing is owed any more: the ticket has ended, in a status in which the clock does not just pause.
    fn is_over(&self, row: &SlaClock) -> bool {
        let ticket = self.step.ticket;
        let rule = self.step.settings.sla.rule_of(row);
        let pauses = rule.is_some_and(|rule| rule.pauses_in(row.metric, &ticket.status, ticket.status_category));
        self.step.is_off() || (!ticket.status_category.is_unsolved() && !pauses)
    }

    /// Notes that a clock was too late before `end`, whoever should have noticed.
    fn find_breach(&mut self, row: &SlaClock, end: Timestamp) {
        self.note_breach(row, row.running_due(), end);
    }

    fn note_breach(&mut self, row: &SlaClock, due: Option<Timestamp>, end: Timestamp) {
        if let Some(due) = due.filter(|due| *due < end && row.breached_at.is_none()) {
            self.emit(Event::ClockBreached { clock: row.id(), due });
        }
    }

    fn stop(&mut self, metric: Metric, at: Timestamp, outcome: Option<Outcome>) {
        let Some(row) = self.open(metric) else { return };
        let levels = &self.step.settings.sla;
        let end = row.paused_at.unwrap_or(at);
        // A calendar that is gone measures nothing any more: what is known is what the due time says.
        let used = levels.calendar_of(&row).map(|calendar| row.used_by(calendar, end));
        let late = row.breached_at.is_some();
        let used = used.unwrap_or_else(|| u64::from(row.target.0).saturating_add(u64::from(late)));
        let paused =
            row.paused_at.and_then(|from| Some(taken_off(levels.rule_of(&row)?, levels.calendar_of(&row)?, from, at)));
        let in_time = if late { Outcome::Breached } else { Outcome::Met };
        self.emit(Event::ClockStopped {
            clock: row.id(),
            at,
            paused: paused.unwrap_or(0),
            used,
            outcome: outcome.unwrap_or(in_time),
        });
    }

    fn retarget(&mut self, metric: Metric, terms: Terms<'a>) {
        let Some(row) = self.open(metric) else { return };
        let mut next = under(&row, terms);
        let levels = &self.step.settings.sla;
        if (&next.policy, &next.calendar) == (&row.policy, &row.calendar)
            && (levels.rule_of(&row), levels.calendar_of(&row)) == (Some(terms.rule), Some(terms.calendar))
        {
            next.edition = row.edition;
        }
        if next != row {
            self.emit(Event::ClockRetargeted(Box::new(next)));
        }
        self.find_late(metric, terms, self.step.at);
    }

    /// Notes that a clock was too late before `end` under the terms it has just got, also while it pauses.
    fn find_late(&mut self, metric: Metric, terms: Terms<'a>, end: Timestamp) {
        let Some(row) = self.open(metric) else { return };
        let end = row.paused_at.unwrap_or(end);
        self.note_breach(&row, due_of(&row, terms.calendar), end);
    }

    fn pause_or_resume(&mut self, metric: Metric) {
        let Some(row) = self.open(metric) else { return };
        let (ticket, levels) = (self.step.ticket, &self.step.settings.sla);
        // A rule or calendar that is gone leaves the clock as it is until the levels are applied anew.
        let (Some(rule), Some(calendar)) = (levels.rule_of(&row), levels.calendar_of(&row)) else { return };
        let pauses = rule.pauses_in(metric, &ticket.status, ticket.status_category);
        let last = row.pauses.last().map_or(row.started_at, |pause| pause.to);
        match row.paused_at {
            None if pauses => self.emit(Event::ClockPaused { clock: row.id(), at: self.step.at.max(last) }),
            Some(from) if !pauses => {
                let at = self.step.at.max(from);
                let seconds = taken_off(rule, calendar, from, at);
                let mut rows = vec![row.clone()];
                fold(&mut rows, &Event::ClockResumed { clock: row.id(), at, seconds, due: None, next_level: None });
                let mut resumed = rows.remove(0);
                timed(&mut resumed, rule, calendar);
                let SlaClock { due, next_level, .. } = resumed;
                self.emit(Event::ClockResumed { clock: row.id(), at, seconds, due, next_level });
                if let Some(row) = self.open(metric) {
                    self.find_breach(&row, self.step.at);
                }
            }
            _ => {}
        }
    }

    /// Starts a clock of a metric, if there is a reason to.
    fn begin(&mut self, metric: Metric) {
        if self.open(metric).is_some() {
            return;
        }
        let newest = self.rows.iter().rev().find(|row| row.metric == metric);
        let Some(Begin { row, terms }) = begins(&self.step, metric, newest, &self.rows) else { return };
        // What it waits for may have happened before anybody asked how long it took.
        let end = self.answered(&row);
        self.emit(Event::ClockStarted(Box::new(row)));
        self.find_late(metric, terms, end.unwrap_or(self.step.at));
        if let Some(end) = end {
            self.stop(metric, end, None);
        }
    }
}
