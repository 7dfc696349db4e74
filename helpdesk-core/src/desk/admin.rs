//! What an administrator can do besides everything an agent can: settings, the small catalogues, contacts.

use super::context::{Who, decode, encode};
use super::{AgentDesk, Error, Helpdesk};
use crate::access::Action;
use crate::party::{Actor, AgentId, Role, TenantId};
use crate::query::TicketFilter;
use crate::settings::Settings;
use crate::store::{Commit, CommitOutcome, Conflict, Expected, RecordKey, RecordWrite};
use crate::text::{Invalid, Problem};
use crate::ticket::{Rejection, Version};

/// An administrator's handle. The host vouches that she is one.
#[derive(Debug, Clone)]
pub struct AdminDesk {
    pub(super) desk: Helpdesk,
    pub(super) tenant: TenantId,
    pub(super) id: AgentId,
}

impl AdminDesk {
    pub(super) fn new(desk: Helpdesk, tenant: TenantId, id: AgentId) -> Self {
        Self { desk, tenant, id }
    }

    /// The same person's handle for work on tickets, with all rights.
    pub fn agent(&self) -> AgentDesk {
        AgentDesk::new(self.desk.clone(), self.tenant.clone(), self.who())
    }

    pub(super) fn who(&self) -> Who {
        Who::Agent { id: self.id.clone(), role: Some(Role::Admin) }
    }

    /// The tenant's settings with their version; the defaults at version 0 if none were stored.
    ///
    /// # Errors
    /// If the store fails or what stands there cannot be read.
    pub async fn settings(&self) -> Result<(Settings, Version), Error> {
        match self.desk.inner.store.record(&self.tenant, &RecordKey::settings()).await? {
            Some(record) => Ok((decode(record.clone())?, record.version)),
            None => Ok((Settings::default(), Version::NONE)),
        }
    }

    /// Puts new settings in the place of those at `seen`. They hold for every decision from now on.
    ///
    /// # Errors
    /// `Invalid` naming the part; `Conflict` if others changed them since.
    pub async fn set_settings(&self, settings: &Settings, seen: Version) -> Result<Version, Error> {
        settings.check(self.desk.limits())?;
        self.check_statuses(settings).await?;
        let value = Some(encode(settings)?);
        self.write(vec![RecordWrite { key: RecordKey::settings(), expected: Expected::now(seen), value }]).await?;
        Ok(seen.next())
    }

    /// Refuses a workflow that leaves tickets in a status that is gone or means something else.
    async fn check_statuses(&self, settings: &Settings) -> Result<(), Error> {
        let (before, _) = self.settings().await?;
        let lost = before.workflow.statuses().iter().filter(|status| {
            let kept = settings.workflow.status(&status.key);
            kept.is_none_or(|kept| (kept.category, kept.special) != (status.category, status.special))
        });
        for status in lost {
            let filter = TicketFilter { statuses: vec![status.key.clone()], ..TicketFilter::default() };
            if self.agent().total(&filter).await? > 0 {
                let expected = "kept as it is while tickets stand in it";
                return Err(Invalid::new(format!("workflow.{}", status.key), Problem::OutOfRange { expected }).into());
            }
        }
        Ok(())
    }

    /// Makes the tenant with these settings, if it has none; says whether it did.
    ///
    /// # Errors
    /// `Invalid` naming the part of the settings.
    pub async fn init(&self, settings: &Settings) -> Result<bool, Error> {
        if self.settings().await?.1 != Version::NONE {
            return Ok(false);
        }
        match self.set_settings(settings, Version::NONE).await {
            Ok(_) => Ok(true),
            Err(Error::Conflict { .. }) => Ok(false),
            Err(error) => Err(error),
        }
    }

    pub(super) async fn write(&self, records: Vec<RecordWrite>) -> Result<(), Error> {
        let context = self.desk.bare_context(&self.tenant, &self.who()).await?;
        self.desk.authorise(&context, Action::SettingsEdit, None)?;
        let mut commit = Commit::new(self.tenant.clone(), Actor::Agent(self.id.clone()), self.desk.now());
        let expected = records.first().map_or(Version::NONE, |write| write.expected.version());
        commit.records = records;
        match self.desk.inner.store.commit(commit).await? {
            CommitOutcome::Applied(_) => Ok(()),
            CommitOutcome::Conflict(Conflict::Record { found, .. }) => {
                Err(Error::Conflict { expected, found, between: Vec::new() })
            }
            _ => Err(Error::Contended),
        }
    }
}

impl AgentDesk {
    /// The administrator's handle of the same person, if she may edit settings.
    ///
    /// # Errors
    /// `Forbidden` if she may not; [`Rejection::AgentOnly`] for the desk itself.
    pub async fn admin(&self) -> Result<AdminDesk, Error> {
        let Some(id) = self.id() else { return Err(Rejection::AgentOnly.into()) };
        let context = self.desk.bare_context(&self.tenant, &self.who).await?;
        self.desk.authorise(&context, Action::SettingsEdit, None)?;
        Ok(AdminDesk::new(self.desk.clone(), self.tenant.clone(), id.clone()))
    }
}
