//! How records are written under conditions: known by its key, decided on what stands there, committed, or tried anew.

use serde::Serialize;

use super::step::digest;
use super::{AdminDesk, Error, Options, Written};
use crate::access::Action;
use crate::party::Actor;
use crate::store::{Commit, CommitOutcome, Guard, IdempotencyKey, Record, RecordKey, RecordWrite, Wants};
use crate::ticket::Version;

/// How often a write is tried anew when others write at the same time.
pub(super) const ATTEMPTS: usize = 8;

/// Who writes, under which conditions.
pub(super) struct RecordWriter<'s> {
    pub(super) admin: AdminDesk<'s>,
    pub(super) options: Options,
}

/// One try of a write.
pub(super) struct Try {
    /// What the sought records are, in their order.
    pub(super) found: Vec<Option<Record>>,
    /// Whether it was done before under its key.
    pub(super) replayed: bool,
    guards: Vec<Guard>,
    key: Option<IdempotencyKey>,
}

impl RecordWriter<'_> {
    /// Begins a try: authorises, loads `sought`, and looks whether the same was done before under the key.
    pub(super) async fn begin(&self, asked: &impl Serialize, sought: &[RecordKey]) -> Result<Try, Error> {
        let AdminDesk { desk, tenant, .. } = &self.admin;
        let key = self.options.idempotency_key.clone().map(|key| IdempotencyKey {
            source: "api".to_owned(),
            key,
            fingerprint: digest(&self.admin.who(), asked),
        });
        let mut wants = Wants { replay: key.clone(), records: sought.to_vec(), ..Wants::default() };
        self.admin.who().want(&mut wants);
        let mut loaded = desk.inner.store.load(tenant, &wants).await?;
        let context = desk.context(tenant, &self.admin.who(), wants.records, &mut loaded).await?;
        desk.authorise(&context, Action::SettingsEdit, None)?;
        let replayed = match (&loaded.replay, &key) {
            (Some(replay), Some(key)) if replay.fingerprint != key.fingerprint => return Err(Error::KeyReused),
            (replay, _) => replay.is_some(),
        };
        let mut found = context.foreseen.into_records();
        found.truncate(sought.len());
        Ok(Try { found, replayed, guards: context.guards, key })
    }

    /// Refuses what is no longer as the caller saw it.
    pub(super) fn as_seen(&self, found: Version) -> Result<(), Error> {
        match self.options.expecting {
            Some(expected) if expected != found => Err(Error::Conflict { expected, found, between: Vec::new() }),
            _ => Ok(()),
        }
    }

    /// Commits, unless it is only tried. `false` if others were faster and it is to be decided anew.
    pub(super) async fn settle(&self, attempt: Try, records: Vec<RecordWrite>) -> Result<bool, Error> {
        if self.options.dry_run {
            return Ok(true);
        }
        let AdminDesk { desk, tenant, id } = &self.admin;
        let mut commit = Commit::new(tenant.clone(), Actor::Agent(id.clone()), desk.now());
        // What is written has an expectation of its own.
        commit.guards = attempt.guards;
        commit.guards.retain(|guard| records.iter().all(|write| write.key != guard.key));
        commit.records = records;
        commit.key = attempt.key;
        match desk.inner.store.commit(commit).await? {
            CommitOutcome::Applied(_) => Ok(true),
            CommitOutcome::KeyReused => Err(Error::KeyReused),
            _ => Ok(false),
        }
    }

    /// What a write came to that was done, or tried.
    pub(super) fn written<T>(&self, value: T, version: Version) -> Written<T> {
        Written { value, version, replayed: false, dry_run: self.options.dry_run }
    }

    /// The answer to a write that was done before.
    pub(super) fn replayed<T>(value: T, version: Version) -> Written<T> {
        Written { value, version, replayed: true, dry_run: false }
    }
}
