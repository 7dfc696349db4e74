//! A call in the making: what is asked, and under which conditions. Awaiting it does it.

use std::future::{Future, IntoFuture};
use std::pin::Pin;

use super::step::Step;
use super::who::Who;
use super::{Desk, Error, Outcome};
use crate::party::TenantId;
use crate::text::line;
use crate::ticket::{Command, LockToken, StatusChange, StatusKey, Version};

/// Under which conditions something is done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Options {
    /// The version the caller saw. Without it the desk decides on whatever stands there.
    pub expecting: Option<Version>,
    /// The caller's key: the same key and request again give the first answer, whatever happened since.
    pub idempotency_key: Option<String>,
    /// The caller's lock.
    pub lock: Option<LockToken>,
    /// Only try it.
    pub dry_run: bool,
}

/// A call on a ticket. Nothing happens until it is awaited.
///
/// Dropping it while it runs is safe: what was asked is then done whole or not at all.
#[must_use = "nothing happens until it is awaited"]
pub struct Act<'s> {
    pub(super) desk: Desk<'s>,
    pub(super) tenant: TenantId,
    pub(super) who: Who,
    pub(super) steps: Vec<Step>,
    pub(super) options: Options,
}

impl Act<'_> {
    /// Only if nothing that matters to it has happened since this version.
    pub fn expecting(mut self, version: Version) -> Self {
        self.options.expecting = Some(version);
        self
    }

    /// Once only, however often it is called with this key and the same request.
    ///
    /// # Errors
    /// If the key is empty, too long, or has a line break.
    pub fn idempotent(mut self, key: &str) -> Result<Self, Error> {
        self.options.idempotency_key = Some(line("idempotency_key", key, self.desk.limits().key_chars)?);
        Ok(self)
    }

    /// Under one's own lock.
    pub fn under_lock(mut self, token: LockToken) -> Self {
        self.options.lock = Some(token);
        self
    }

    /// Only try it: the outcome tells what would happen.
    pub fn dry_run(mut self) -> Self {
        self.options.dry_run = true;
        self
    }

    /// All conditions at once.
    pub fn with(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// With a message: changes the status in the same act.
    ///
    /// # Errors
    /// If the status is not well-formed.
    pub fn then_status(self, status: &str) -> Result<Self, Error> {
        let change = StatusChange::to(StatusKey::new(status)?);
        Ok(self.then(Command::SetStatus(change)))
    }

    /// Does this too, on the same ticket, in the same act.
    pub fn then(mut self, command: Command) -> Self {
        if let Some(step) = self.steps.first_mut() {
            step.commands.push(command);
        }
        self
    }
}

impl<'s> IntoFuture for Act<'s> {
    type Output = Result<Outcome, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 's>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.desk.execute(&self.tenant, &self.who, &self.steps, &self.options).await })
    }
}

impl std::fmt::Debug for Act<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Act").field("tenant", &self.tenant).field("options", &self.options).finish_non_exhaustive()
    }
}
