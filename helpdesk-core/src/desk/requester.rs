//! What a requester can do: ask, answer, confirm, look at their own. What they may not do does not exist here.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::act::Options;
use super::agent::{AgentDesk, unnamed_requester};
use super::closed::Late;
use super::execute::asked;
use super::list::ListRequest;
use super::step::{NewStep, Step, Target};
use super::who::Who;
use super::{Desk, Error, TicketRef};
use crate::access::{PublicMessage, Request};
use crate::party::{CategoryId, Requester, TenantId};
use crate::query::{Cursor, GroupBy, PageSize, Sort, TicketFilter};
use crate::settings::Settings;
use crate::ticket::{
    Channel, Command, Event, FieldKey, FieldValue, MessageDraft, MessageId, NewMessage, NewTicket, Rejection,
    StatusCategory, Ticket, TicketId,
};

/// A requester's handle. The host vouches that it is them.
#[derive(Debug, Clone)]
pub struct RequesterDesk<'s> {
    pub(super) desk: Desk<'s>,
    pub(super) tenant: TenantId,
    pub(super) requester: Requester,
}

/// What a requester asks.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct NewRequest {
    /// What it is about, in one line.
    pub subject: String,
    /// The words.
    pub message: MessageDraft,
    /// What it is about, in the tenant's categories.
    pub category: Option<CategoryId>,
    /// How it came in.
    pub channel: Channel,
    /// Custom fields; only those that requesters see.
    pub fields: BTreeMap<FieldKey, FieldValue>,
}

/// What a requester's message came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Replied {
    /// It was added.
    Added(Request),
    /// It was added, and reopened the request.
    Reopened(Request),
    /// The request is closed; it became a new one, linked to it.
    NewTicket(Request),
    /// The request goes on in another; it was added there.
    Redirected(Request),
}

impl Replied {
    /// The request that has the message.
    pub fn request(&self) -> &Request {
        match self {
            Self::Added(request) | Self::Reopened(request) | Self::NewTicket(request) | Self::Redirected(request) => {
                request
            }
        }
    }
}

impl<'s> RequesterDesk<'s> {
    pub(super) fn new(desk: Desk<'s>, tenant: TenantId, requester: Requester) -> Self {
        Self { desk, tenant, requester }
    }

    /// The same with the name that a first request is to carry.
    pub fn named(mut self, name: impl Into<String>) -> Self {
        self.requester.name = Some(name.into());
        self
    }

    /// Asks. A requester whom the desk does not know yet becomes a contact.
    ///
    /// # Errors
    /// If a value is not acceptable; `Conflict` kinds only with an idempotency key.
    pub async fn open(&self, request: NewRequest, options: &Options) -> Result<Request, Error> {
        unversioned(options)?;
        let settings = self.settings().await?;
        for key in request.fields.keys() {
            if !settings.fields.iter().any(|def| def.key == *key && def.visible_to_requester) {
                let field = format!("fields.{key}");
                return Err(crate::text::Invalid::new(field, crate::text::Problem::Unknown).into());
            }
        }
        let ticket = NewTicket {
            category: request.category,
            channel: request.channel,
            fields: request.fields,
            message: Some(self.message(request.message)),
            ..NewTicket::new(request.subject)
        };
        let target = Target::New(Box::new(self.new_step()));
        let who = Who::Newcomer(self.requester.clone());
        let step = Step { target, commands: vec![Command::Open(Box::new(ticket))], vouched: false };
        let outcome = self.desk.execute(&self.tenant, &who, &[step], options).await.map_err(private)?;
        Ok(Request::of(&outcome.ticket, &settings))
    }

    /// Answers. A waiting or resolved request is open again by it; for a closed one the tenant's policy decides.
    ///
    /// # Errors
    /// `NotFound` if it is not there or not to be seen; `Rejected` if the policy refuses messages to closed requests.
    pub async fn reply(
        &self,
        ticket: impl Into<TicketRef>,
        message: impl Into<MessageDraft>,
        options: &Options,
    ) -> Result<Replied, Error> {
        unversioned(options)?;
        let (ticket, draft) = (ticket.into(), message.into());
        let command = Command::AddMessage(Box::new(self.message(draft.clone())));
        let (who, steps) = (self.who(), [Step::on(ticket.clone(), command)]);
        match self.desk.execute(&self.tenant, &who, &steps, options).await {
            Ok(outcome) => {
                let settings = self.settings().await?;
                let request = Request::of(&outcome.ticket, &settings);
                let reopened = outcome.events.iter().any(|record| was_resolved(&record.event, &settings));
                Ok(if reopened { Replied::Reopened(request) } else { Replied::Added(request) })
            }
            Err(Error::Rejected(Rejection::TicketClosed { answer, merged_into })) => {
                let late = Late { draft, options, asked: asked(&who, &steps, options) };
                self.reply_to_closed(ticket, late, answer, merged_into).await.map_err(private)
            }
            Err(other) => Err(private(other)),
        }
    }

