//! The one door for changes: load, authorise, decide, commit; decide anew when others were faster.

use std::sync::Arc;

use super::context::Context;
use super::foreseen::Foreseen;
use super::step::{Step, Target, fingerprint};
use super::who::Who;
use super::{Desk, Error, Options, Outcome};
use crate::access::Action;
use crate::env::Timestamp;
use crate::party::TenantId;
use crate::store::{Commit, CommitOutcome, Conflict, IdempotencyKey, Loaded, Replay, TicketKey, Wants};
use crate::ticket::Version;

/// How often the desk decides anew before it gives up.
const ATTEMPTS: usize = 32;

impl Desk<'_> {
    /// Does `steps` in one act.
    pub(super) async fn execute(
        &self,
        tenant: &TenantId,
        who: &Who,
        steps: &[Step],
        options: &Options,
    ) -> Result<Outcome, Error> {
        self.execute_under(tenant, who, steps, options, asked(who, steps, options)).await
    }

    /// The same under the key of the call that it answers.
    pub(super) async fn execute_under(
        &self,
        tenant: &TenantId,
        who: &Who,
        steps: &[Step],
        options: &Options,
        key: Option<IdempotencyKey>,
    ) -> Result<Outcome, Error> {
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
        if let Target::New(new) = &first.target {
            Foreseen::want(&mut wants, &new.requester);
        }
        let keys = wants.records.clone();
        let mut loaded = self.load_target(tenant, &first.target, wants, now, None).await?;
        let context = self.context(tenant, who, keys, &mut loaded).await?;
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
        // What is written has an expectation of its own.
        commit.guards.retain(|guard| !commit.records.iter().any(|write| write.key == guard.key));
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
        self.meant(tenant, reference, loaded, None, now, context).await
    }

    /// The answer to the call of this key, if it was done before.
    pub(super) async fn answered(
        &self,
        tenant: &TenantId,
        who: &Who,
        key: &IdempotencyKey,
    ) -> Result<Option<Outcome>, Error> {
        let mut wants = Wants { replay: Some(key.clone()), ..Wants::default() };
        who.want(&mut wants);
        let mut loaded = self.inner.store.load(tenant, &wants).await?;
        let context = self.context(tenant, who, wants.records, &mut loaded).await?;
        match &loaded.replay {
            Some(replay) => self.replayed(tenant, &context, replay, key).await.map(Some),
            None => Ok(None),
        }
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
        let ticket = replay.ticket.map(TicketKey::Id);
        let wants = Wants { ticket, ..Wants::default() };
        let ticket = self.inner.store.load(tenant, &wants).await?.ticket.ok_or(Error::NotFound { what: "ticket" })?;
        self.authorise(context, Action::TicketRead, Some(&ticket))?;
        let (events, messages, warnings) = (Vec::new(), Vec::new(), Vec::new());
        Ok(Outcome { ticket, events, messages, warnings, replayed: true, dry_run: false })
    }
}

/// The caller's key, with what was asked under it.
pub(super) fn asked(who: &Who, steps: &[Step], options: &Options) -> Option<IdempotencyKey> {
    let key = options.idempotency_key.clone()?;
    Some(IdempotencyKey { source: "api".to_owned(), key, fingerprint: fingerprint(who, steps) })
}
