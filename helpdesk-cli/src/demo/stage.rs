//! Where scenes are played: each becomes one call of the desk's public API, by the one whose act it is.

use std::collections::BTreeMap;

use helpdesk_core::desk::{Act, AgentDesk, Error, NewRequest, OpenTicket, Options, RequesterDesk, TenantDesk};
use helpdesk_core::env::Timestamp;
use helpdesk_core::party::{Actor, AgentId, CategoryId, TeamId};
use helpdesk_core::ticket::{
    Channel, Command, ExternalRef, FieldKey, FieldValue, LockToken, MessageDraft, NewTicket, StatusChange, StatusKey,
    TicketId, TicketKind,
};

use super::SIGN;
use super::company::Person;
use super::scene::{Move, Scene, StoryId, before_end};

/// The tenant, and what the scenes so far have made.
pub(super) struct Stage {
    tenant: TenantDesk<'static>,
    end: Timestamp,
    /// The ticket of each story, once it is open.
    tickets: Vec<Option<TicketId>>,
    /// The newest lock of each story.
    locks: Vec<Option<LockToken>>,
    first: bool,
}

impl Stage {
    pub(super) fn new(tenant: TenantDesk<'static>, end: Timestamp, stories: usize) -> Self {
        Self { tenant, end, tickets: vec![None; stories], locks: vec![None; stories], first: true }
    }

    /// Plays one scene at the present instant of the desk's clock.
    pub(super) async fn perform(&mut self, scene: &Scene) -> Result<(), Error> {
        match scene.what {
            Move::Asks { .. } | Move::Calls { .. } | Move::GoesOn { .. } | Move::Split { .. } => {
                let ticket = self.open(scene).await?;
                self.tickets[scene.story.0] = Some(ticket);
                self.sign(ticket).await
            }
            Move::Says(body) => {
                let ticket = self.ticket(scene.story)?;
                self.requester(scene.person)?.reply(ticket, body, &Options::default()).await.map(drop)
            }
            Move::Confirms => {
                let ticket = self.ticket(scene.story)?;
                self.requester(scene.person)?.confirm(ticket, &Options::default()).await.map(drop)
            }
            Move::Lock { .. } | Move::Unlock(_) | Move::Steal { .. } => self.lock(scene).await,
            Move::Read(agent) => self.agent(agent)?.mark_read(self.ticket(scene.story)?).await,
            _ => self.act(scene).await?.await.map(drop),
        }
    }

    async fn open(&self, scene: &Scene) -> Result<TicketId, Error> {
        match scene.what {
            Move::Calls { agent, subject, body, priority } => {
                let mut open = OpenTicket::new(subject).from_email(scene.person.email)?.saying(body);
                open.requester.name = Some(scene.person.name.to_owned());
                open.ticket =
                    NewTicket { channel: Channel::new(Channel::PHONE)?, priority: Some(priority), ..open.ticket };
                Ok(self.agent(agent)?.open(open).await?.ticket.id)
            }
            Move::GoesOn { from, body } => {
                let closed = self.ticket(from)?;
                let replied = self.requester(scene.person)?.reply(closed, body, &Options::default()).await?;
                Ok(replied.request().id)
            }
            Move::Split { agent, from, subject, positions } => {
                Ok(self.agent(agent)?.split(self.ticket(from)?, subject, positions).await?.await?.ticket.id)
            }
            Move::Asks { channel, subject, body } => {
                let channel = Channel::new(channel)?;
                let message = MessageDraft::from(body);
                let request = NewRequest { subject: subject.to_owned(), message, channel, ..NewRequest::default() };
                Ok(self.requester(scene.person)?.open(request, &Options::default()).await?.id)
            }
            _ => Err(Error::NotFound { what: "opening" }),
        }
    }

    /// Marks the first ticket of the week, so that the week is played once.
    async fn sign(&mut self, ticket: TicketId) -> Result<(), Error> {
        if !std::mem::take(&mut self.first) {
            return Ok(());
        }
        let (source, id) = SIGN;
        let sign = Command::AddExternal(ExternalRef::new(source, id)?);
        self.tenant.system().command(ticket, sign).await.map(drop)
    }

