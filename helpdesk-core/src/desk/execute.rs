//! The one door for changes: load, authorise, decide, commit; decide anew when others were faster.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::context::{Context, Who};
use super::{Error, Helpdesk, Options, Outcome, TicketRef};
use crate::access::Action;
use crate::env::Timestamp;
use crate::party::{Requester, TenantId};
use crate::store::{
    Commit, CommitOutcome, Conflict, Fence, HistoryEntry, IdempotencyKey, Loaded, Messages, NumberSource, Replay,
    TicketKey, TicketWrite, Wants,
};
use crate::ticket::decide::{decide, honours_lock};
use crate::ticket::{Command, EventId, Facts, Ticket, TicketId, TicketNumber, Version};

/// How often the desk decides anew before it gives up.
const ATTEMPTS: usize = 32;
/// Most events that a conflict shows.
const SHOWN_EVENTS: usize = 500;

/// What is asked of one ticket: commands that are decided one after the other and committed together.
#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) target: Target,
    pub(super) commands: Vec<Command>,
    /// Whether the desk itself vouches for the authors and times in it (copies of messages that stand elsewhere).
    pub(super) vouched: bool,
}

/// Which ticket.
#[derive(Debug, Clone)]
pub(super) enum Target {
    Existing(TicketRef),
    New(Box<NewStep>),
}

/// A ticket to be opened.
#[derive(Debug, Clone)]
pub(super) struct NewStep {
    pub(super) id: TicketId,
    pub(super) requester: Requester,
    pub(super) number: Option<TicketNumber>,
}

impl Step {
    pub(super) fn on(target: impl Into<TicketRef>, command: Command) -> Self {
        Self { target: Target::Existing(target.into()), commands: vec![command], vouched: false }
    }
}

/// A ticket with what was decided on it so far.
struct Working {
    write: TicketWrite,
    warnings: Vec<crate::ticket::Warning>,
}

impl Helpdesk {
    /// Does `steps` in one act.
    pub(super) async fn execute(
        &self,
        tenant: &TenantId,
        who: &Who,
        steps: &[Step],
        options: &Options,
    ) -> Result<Outcome, Error> {
        let key = options.idempotency_key.as_ref().map(|key| IdempotencyKey {
            source: "api".to_owned(),
            key: key.clone(),
            fingerprint: fingerprint(who, steps),
        });
        for _ in 0..ATTEMPTS {
            if let Some(outcome) = self.attempt(tenant, who, steps, options, key.as_ref()).await? {
                return Ok(outcome);
            }
        }
        Err(Error::Contended)
    }

    /// One try; `None` if others were faster and it is to be decided anew.
    async fn attempt(
        &self,
        tenant: &TenantId,
        who: &Who,
        steps: &[Step],
        options: &Options,
        key: Option<&IdempotencyKey>,
    ) -> Result<Option<Outcome>, Error> {
        let now = self.now();
        let Some(first) = steps.first() else { return Err(Error::NotFound { what: "command" }) };
        let mut wants = Wants { replay: key.cloned(), ..Wants::default() };
        who.want(&mut wants);
        let mut loaded = self.load_target(tenant, &first.target, wants, now, None).await?;
        let context = self.context(tenant, who, &mut loaded).await?;
        if let (Some(replay), Some(key)) = (&loaded.replay, key) {
            return self.replayed(tenant, &context, replay, key).await.map(Some);
        }
        loaded = self.second_spelling(tenant, &first.target, loaded, now, &context).await?;

        let mut commit = Commit::new(tenant.clone(), context.principal.actor(), now);
        commit.guards.clone_from(&context.guards);
        commit.key = key.cloned();
        commit.outbox = context.settings.outbox;
        let mut warnings = Vec::new();
        for (i, step) in steps.iter().enumerate() {
            let loaded = if i == 0 {
                std::mem::take(&mut loaded)
            } else {
                let loaded = self.load_target(tenant, &step.target, Wants::default(), now, Some(&context)).await?;
                self.second_spelling(tenant, &step.target, loaded, now, &context).await?
            };
            let expecting = options.expecting.filter(|_| i == 0);
            let working = self.decide_step(&mut commit, &context, step, loaded, expecting, options, now).await?;
            warnings.extend(working.warnings);
            commit.tickets.push(working.write);
        }
        let primary = commit.tickets[0].clone();
        commit.tickets.retain(|write| !write.events.is_empty());
        commit.fences.retain(|fence| commit.tickets.iter().any(|write| write.after.id == fence.ticket));
        let mut outcome = Outcome {
            ticket: primary.after,
            events: primary.events.into_iter().map(|(record, _)| record).collect(),
            messages: primary.messages.add,
            warnings,
            replayed: false,
            dry_run: options.dry_run,
        };
        if options.dry_run || commit.tickets.is_empty() {
            return Ok(Some(outcome));
        }
        match self.inner.store.commit(commit).await? {
            CommitOutcome::Applied(applied) => {
                if let (Some(number), Target::New(_)) = (applied.numbers.first(), &first.target) {
                    outcome.ticket.number = number.clone();
                }
                let first_seq = applied.first_seq.first().copied().unwrap_or_default();
                for (seq, event) in (first_seq..).zip(&mut outcome.events) {
                    event.seq = seq;
                }
                Ok(Some(outcome))
            }
            CommitOutcome::Conflict(Conflict::Ticket { expected: Version::NONE, .. }) => {
                Err(crate::ticket::Rejection::AlreadyOpen.into())
            }
            CommitOutcome::Replayed(_) | CommitOutcome::LockMoved { .. } | CommitOutcome::Conflict(_) => Ok(None),
            CommitOutcome::KeyReused => Err(Error::KeyReused),
            CommitOutcome::ExternalTaken { external, ticket } => Err(Error::ExternalTaken { external, ticket }),
            CommitOutcome::NumberTaken { number } => Err(Error::NumberTaken { number }),
        }
    }

