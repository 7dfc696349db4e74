//! What every call rests on: the tenant's settings and the actor's standing, both guarded by their versions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::asking::{Asking, Newcomers};
use super::authors::name_authors;
use super::foreseen::Foreseen;
use super::record_keys::agent_key;
use super::step::NewStep;
use super::stored::decode;
use super::who::Who;
use super::{Desk, Error};
use crate::access::{Action, Principal};
use crate::party::{Agent, Requester, TenantId};
use crate::settings::Settings;
use crate::store::{Expected, Guard, Loaded, RecordKey, Wants};
use crate::ticket::{Command, FieldKey, FieldValue, Ticket, Version};

/// What a call rests on.
pub(super) struct Context {
    pub(super) settings: Arc<Settings>,
    pub(super) principal: Principal,
    pub(super) guards: Vec<Guard>,
    /// The contact who asks, if one does.
    pub(super) asking: Option<Asking>,
    /// What else the first read found.
    pub(super) foreseen: Foreseen,
}

impl Context {
    /// The same, for what the desk does by itself.
    pub(super) fn as_system(&self) -> Self {
        Self {
            settings: Arc::clone(&self.settings),
            principal: Principal::System,
            guards: Vec::new(),
            asking: None,
            foreseen: Foreseen::default(),
        }
    }

    /// What is asked, with the contact who asks as the author of what a requester says.
    pub(super) fn in_their_name(&self, commands: &[Command]) -> Vec<Command> {
        let mut commands = commands.to_vec();
        if let Some(asking) = &self.asking {
            name_authors(&mut commands, asking.id());
        }
        commands
    }

    /// Who asks in a new ticket: the contact who calls, else whom the caller names.
    pub(super) fn opener(&self, new: &NewStep) -> Requester {
        let asking = self.asking.as_ref();
        asking.map_or_else(|| new.requester.clone(), |asking| asking.opener(new.requester.name.clone()))
    }
}

impl Desk<'_> {
    /// The context of a call from what `Who::want` had loaded, the records under `keys`. Takes that part out of `loaded`.
    pub(super) async fn context(
        &self,
        tenant: &TenantId,
        who: &Who,
        keys: Vec<RecordKey>,
        loaded: &mut Loaded,
    ) -> Result<Context, Error> {
        let foreseen = Foreseen::take(keys, loaded);
        let version = loaded.versions.pop().unwrap_or_default();
        let settings = self.settings_at(tenant, version).await?;
        let mut guards = vec![Guard { key: RecordKey::settings(), expected: Expected::now(version) }];
        let mut asking = None;
        let principal = match who {
            Who::System => Principal::System,
            Who::Requester(requester) => {
                let found = self.asking(tenant, requester, Newcomers::SeeNothing, &foreseen, &mut guards).await?;
                asking.insert(found).principal()
            }
            Who::Newcomer(requester) => {
                let found = self.asking(tenant, requester, Newcomers::Welcome, &foreseen, &mut guards).await?;
                asking.insert(found).principal()
            }
            Who::OnBehalf(requester) => {
                asking = Some(self.asking(tenant, requester, Newcomers::SeeNothing, &foreseen, &mut guards).await?);
                Principal::System
            }
            Who::Agent { id, role: Some(role) } => {
                Principal::Agent { id: id.clone(), role: Some(*role), teams: BTreeSet::new() }
            }
            Who::Agent { id, role: None } => {
                let key = agent_key(id);
                let record = self.record(tenant, &key, &foreseen).await?;
                let found = record.as_ref().map_or(Version::NONE, |record| record.version);
                guards.push(Guard { key, expected: Expected::now(found) });
                let agent = record.map(decode::<Agent>).transpose()?.unwrap_or_else(|| Agent::new(id.clone()));
                Principal::Agent { id: id.clone(), role: (!agent.disabled).then_some(agent.role), teams: agent.teams }
            }
        };
        Ok(Context { settings, principal, guards, asking, foreseen })
    }

    /// The context of a call that loads nothing else.
    pub(super) async fn bare_context(&self, tenant: &TenantId, who: &Who) -> Result<Context, Error> {
        let mut wants = Wants::default();
        who.want(&mut wants);
        let mut loaded = self.inner.store.load(tenant, &wants).await?;
        self.context(tenant, who, wants.records, &mut loaded).await
    }

    /// Refuses what the policy does not allow. What may not be seen is not there.
    pub(super) fn authorise(&self, context: &Context, action: Action, ticket: Option<&Ticket>) -> Result<(), Error> {
        self.authorise_as(&context.principal, context, action, ticket)
    }

    /// The same for another than who acts.
    pub(super) fn authorise_as(
        &self,
        principal: &Principal,
        context: &Context,
        action: Action,
        ticket: Option<&Ticket>,
    ) -> Result<(), Error> {
        let allows = |action| self.inner.access.allows(principal, action, ticket, &context.settings);
        if ticket.is_some() && !allows(Action::TicketRead) {
            return Err(Error::NotFound { what: "ticket" });
        }
        if allows(action) { Ok(()) } else { Err(Error::Forbidden { action }) }
    }

    /// The settings last seen, of whatever version: for reading a number, never for deciding.
    pub(super) fn known_settings(&self, tenant: &TenantId) -> Arc<Settings> {
        self.inner.settings.newest(tenant).unwrap_or_default()
    }

    async fn settings_at(&self, tenant: &TenantId, version: Version) -> Result<Arc<Settings>, Error> {
        if let Some(known) = self.inner.settings.get(tenant, version) {
            return Ok(known);
        }
        let (found, settings) = match self.inner.store.record(tenant, &RecordKey::settings()).await? {
            Some(record) => (record.version, decode(record)?),
            None => (Version::NONE, Settings::default()),
        };
        let settings = Arc::new(settings);
        self.inner.settings.put(tenant, found, Arc::clone(&settings));
        Ok(settings)
    }
}

/// The custom fields of a ticket that are still defined, for one that goes on from it.
pub(super) fn defined_fields(ticket: &Ticket, settings: &Settings) -> BTreeMap<FieldKey, FieldValue> {
    let defined = |key: &FieldKey| settings.fields.iter().any(|def| def.key == *key);
    let fields = ticket.content.fields.iter().filter(|(key, _)| defined(key));
    fields.map(|(key, value)| (key.clone(), value.clone())).collect()
}
