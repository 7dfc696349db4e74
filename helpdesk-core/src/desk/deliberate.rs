//! One step of an act: the ticket, who may do it, what the core decides, as it goes into the commit.

use super::asking::Asking;
use super::context::Context;
use super::step::{Step, Target};
use super::{Desk, Error, Options};
use crate::access::Action;
use crate::env::Timestamp;
use crate::party::{Actor, TenantId};
use crate::store::{Commit, Fence, HistoryEntry, Loaded, Messages, NumberSource, TicketWrite};
use crate::ticket::decide::{decide, honours_lock};
use crate::ticket::{
    Command, Decision, Event, EventId, Facts, FollowUp, LockSlot, LockToken, Ticket, TicketId, TimerKey, Version,
};

/// Most events that a conflict shows.
const SHOWN_EVENTS: usize = 500;

/// Most timers that are caught up with before a command: more than the levels of four clocks are.
const CATCH_UP: usize = 200;

/// A ticket with what was decided on it so far.
pub(super) struct Working {
    pub(super) write: TicketWrite,
    pub(super) warnings: Vec<crate::ticket::Warning>,
}

/// On what, as whom and when something is decided.
struct Hearing<'a> {
    context: &'a Context,
    lock: &'a LockSlot,
    token: Option<LockToken>,
    vouched: bool,
    now: Timestamp,
    as_of: Option<Timestamp>,
}

impl Desk<'_> {
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
            Target::New(new) => {
                let opener = context.opener(new);
                self.with_requester(commit, &opener, commands, &context.foreseen, now).await?
            }
        };
        if matches!(&step.target, Target::New(new) if new.number.is_some()) {
            self.authorise(context, Action::TicketImport, None)?;
        }
        let start = match &step.target {
            Target::New(new) => Ticket::blank(new.id),
            Target::Existing(_) => before.clone().unwrap_or_else(|| Ticket::blank(TicketId(uuid::Uuid::nil()))),
        };
        let mut working = Working {
            write: TicketWrite {
                before,
                after: start,
                number: number_source(&step.target, context, &commands, now),
                events: Vec::new(),
                messages: Messages::default(),
            },
            warnings: Vec::new(),
        };
        let hearing =
            Hearing { context, lock: &loaded.lock, token: options.lock, vouched: step.vouched, now, as_of: None };
        self.catch_up(&mut working, &hearing)?;
        let by_agent = context.principal.actor().agent().is_some();
        for command in &commands {
            self.decide_command(&mut working, command, &hearing)?;
            if honours_lock(command) && by_agent && working.write.before.is_some() {
                let fence = Fence { ticket: working.write.after.id, seen: loaded.lock.clone() };
                if !commit.fences.contains(&fence) {
                    commit.fences.push(fence);
                }
            }
        }
        Ok(working)
    }

    /// Lets what is due on the ticket happen first, as the system and in the order in which it became due: then no
    /// outcome depends on when somebody swept.
    /// Closing is left to the sweep, so that who answers just in time is not too late.
    fn catch_up(&self, working: &mut Working, hearing: &Hearing<'_>) -> Result<(), Error> {
        let system = hearing.context.as_system();
        let hearing = Hearing { context: &system, token: None, vouched: true, ..*hearing };
        for _ in 0..CATCH_UP {
            let timers = working.write.after.timers().into_iter();
            let due = timers.filter(|timer| timer.at <= hearing.now && timer.key != TimerKey::AutoClose).min();
            let Some(due) = due else { break };
            self.decide_command(working, &Command::FireTimer(due), &hearing)?;
        }
        Ok(())
    }

    /// Decides a command, and then what it leaves to the system.
    fn decide_command(&self, working: &mut Working, command: &Command, hearing: &Hearing<'_>) -> Result<(), Error> {
        let follow_ups = self.decide_one(working, command, hearing)?;
        if follow_ups.is_empty() {
            return Ok(());
        }
        let system = hearing.context.as_system();
        let hearing = Hearing { context: &system, token: None, vouched: false, ..*hearing };
        for FollowUp { clock, level, at, command } in follow_ups {
            let hearing = Hearing { as_of: Some(at), ..hearing };
            match self.decide_one(working, &command, &hearing) {
                Ok(_) => {}
                // The level is reached all the same; who looks at the history sees what was not done.
                Err(error @ (Error::Forbidden { .. } | Error::Rejected(_) | Error::Invalid(_))) => {
                    let action = Action::of(&command, &Actor::System).to_string();
                    let event = Event::ActionRefused { clock, level, action, code: error.code().to_string() };
                    let at = working.write.after.updated_at;
                    let decision = Decision { events: vec![(at, event)], ..Decision::default() };
                    self.put(working, decision, &Actor::System, hearing.now);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    fn decide_one(
        &self,
        working: &mut Working,
        command: &Command,
        hearing: &Hearing<'_>,
    ) -> Result<Vec<FollowUp>, Error> {
        let Hearing { context, lock, token, vouched, now, as_of } = *hearing;
        let actor = context.principal.actor();
        let ticket = working.write.before.as_ref();
        if !vouched {
            self.authorise(context, Action::of(command, &actor), ticket)?;
        }
        let facts = Facts {
            now,
            actor: &actor,
            settings: &context.settings,
            limits: self.limits(),
            lock,
            token,
            may_reopen_closed: self.authorise(context, Action::TicketReopenClosed, ticket).is_ok(),
            as_of,
        };
        let mut decision = decide(&working.write.after, command, &facts)?;
        let follow_ups = std::mem::take(&mut decision.follow_ups);
        self.put(working, decision, &actor, now);
        Ok(follow_ups)
    }

    /// Puts a decision behind those before it.
    fn put(&self, working: &mut Working, decision: Decision, actor: &Actor, now: Timestamp) {
        let write = &mut working.write;
        let version = write.expected().next();
        let (records, next) = decision.apply(&write.after, version, actor, || EventId(self.fresh_id(now)));
        let first = write.events.len();
        write.events.extend(records.into_iter().map(|record| (record, None)));
        for revision in decision.revisions {
            if let Some((_, slot)) = write.events.get_mut(first + revision.event) {
                *slot = Some(revision.data);
            }
        }
        write.messages.erase |= decision.erase_conversation;
        write.messages.add.extend(decision.messages);
        write.after = next;
        working.warnings.extend(decision.warnings);
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

/// Where a new ticket's number comes from.
fn number_source(target: &Target, context: &Context, commands: &[Command], now: Timestamp) -> NumberSource {
    let opened = commands.iter().find_map(|command| match command {
        Command::Open(new) => Some(new),
        _ => None,
    });
    let at = opened.and_then(|new| new.created_at).unwrap_or(now);
    let team = opened.and_then(|new| new.team.as_ref());
    let plan = context.settings.number_template.plan(at, context.settings.zone(), team);
    match target {
        Target::New(new) if new.number.is_some() => {
            let number = new.number.clone().unwrap_or_default();
            let raise = plan.sequence_of(&number).map(|seq| (plan.scope().to_owned(), seq));
            NumberSource::Given { number, raise }
        }
        _ => NumberSource::Draw(plan),
    }
}
