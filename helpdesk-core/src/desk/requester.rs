//! What a requester can do: ask, answer, confirm, look at their own. What they may not do does not exist here.

use std::collections::BTreeMap;

use super::act::Options;
use super::agent::AgentDesk;
use super::contacts::Found;
use super::context::Who;
use super::list::ListRequest;
use super::step::{NewStep, Step, Target};
use super::{Error, Helpdesk, TicketRef};
use crate::access::{PublicMessage, Request};
use crate::party::{Actor, CategoryId, Contact, Requester, TenantId};
use crate::query::{Cursor, GroupBy, PageSize, Sort, TicketFilter};
use crate::settings::Settings;
use crate::store::{Commit, CommitOutcome, Conflict};
use crate::ticket::{
    Channel, Command, Event, FieldKey, FieldValue, MessageDraft, MessageId, NewMessage, NewTicket, Rejection,
    StatusCategory, Ticket, TicketId, Version,
};

/// A requester's handle. The host vouches that it is them.
#[derive(Debug, Clone)]
pub struct RequesterDesk {
    pub(super) desk: Helpdesk,
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

impl RequesterDesk {
    pub(super) fn new(desk: Helpdesk, tenant: TenantId, requester: Requester) -> Self {
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
        let found = self.known_or_new(options.dry_run).await?;
        let (who, actor) = standing(&found);
        let settings = self.desk.bare_context(&self.tenant, &who).await?.settings;
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
            message: Some(self.message(actor, request.message)),
            ..NewTicket::new(request.subject)
        };
        let target = Target::New(Box::new(self.new_step(&found.contact)));
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
        let found = self.known().await?;
        let (who, actor) = standing(&found);
        let (ticket, draft) = (ticket.into(), message.into());
        let command = Command::AddMessage(Box::new(self.message(actor.clone(), draft.clone())));
        let step = Step::on(ticket.clone(), command);
        match self.desk.execute(&self.tenant, &who, &[step], options).await {
            Ok(outcome) => {
                let settings = self.desk.bare_context(&self.tenant, &who).await?.settings;
                let request = Request::of(&outcome.ticket, &settings);
                let reopened = outcome.events.iter().any(|record| was_resolved(&record.event, &settings));
                Ok(if reopened { Replied::Reopened(request) } else { Replied::Added(request) })
            }
            Err(Error::Rejected(Rejection::TicketClosed { answer, merged_into })) => {
                self.reply_to_closed(&found, ticket, draft, options, answer, merged_into).await.map_err(private)
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
        let (who, _) = standing(&self.known().await?);
        let step = Step::on(ticket, Command::Confirm);
        let outcome = self.desk.execute(&self.tenant, &who, &[step], options).await.map_err(private)?;
        self.view(&who, &outcome.ticket).await
    }

    /// A request.
    ///
    /// # Errors
    /// `NotFound` if it is not there or not to be seen.
    pub async fn show(&self, ticket: impl Into<TicketRef>) -> Result<Request, Error> {
        let (who, _) = standing(&self.known().await?);
        let (context, view) = self.agent(&who).find(&ticket.into()).await?;
        Ok(Request::of(&view.ticket, &context.settings))
    }

    /// The public messages of a request.
    ///
    /// # Errors
    /// As [`RequesterDesk::show`].
    pub async fn conversation(&self, ticket: impl Into<TicketRef>) -> Result<Vec<PublicMessage>, Error> {
        let (who, _) = standing(&self.known().await?);
        Ok(PublicMessage::of(&self.agent(&who).conversation(ticket).await?, 1))
    }

    /// The requests one may see, the newest first, and where to go on.
    ///
    /// # Errors
    /// If the cursor belongs to another list.
    pub async fn list(&self, size: PageSize, after: Option<Cursor>) -> Result<(Vec<Request>, Option<Cursor>), Error> {
        let Some(found) = self.find().await? else { return Ok((Vec::new(), None)) };
        let (who, _) = standing(&found);
        let request = ListRequest { filter: TicketFilter::default(), sort: Sort::Created, size, after };
        let listing = self.desk.list(&self.tenant, &who, &request).await?;
        let settings = self.desk.bare_context(&self.tenant, &who).await?.settings;
        Ok((listing.rows.iter().map(|row| Request::of(&row.ticket, &settings)).collect(), listing.next))
    }

    /// How many requests one may see.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn total(&self) -> Result<u64, Error> {
        let Some(found) = self.find().await? else { return Ok(0) };
        let (who, _) = standing(&found);
        let counts = self.desk.count(&self.tenant, &who, &TicketFilter::default(), GroupBy::Nothing).await?;
        Ok(counts.iter().map(|tally| tally.count).sum())
    }

    async fn find(&self) -> Result<Option<Found>, Error> {
        self.desk.find_contact(&self.tenant, &self.requester).await
    }

    /// The contact; whoever is not known sees nothing.
    async fn known(&self) -> Result<Found, Error> {
        self.find().await?.ok_or(Error::NotFound { what: "ticket" })
    }

    /// The contact, made first if the desk does not know it. Whoever makes it at the same time finds the same one.
    /// A dry run makes nobody.
    async fn known_or_new(&self, dry_run: bool) -> Result<Found, Error> {
        loop {
            if let Some(contact) = self.find().await? {
                return Ok(contact);
            }
            let now = self.desk.now();
            let mut commit = Commit::new(self.tenant.clone(), Actor::System, now);
            let contact = self.desk.contact_for(&mut commit, &self.requester, now).await?;
            if dry_run {
                return Ok(Found { contact, version: Version::NONE });
            }
            match self.desk.inner.store.commit(commit).await? {
                CommitOutcome::Conflict(Conflict::Record { .. }) => {}
                _ => return Ok(Found { contact, version: Version::NONE.next() }),
            }
        }
    }

    pub(super) fn message(&self, author: Actor, draft: MessageDraft) -> NewMessage {
        NewMessage { author, ..NewMessage::public(MessageId(self.desk.fresh_id(self.desk.now())), draft) }
    }

    pub(super) fn agent(&self, who: &Who) -> AgentDesk {
        AgentDesk::new(self.desk.clone(), self.tenant.clone(), who.clone())
    }

    pub(super) async fn view(&self, who: &Who, ticket: &Ticket) -> Result<Request, Error> {
        let context = self.desk.bare_context(&self.tenant, who).await?;
        Ok(Request::of(ticket, &context.settings))
    }

    pub(super) fn new_step(&self, contact: &Contact) -> NewStep {
        let id = TicketId(self.desk.fresh_id(self.desk.now()));
        let requester = Requester { id: Some(contact.id.clone()), name: self.requester.name.clone(), email: None };
        NewStep { id, requester, number: None }
    }
}

pub(super) fn standing(found: &Found) -> (Who, Actor) {
    let Contact { id, organization, .. } = found.contact.clone();
    let actor = Actor::Requester(id.clone());
    (Who::Requester { contact: id, organization, version: found.version }, actor)
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