    async fn load_target(
        &self,
        tenant: &TenantId,
        target: &Target,
        wants: Wants,
        now: Timestamp,
        context: Option<&Context>,
    ) -> Result<Loaded, Error> {
        let settings = context.map_or_else(|| self.known_settings(tenant), |context| Arc::clone(&context.settings));
        let ticket = match target {
            Target::New(_) => None,
            Target::Existing(reference) => reference.keys(now, &settings)?.into_iter().next(),
        };
        if ticket.is_none() && wants == Wants::default() {
            return Ok(Loaded::default());
        }
        Ok(self.inner.store.load(tenant, &Wants { ticket, ..wants }).await?)
    }

    /// What a reference also may mean, once the tenant's template is known.
    async fn second_spelling(
        &self,
        tenant: &TenantId,
        target: &Target,
        loaded: Loaded,
        now: Timestamp,
        context: &Context,
    ) -> Result<Loaded, Error> {
        let Target::Existing(reference) = target else { return Ok(loaded) };
        if loaded.ticket.is_some() {
            return Ok(loaded);
        }
        for key in reference.keys(now, &context.settings)?.into_iter().skip(1) {
            let again = self.inner.store.load(tenant, &Wants { ticket: Some(key), ..Wants::default() }).await?;
            if again.ticket.is_some() {
                return Ok(again);
            }
        }
        Ok(loaded)
    }

    #[expect(clippy::too_many_arguments, reason = "the one place where all that a decision rests on comes together")]
    async fn decide_step(
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
            if let Some(expected) = expecting {
                self.expect(&tenant, ticket, expected, &step.commands).await?;
            }
        }
        let commands = match &step.target {
            Target::Existing(_) => step.commands.clone(),
            Target::New(new) => self.with_requester(commit, new, &step.commands, now).await?,
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
            let action = if step.vouched { Action::TicketEdit } else { Action::of(command, &actor) };
            self.authorise(context, action, ticket)?;
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
        if expected < ticket.version && !between.is_empty() && !between.iter().any(matters) {
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

    /// The answer to a call that was done before.
    async fn replayed(
        &self,
        tenant: &TenantId,
        context: &Context,
        replay: &Replay,
        key: &IdempotencyKey,
    ) -> Result<Outcome, Error> {
        if replay.fingerprint != key.fingerprint {
            return Err(Error::KeyReused);
        }
        let wants = Wants { ticket: Some(TicketKey::Id(replay.ticket)), ..Wants::default() };
        let ticket = self.inner.store.load(tenant, &wants).await?.ticket.ok_or(Error::NotFound { what: "ticket" })?;
        self.authorise(context, Action::TicketRead, Some(&ticket))?;
        let (events, messages, warnings) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Outcome { ticket, events, messages, warnings, replayed: true, dry_run: false })
    }
}

/// A digest of who asks for what: the same for the same request, whatever ids the calls drew.
fn fingerprint(who: &Who, steps: &[Step]) -> String {
    let mut hash = Sha256::new();
    hash.update(who.actor().to_string());
    for step in steps {
        match &step.target {
            Target::Existing(reference) => hash.update(format!("on {reference:?}")),
            Target::New(new) => hash.update(format!("new {:?} {:?}", new.requester, new.number)),
        }
        hash.update(serde_json::to_vec(&step.commands).unwrap_or_default());
    }
    crate::text::hex(&hash.finalize()[..16])
}

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