    /// Confirms the solution: a resolved request is closed.
    ///
    /// # Errors
    /// `NotFound` if it is not there or not to be seen; `Forbidden` if it is not one's own; `Rejected` if it is not resolved.
    pub async fn confirm(&self, ticket: impl Into<TicketRef>, options: &Options) -> Result<Request, Error> {
        unversioned(options)?;
        let step = Step::on(ticket, Command::Confirm);
        let outcome = self.desk.execute(&self.tenant, &self.who(), &[step], options).await.map_err(private)?;
        self.view(&outcome.ticket).await
    }

    /// A request.
    ///
    /// # Errors
    /// `NotFound` if it is not there or not to be seen.
    pub async fn show(&self, ticket: impl Into<TicketRef>) -> Result<Request, Error> {
        let (context, view) = self.agent(self.who()).find(&ticket.into()).await?;
        Ok(Request::of(&view.ticket, &context.settings))
    }

    /// The public messages of a request.
    ///
    /// # Errors
    /// As [`RequesterDesk::show`].
    pub async fn conversation(&self, ticket: impl Into<TicketRef>) -> Result<Vec<PublicMessage>, Error> {
        Ok(PublicMessage::of(&self.agent(self.who()).conversation(ticket).await?, 1))
    }

    /// The requests one may see, the newest first, and where to go on.
    ///
    /// # Errors
    /// If the cursor belongs to another list.
    pub async fn list(&self, size: PageSize, after: Option<Cursor>) -> Result<(Vec<Request>, Option<Cursor>), Error> {
        let request = ListRequest { filter: TicketFilter::default(), sort: Sort::Created, size, after };
        let listing = match self.desk.list(&self.tenant, &self.who(), &request).await {
            Err(Error::NotFound { .. }) => return Ok((Vec::new(), None)),
            listing => listing?,
        };
        let settings = self.settings().await?;
        Ok((listing.rows.iter().map(|row| Request::of(&row.ticket, &settings)).collect(), listing.next))
    }

    /// How many requests one may see.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn total(&self) -> Result<u64, Error> {
        let counts = match self.desk.count(&self.tenant, &self.who(), &TicketFilter::default(), GroupBy::Nothing).await
        {
            Err(Error::NotFound { .. }) => return Ok(0),
            counts => counts?,
        };
        Ok(counts.iter().map(|tally| tally.count).sum())
    }

    pub(super) fn who(&self) -> Who {
        Who::Requester(self.requester.clone())
    }

    /// The contact is put in as the author when the call knows who that is.
    pub(super) fn message(&self, draft: MessageDraft) -> NewMessage {
        let id = MessageId(self.desk.fresh_id(self.desk.now()));
        NewMessage { author: unnamed_requester(), ..NewMessage::public(id, draft) }
    }

    pub(super) fn agent(&self, who: Who) -> AgentDesk<'s> {
        AgentDesk::new(self.desk.clone(), self.tenant.clone(), who)
    }

    pub(super) async fn settings(&self) -> Result<Arc<Settings>, Error> {
        Ok(self.desk.bare_context(&self.tenant, &Who::System).await?.settings)
    }

    pub(super) async fn view(&self, ticket: &Ticket) -> Result<Request, Error> {
        Ok(Request::of(ticket, &*self.settings().await?))
    }

    pub(super) fn new_step(&self) -> NewStep {
        let id = TicketId(self.desk.fresh_id(self.desk.now()));
        NewStep { id, requester: self.requester.clone(), number: None }
    }
}

/// Whether the event moved a ticket out of a resolved status.
fn was_resolved(event: &Event, settings: &Settings) -> bool {
    let category = match event {
        Event::StatusChanged { from, .. } => settings.workflow.status(from).map(|status| status.category),
        _ => None,
    };
    category == Some(StatusCategory::Resolved)
}

/// An error as a requester may see it: without versions, statuses or tickets that tell of internal acts.
pub(super) fn private(error: Error) -> Error {
    match error {
        Error::Rejected(Rejection::IllegalTransition { .. }) => Rejection::NotResolved.into(),
        Error::Rejected(Rejection::TicketClosed { answer, .. }) => {
            Rejection::TicketClosed { answer, merged_into: None }.into()
        }
        Error::Conflict { .. } | Error::ExternalTaken { .. } | Error::NumberTaken { .. } => Error::Contended,
        other => other,
    }
}

/// Requests have no versions; who shows one means something else.
fn unversioned(options: &Options) -> Result<(), Error> {
    match options.expecting {
        Some(_) => Err(crate::text::Invalid::malformed("if_version", "left out: requests have no versions").into()),
        None => Ok(()),
    }
}
