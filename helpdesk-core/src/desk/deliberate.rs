//! One step of an act: the ticket, who may do it, what the core decides, as it goes into the commit.

use super::asking::Asking;
use super::context::Context;
use super::step::{Step, Target, number_source};
use super::{Error, Helpdesk, Options};
use crate::access::Action;
use crate::env::Timestamp;
use crate::party::TenantId;
use crate::store::{Commit, Fence, HistoryEntry, Loaded, Messages, TicketWrite};
use crate::ticket::decide::{decide, honours_lock};
use crate::ticket::{Command, EventId, Facts, Ticket, TicketId, Version};

/// Most events that a conflict shows.
const SHOWN_EVENTS: usize = 500;

/// A ticket with what was decided on it so far.
pub(super) struct Working {
    pub(super) write: TicketWrite,
    pub(super) warnings: Vec<crate::ticket::Warning>,
}

impl Helpdesk {
    #[expect(clippy::too_many_arguments, reason = "the one place where all that a decision rests on comes together")]
    pub(super) async fn decide_step(
        &self,
        commit: &mut Commit,
        context: &Context,
        step: &Step,
        loaded: Loaded,
        expecting: Option<Version>,
        options: &Options,
        now: Timestamp,
    ) -> Result<Working, Error> {
        let tenant = commit.tenant.clone();
        let before = match &step.target {
            Target::New(_) => None,
            Target::Existing(_) => {
                let ticket = loaded.ticket.filter(|ticket| ticket.deleted_at.is_none());
                Some(ticket.ok_or(Error::NotFound { what: "ticket" })?)
            }
        };
        if let Some(ticket) = &before {
            self.authorise(context, Action::TicketRead, Some(ticket))?;
            if let Some(asking) = context.asking.as_ref().map(Asking::principal)
                && asking != context.principal
            {
                // The desk acts for a requester: not beyond what they may write on.
                self.authorise_as(&asking, context, Action::TicketReply, Some(ticket))?;
            }
            if let Some(expected) = expecting {
                self.expect(&tenant, ticket, expected, &step.commands).await?;
            }
        }
        let commands = context.in_their_name(&step.commands);
        let commands = match &step.target {
            Target::Existing(_) => commands,
            Target::New(new) => self.with_requester(commit, &context.opener(new), commands, now).await?,
        };
        if matches!(&step.target, Target::New(new) if new.number.is_some()) {
            self.authorise(context, Action::TicketImport, None)?;
        }
        let start = match &step.target {
            Target::New(new) => Ticket::blank(new.id),
            Target::Existing(_) => before.clone().unwrap_or_else(|| Ticket::blank(TicketId(uuid::Uuid::nil()))),
        };
        let version = start.version.next();
        let actor = context.principal.actor();
        let mut after = start;
        let mut working = Working {
            write: TicketWrite {
                before,
                after: after.clone(),
                number: number_source(&step.target, context, &commands, now),
                events: Vec::new(),
                messages: Messages::default(),
            },
            warnings: Vec::new(),
        };
        for command in &commands {
            let ticket = working.write.before.as_ref();
            if !step.vouched {
                self.authorise(context, Action::of(command, &actor), ticket)?;
            }
            let may_reopen_closed = self.authorise(context, Action::TicketReopenClosed, ticket).is_ok();
            let facts = Facts {
                now,
                actor: &actor,
                settings: &context.settings,
                limits: self.limits(),
                lock: &loaded.lock,
                token: options.lock,
                may_reopen_closed,
            };
            let decision = decide(&after, command, &facts)?;
            let (records, next) = decision.apply(&after, version, &actor, || EventId(self.fresh_id(now)));
            let first = working.write.events.len();
            working.write.events.extend(records.into_iter().map(|record| (record, None)));
            for revision in decision.revisions {
                if let Some((_, slot)) = working.write.events.get_mut(first + revision.event) {
                    *slot = Some(revision.data);
                }
            }
            working.write.messages.erase |= decision.erase_conversation;
            working.write.messages.add.extend(decision.messages);
            working.warnings.extend(decision.warnings);
            after = next;
            if honours_lock(command) && actor.agent().is_some() && working.write.before.is_some() {
                let fence = Fence { ticket: after.id, seen: loaded.lock.clone() };
                if !commit.fences.contains(&fence) {
                    commit.fences.push(fence);
                }
            }
        }
        working.write.after = after;
        Ok(working)
    }

    /// Refuses if something that matters to the commands happened since `expected`.
    async fn expect(
        &self,
        tenant: &TenantId,
        ticket: &Ticket,
        expected: Version,
        commands: &[Command],
    ) -> Result<(), Error> {
        if ticket.version == expected {
            return Ok(());
        }
        let between = self.events_since(tenant, ticket.id, expected).await?;
        let matters = |entry: &HistoryEntry| commands.iter().any(|command| command.concerns(&entry.record.event));
        // More than a page happened: what stands behind it is not known, so it counts.
        let all = between.last().is_some_and(|entry| entry.record.version == ticket.version);
        if expected < ticket.version && all && !between.iter().any(matters) {
            return Ok(());
        }
        Err(Error::Conflict { expected, found: ticket.version, between })
    }

    async fn events_since(
        &self,
        tenant: &TenantId,
        id: TicketId,
        version: Version,
    ) -> Result<Vec<HistoryEntry>, Error> {
        // A version has at least one event, so no event of a later version stands before place `version`.
        let mut between = self.inner.store.history(tenant, id, version.0, SHOWN_EVENTS).await?;
        between.retain(|entry| entry.record.version > version && !entry.record.event.is_audit_only());
        Ok(between)
    }
}
