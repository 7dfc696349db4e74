//! Taking requests over from elsewhere: with their ids, times and authors, once each however often it is tried.

use serde::{Deserialize, Serialize};

use super::act::Options;
use super::agent::unnamed_requester;
use super::step::{NewStep, Step, Target};
use super::{AdminDesk, Error, Outcome};
use crate::env::Timestamp;
use crate::party::{Actor, AgentId, CategoryId, Requester, TeamId};
use crate::text::Invalid;
use crate::ticket::{
    Channel, Command, ExternalRef, MessageDraft, MessageId, NewMessage, NewTicket, Priority, StatusKey, TicketId,
    TicketKind, TicketNumber, Visibility,
};

/// A request as another system has it.
///
/// ```
/// use helpdesk_core::desk::ImportRequest;
/// let line = r#"{"external_id":"4711","created_at":"2026-10-01T08:00:00Z","subject":"Parcel lost",
///                "requester":{"name":"Max","email":"max@example.com"},"body":"Where is it?","priority":"high"}"#;
/// let request: ImportRequest = serde_json::from_str(line)?;
/// assert_eq!(request.external_id, "4711");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportRequest {
    /// Its id there; the same id again is the same request.
    pub external_id: String,
    /// When it came in.
    #[serde(default)]
    pub created_at: Option<Timestamp>,
    /// Who asks.
    #[serde(default)]
    pub requester: Requester,
    /// What it is about.
    pub subject: String,
    /// The requester's words.
    #[serde(default)]
    pub body: Option<String>,
    /// How it came in.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// What sort it is.
    #[serde(default)]
    pub kind: Option<TicketKind>,
    /// The priority.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// The category.
    #[serde(default)]
    pub category: Option<CategoryId>,
    /// Tags.
    #[serde(default)]
    pub tags: Vec<String>,
    /// The status; the workflow's first one unless said.
    #[serde(default)]
    pub status: Option<StatusKey>,
    /// Who works on it.
    #[serde(default)]
    pub assignee: Option<AgentId>,
    /// The team that works on it.
    #[serde(default)]
    pub team: Option<TeamId>,
    /// The number it keeps.
    #[serde(default)]
    pub number: Option<TicketNumber>,
    /// What was said after the first words, in order.
    #[serde(default)]
    pub messages: Vec<ImportMessage>,
}

/// A message as another system has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportMessage {
    /// When it was written.
    #[serde(default, alias = "created_at")]
    pub at: Option<Timestamp>,
    /// `requester`, `agent:ID` or `system`.
    pub author: String,
    /// The text.
    pub body: String,
    /// Who may read it. Internal unless the requester wrote it or it is said to be public.
    #[serde(default)]
    pub visibility: Option<Visibility>,
    /// How it came in or went out.
    #[serde(default)]
    pub channel: Option<Channel>,
    /// Its id there.
    #[serde(default)]
    pub external_id: Option<String>,
}

/// What taking a request over came to.
#[derive(Debug, Clone, PartialEq)]
pub enum Imported {
    /// It is there now.
    Created(Box<Outcome>),
    /// It was there before.
    Known(TicketId),
}

impl AdminDesk<'_> {
    /// Takes a request over from the system `source`. Trying again changes nothing.
    ///
    /// # Errors
    /// If a value is not acceptable, naming it; nothing of the request is stored then.
    pub async fn import(&self, source: &str, request: ImportRequest) -> Result<Imported, Error> {
        self.import_under(source, request, &Options::default()).await
    }

    /// Says whether [`AdminDesk::import`] would take the request over, and changes nothing.
    ///
    /// # Errors
    /// As [`AdminDesk::import`].
    pub async fn try_import(&self, source: &str, request: ImportRequest) -> Result<Imported, Error> {
        let external = ExternalRef::new(source, &request.external_id)?;
        match self.agent().show(external).await {
            Ok(known) => Ok(Imported::Known(known.ticket.id)),
            Err(Error::NotFound { .. }) => {
                self.import_under(source, request, &Options { dry_run: true, ..Options::default() }).await
            }
            Err(error) => Err(error),
        }
    }

    async fn import_under(&self, source: &str, request: ImportRequest, options: &Options) -> Result<Imported, Error> {
        let external = ExternalRef::new(source, &request.external_id)?;
        let now = self.desk.now();
        let message_id = || MessageId(self.desk.fresh_id(now));
        let by_requester =
            |draft| NewMessage { author: unnamed_requester(), ..NewMessage::public(message_id(), draft) };
        let first = request.body.map(|body| NewMessage {
            at: request.created_at,
            author: if request.requester.is_empty() { Actor::System } else { unnamed_requester() },
            ..by_requester(MessageDraft::from(body))
        });
        let mut more = Vec::with_capacity(request.messages.len());
        let mut last = request.created_at;
        for message in request.messages {
            let message = said(message, source, message_id())?;
            // One without a time stands behind the one before.
            last = message.at.or(last);
            more.push(NewMessage { at: last, ..message });
        }
        more.sort_by_key(|message| message.at);
        let commands = vec![Command::Open(Box::new(NewTicket {
            more,
            kind: request.kind.unwrap_or_default(),
            channel: request.channel.unwrap_or_default(),
            priority: request.priority,
            category: request.category,
            tags: request.tags,
            status: request.status,
            assignee: request.assignee,
            team: request.team,
            created_at: request.created_at,
            external: [external].into(),
            message: first,
            ..NewTicket::new(request.subject)
        }))];
        let id = TicketId(self.desk.fresh_id(now));
        let new = NewStep { id, requester: request.requester, number: request.number };
        let step = Step { target: Target::New(Box::new(new)), commands, vouched: false };
        match self.desk.execute(&self.tenant, &self.who(), &[step], options).await {
            Ok(outcome) => Ok(Imported::Created(Box::new(outcome))),
            Err(Error::ExternalTaken { ticket, .. }) => Ok(Imported::Known(ticket)),
            Err(error) => Err(error),
        }
    }
}

fn said(message: ImportMessage, source: &str, id: MessageId) -> Result<NewMessage, Error> {
    let author = match message.author.as_str() {
        "requester" => unnamed_requester(),
        other => other.parse().map_err(|_| Invalid::malformed("messages.author", "requester, agent:ID or system"))?,
    };
    let default = if author.requester().is_some() { Visibility::Public } else { Visibility::Internal };
    let external = message.external_id.map(|id| ExternalRef::new(source, &id)).transpose()?;
    let draft = MessageDraft {
        channel: message.channel,
        external: external.into_iter().collect(),
        ..MessageDraft::from(message.body)
    };
    let visibility = message.visibility.unwrap_or(default);
    Ok(NewMessage { id, author, visibility, draft, at: message.at })
}