    async fn lock(&mut self, scene: &Scene) -> Result<(), Error> {
        let ticket = self.ticket(scene.story)?;
        let held = match scene.what {
            Move::Lock { agent, purpose } => self.agent(agent)?.lock(ticket, Some(purpose)).await?,
            Move::Steal { agent, reason } => self.agent(agent)?.steal_lock(ticket, reason).await?,
            Move::Unlock(agent) => {
                let token = self.locks[scene.story.0].take().unwrap_or_default();
                return self.agent(agent)?.unlock(ticket, token).await;
            }
            _ => return Ok(()),
        };
        self.locks[scene.story.0] = Some(held.token);
        Ok(())
    }

    /// What an agent does to a ticket.
    async fn act(&self, scene: &Scene) -> Result<Act<'static>, Error> {
        let ticket = self.ticket(scene.story)?;
        Ok(match scene.what {
            Move::Reply { agent, body, then } => {
                let act = self.agent(agent)?.reply(ticket, body);
                match then {
                    Some(status) => act.then_status(status)?,
                    None => act,
                }
            }
            Move::Note { agent, body } => self.agent(agent)?.note(ticket, body),
            Move::Sort { agent, category, team } => {
                let category = Some(CategoryId::new(category)?);
                self.agent(agent)?.set_category(ticket, category).then(Command::SetTeam(Some(TeamId::new(team)?)))
            }
            Move::Claim(agent) => self.agent(agent)?.claim(ticket),
            Move::Assign { agent, to } => self.agent(agent)?.assign(ticket, Some(AgentId::new(to)?)),
            Move::Team { agent, team } => self.agent(agent)?.assign_team(ticket, Some(TeamId::new(team)?)),
            Move::Priority { agent, priority } => self.agent(agent)?.set_priority(ticket, priority),
            Move::Kind { agent, kind } => self.agent(agent)?.set_kind(ticket, TicketKind::new(kind)?),
            Move::Tag { agent, tags } => self.agent(agent)?.tag(ticket, tags, &[]),
            Move::Text { agent, field, value } => {
                self.field(agent, ticket, field, FieldValue::Text(value.to_owned()))?
            }
            Move::Refund { agent, euros } => self.field(agent, ticket, "refund", FieldValue::Number(euros))?,
            Move::Status { agent, status } => self.agent(agent)?.set_status(ticket, status)?,
            Move::Wait { agent, status, until } => {
                let until = Some(self.end - before_end(until));
                let change = StatusChange { to: StatusKey::new(status)?, until, then: None };
                self.agent(agent)?.change_status(ticket, change)
            }
            Move::Due { agent, at } => self.agent(agent)?.set_due(ticket, Some(self.end - before_end(at))),
            Move::Watch { agent, who } => self.agent(agent)?.watch(ticket, Actor::Agent(AgentId::new(who)?)),
            Move::Link { agent, kind, other } => self.agent(agent)?.link(ticket, kind, self.ticket(other)?).await?,
            Move::Merge { agent, into } => self.agent(agent)?.merge(ticket, self.ticket(into)?).await?,
            Move::Spam(agent) => self.agent(agent)?.mark_spam(ticket),
            _ => return Err(Error::NotFound { what: "act" }),
        })
    }

    fn field(&self, agent: &str, ticket: TicketId, key: &str, value: FieldValue) -> Result<Act<'static>, Error> {
        let fields = BTreeMap::from([(FieldKey::new(key)?, Some(value))]);
        Ok(self.agent(agent)?.set_fields(ticket, fields))
    }

    fn agent(&self, id: &str) -> Result<AgentDesk<'static>, Error> {
        self.tenant.agent(id)
    }

    fn requester(&self, person: &Person) -> Result<RequesterDesk<'static>, Error> {
        Ok(self.tenant.requester(person.email)?.named(person.name))
    }

    fn ticket(&self, story: StoryId) -> Result<TicketId, Error> {
        self.tickets.get(story.0).copied().flatten().ok_or(Error::NotFound { what: "ticket" })
    }
}
