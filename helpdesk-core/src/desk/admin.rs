//! What an administrator can do besides everything an agent can: settings, the small catalogues, contacts.

use super::record_writer::{ATTEMPTS, RecordWriter};
use super::stored::{decode, encode};
use super::who::Who;
use super::{AgentDesk, Desk, Error, ReapplyProgress, RecordAct, Written};
use crate::access::Action;
use crate::party::{AgentId, Role, TenantId};
use crate::query::TicketFilter;
use crate::settings::Settings;
use crate::store::{Expected, RecordKey, RecordWrite};
use crate::text::{Invalid, Problem};
use crate::ticket::{Rejection, Version};

/// An administrator's handle. The host vouches that she is one.
#[derive(Debug, Clone)]
pub struct AdminDesk<'s> {
    pub(super) desk: Desk<'s>,
    pub(super) tenant: TenantId,
    pub(super) id: AgentId,
}

impl<'s> AdminDesk<'s> {
    pub(super) fn new(desk: Desk<'s>, tenant: TenantId, id: AgentId) -> Self {
        Self { desk, tenant, id }
    }

    /// The same person's handle for work on tickets, with all rights.
    pub fn agent(&self) -> AgentDesk<'s> {
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
    /// When awaited: `Invalid` naming the part; `Conflict` if others changed them since.
    pub fn set_settings(&self, settings: &Settings, seen: Version) -> RecordAct<'s, Settings> {
        let settings = settings.clone();
        RecordAct::new(self, async move |writer| writer.set_settings(settings, seen).await)
    }

    /// Refuses a workflow that leaves tickets in a status that is gone or means something else.
    async fn check_statuses(&self, before: &Settings, settings: &Settings) -> Result<(), Error> {
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
}

impl RecordWriter<'_> {
    async fn set_settings(mut self, mut settings: Settings, seen: Version) -> Result<Written<Settings>, Error> {
        self.options.expecting.get_or_insert(seen);
        settings.check(self.admin.desk.limits())?;
        let asked = settings.clone();
        for _ in 0..ATTEMPTS {
            let mut attempt = self.begin(&("settings", &asked, seen), &[ReapplyProgress::key()]).await?;
            let (before, version) = self.admin.settings().await?;
            if attempt.replayed {
                return Ok(Self::replayed(before, version));
            }
            self.as_seen(version)?;
            self.admin.check_statuses(&before, &settings).await?;
            settings.sla.follow_on(&before.sla, ReapplyProgress::applied(attempt.found.pop().flatten())?);
            let value = Some(encode(&settings)?);
            let write = RecordWrite { key: RecordKey::settings(), expected: Expected::now(version), value };
            if self.settle(attempt, vec![write]).await? {
                return Ok(self.written(settings, version.next()));
            }
        }
        Err(Error::Contended)
    }
}

impl<'s> AgentDesk<'s> {
    /// The administrator's handle of the same person, if she may edit settings.
    ///
    /// # Errors
    /// `Forbidden` if she may not; [`Rejection::AgentOnly`] for the desk itself.
    pub async fn admin(&self) -> Result<AdminDesk<'s>, Error> {
        let Some(id) = self.id() else { return Err(Rejection::AgentOnly.into()) };
        let context = self.desk.bare_context(&self.tenant, &self.who).await?;
        self.desk.authorise(&context, Action::SettingsEdit, None)?;
        Ok(AdminDesk::new(self.desk.clone(), self.tenant.clone(), id.clone()))
    }
}
