//! The fold: a ticket after an event. It looks nothing up and decides nothing; what was decided stands in the event.

use super::workflow::Mover;
use super::{Event, EventRecord, LastMessage, Merged, Opened, StatusCategory, Ticket, Visibility};
use crate::env::Timestamp;
use crate::party::Actor;
use crate::sla;

impl Ticket {
    /// Puts one event of this ticket's history into it.
    pub fn evolve(&mut self, record: &EventRecord) {
        if record.event.is_audit_only() {
            return;
        }
        self.version = record.version;
        self.updated_at = self.updated_at.max(record.at);
        self.apply(&record.event, record.at, &record.actor);
    }

    /// Folds a whole history: the ticket but for its number and its personal part.
    pub fn fold<'a>(id: super::TicketId, history: impl IntoIterator<Item = &'a EventRecord>) -> Self {
        let mut ticket = Self::blank(id);
        for record in history {
            ticket.evolve(record);
        }
        ticket
    }

    pub(super) fn apply(&mut self, event: &Event, at: Timestamp, actor: &Actor) {
        match event {
            Event::Opened(opened) => self.opened(opened, at, actor),
            Event::MessageAdded { seq, author, visibility, automatic, written_at, .. } => {
                self.message_added(*seq, author, *visibility, *automatic, at);
                if *visibility == Visibility::Public {
                    self.public_at = self.public_at.max(written_at.unwrap_or(at));
                }
            }
            Event::StatusChanged { to, category, by, wake_up, auto_close_at, .. } => {
                let woken = self.wake_up.as_ref().filter(|_| *by == Mover::WakeUp);
                self.leave_status(woken.map_or(at, |wake| wake.at.min(at)));
                // What a message brings about is seen when the message is.
                if self.status_category != *category && *by != Mover::Reply {
                    self.public_at = self.public_at.max(at);
                }
                self.status_changed(to.clone(), *category, at);
                self.wake_up.clone_from(wake_up);
                self.auto_close_at = *auto_close_at;
            }
            Event::WakeUpChanged { wake_up } => self.wake_up.clone_from(wake_up),
            Event::AutoCloseChanged { at } => self.auto_close_at = *at,
            Event::Assigned { agent } => self.assignee.clone_from(agent),
            Event::TeamChanged { team } => self.team.clone_from(team),
            Event::PriorityChanged { priority, r#override, raised, impact, urgency } => {
                self.priority = *priority;
                self.priority_override = *r#override;
                self.priority_raised = *raised;
                self.impact = *impact;
                self.urgency = *urgency;
            }
            Event::CategoryChanged { category } => self.category.clone_from(category),
            Event::KindChanged { ticket_kind } => self.kind = ticket_kind.clone(),
            Event::TagsChanged { added, removed } => {
                self.tags.retain(|tag| !removed.contains(tag));
                self.tags.extend(added.iter().cloned());
            }
            Event::RequesterChanged { contact, organization } => {
                self.requester = Some(contact.clone());
                self.organization.clone_from(organization);
            }
            Event::DueChanged { due_at } => self.manual_due_at = *due_at,
            Event::ParticipantAdded(participant) => {
                self.participants.insert(participant.clone());
            }
            Event::ParticipantRemoved(participant) => {
                self.participants.remove(participant);
            }
            Event::LinkAdded(link) => {
                self.links.insert(*link);
            }
            Event::LinkRemoved(link) => {
                self.links.remove(link);
            }
            Event::Merged { into, prior } => self.merged = Some(Merged { into: *into, prior: prior.clone() }),
            Event::Unmerged { .. } => self.merged = None,
            Event::ExternalAdded(external) => {
                self.external.insert(external.clone());
            }
            Event::ClockStarted(_)
            | Event::ClockRetargeted(_)
            | Event::ClockPaused { .. }
            | Event::ClockResumed { .. }
            | Event::ClockBreached { .. }
            | Event::ClockStopped { .. }
            | Event::LevelReached { .. } => sla::fold(&mut self.sla, event),
            // References outside stay: taking the same request over again must not bring it back.
            Event::Deleted {} => self.deleted_at = Some(at),
            Event::Erased {}
            | Event::FieldsChanged { .. }
            | Event::SubjectChanged {}
            | Event::LockStolen { .. }
            | Event::ActionRefused { .. }
            | Event::Unknown(_) => {}
        }
    }

    fn opened(&mut self, opened: &Opened, at: Timestamp, actor: &Actor) {
        let Opened { kind, status, category, priority, priority_override, impact, urgency, .. } = opened.clone();
        self.kind = kind;
        self.priority = priority;
        self.priority_override = priority_override;
        self.impact = impact;
        self.urgency = urgency;
        self.category.clone_from(&opened.ticket_category);
        self.tags.clone_from(&opened.tags);
        self.requester.clone_from(&opened.requester);
        self.organization.clone_from(&opened.organization);
        self.submitter = actor.clone();
        self.assignee.clone_from(&opened.assignee);
        self.team.clone_from(&opened.team);
        self.channel = opened.channel.clone();
        self.participants.clone_from(&opened.participants);
        self.links.clone_from(&opened.links);
        self.external.clone_from(&opened.external);
        self.created_at = opened.created_at;
        self.public_at = opened.created_at;
        self.updated_at = opened.created_at.max(at);
        self.status_category = StatusCategory::New;
        self.status_changed(status, category, at);
    }

    fn message_added(&mut self, seq: u32, author: &Actor, visibility: Visibility, automatic: bool, at: Timestamp) {
        self.messages = seq;
        if self.last_message.as_ref().is_some_and(|last| last.author != *author) {
            self.last_by_other = self.last_message.take();
        }
        self.last_message = Some(LastMessage { seq, author: author.clone() });
        match author {
            Actor::Requester(_) if !automatic => self.awaiting_since = self.awaiting_since.or(Some(at)),
            Actor::Agent(_) if !automatic && visibility == Visibility::Public => {
                // What an agent says before anybody asked answers nobody.
                let asked = self.submitter.agent().is_none() || self.awaiting_since.is_some();
                if asked && self.first_responded_at.is_none() {
                    self.first_responded_at = Some(at);
                }
                self.awaiting_since = None;
                self.last_reply_at = Some(at);
            }
            _ => {}
        }
        if visibility == Visibility::Public {
            self.public_messages = self.public_messages.saturating_add(1);
        }
    }

    fn status_changed(&mut self, to: super::StatusKey, category: StatusCategory, at: Timestamp) {
        let from = self.status_category;
        if category.is_waiting() && from == StatusCategory::Active {
            self.resume_to = Some(self.status.clone());
        } else if !category.is_waiting() {
            self.resume_to = None;
        }
        if category.is_unsolved() && !from.is_unsolved() {
            if matches!(from, StatusCategory::Resolved | StatusCategory::Closed) && self.merged.is_none() {
                self.reopened = self.reopened.saturating_add(1);
            }
            self.resolved_at = None;
            self.closed_at = None;
        }
        match category {
            StatusCategory::Resolved => {
                self.resolved_at = Some(at);
                self.closed_at = None;
                self.first_resolved_at = self.first_resolved_at.or(Some(at));
            }
            StatusCategory::Closed => self.closed_at = Some(at),
            _ => {}
        }
        self.status = to;
        self.status_category = category;
    }
}
