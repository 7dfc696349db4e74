//! What happened to a ticket, as its clocks look at it.

use super::metric::Metric;
use super::policy::SlaPolicy;
use super::terms::Terms;
use crate::env::Timestamp;
use crate::settings::Settings;
use crate::ticket::workflow::Special;
use crate::ticket::{StatusCategory, Ticket};

/// How far the settings as they stand now reach.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Clocks that run keep their terms, unless the ticket itself came under others.
    WhatHappened,
    /// Running clocks are computed anew, from their own start with their pauses kept.
    Reapply,
}

/// What happened.
#[derive(Clone, Copy)]
pub(super) struct Step<'a> {
    pub(super) before: &'a Ticket,
    pub(super) ticket: &'a Ticket,
    pub(super) settings: &'a Settings,
    /// In whole seconds.
    pub(super) at: Timestamp,
    pub(super) reach: Reach,
}

impl<'a> Step<'a> {
    /// Whether what happened brought the ticket under other terms, or it must be looked at anew. That policies were
    /// edited meanwhile does not.
    pub(super) fn rematches(&self) -> bool {
        let (was, is) = (self.before, self.ticket);
        if self.reach == Reach::Reapply || was.priority != is.priority {
            return true;
        }
        let same = (&was.kind, &was.category, &was.team) == (&is.kind, &is.category, &is.team)
            && (&was.organization, &was.tags, &was.channel) == (&is.organization, &is.tags, &is.channel);
        let policy = |ticket| self.settings.sla.policy_for(ticket).map(|policy| &policy.name);
        !same && policy(was) != policy(is)
    }

    /// What a clock of the ticket runs under, were it started now. A ticket whose clocks run keeps to the edition that
    /// they run under, unless what happened brought it under another policy, or the levels are applied anew.
    pub(super) fn terms(&self, metric: Metric) -> Option<Terms<'a>> {
        let (levels, priority) = (&self.settings.sla, self.ticket.priority);
        let policy = levels.policy_for(self.ticket);
        let name = |policy: Option<&'a SlaPolicy>| policy.map(|policy| &policy.name);
        let stays = self.reach == Reach::WhatHappened && name(policy) == name(levels.policy_for(self.before));
        let running = self.ticket.sla.iter().filter(|row| stays && row.is_open()).max_by_key(|row| row.edition);
        let kept = running.and_then(|row| Some((levels.policy_in(&row.policy, row.edition)?, row.edition)));
        match kept {
            Some((policy, edition)) => levels.terms_in(edition, policy, metric, priority),
            None => levels.terms(policy?, metric, priority),
        }
    }

    /// Whether the ticket ended in a way that ends every clock: merged, called off, spam, deleted.
    pub(super) fn is_off(&self) -> bool {
        let status = self.settings.workflow.status(&self.ticket.status);
        let special = status.and_then(|status| status.special);
        let ended = matches!(special, Some(Special::Merged | Special::Cancelled));
        ended || self.ticket.status_category == StatusCategory::Spam || self.ticket.deleted_at.is_some()
    }
}
