//! The sink that posts events to a tenant's endpoints. What an answer means stands in `outcome`.

use std::sync::Arc;

use async_trait::async_trait;

use super::memory::{Memory, Through};
use super::outcome::Posted;
use super::{Endpoint, EndpointChange, EndpointId, Payload, Post, Transport, WebhookHeaders};
use crate::Helpdesk;
use crate::desk::together::{Part, together};
use crate::desk::{AdminDesk, Error};
use crate::relay::{Answer, EventSink, OutgoingEvent};
use crate::sla::Seconds;
use crate::ticket::EventId;

/// Posts events to the endpoints of their tenant, all of them at the same time.
///
/// An event has arrived when every active endpoint that wants it has answered with 2xx. If one is to be tried again (408,
/// 425, 429, 5xx, no connection; `Retry-After` is heeded), those that have had it are not told again within this process;
/// a later process tells all. If one refuses it (another status) and no other is to be tried again, it becomes a dead
/// letter. An endpoint that answers 410 is switched off. The later events of a ticket wait for the slowest endpoint.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use std::sync::Arc;
///
/// use helpdesk_core::desk::OpenTicket;
/// use helpdesk_core::webhook::{
///     Endpoint, EndpointId, EndpointUrl, Post, PostFault, Reply, Transport, WebhookHeaders, WebhookSink,
/// };
/// use helpdesk_core::{Helpdesk, MemoryStore, Settings};
///
/// /// In place of an HTTP client.
/// struct Prints;
///
/// #[async_trait::async_trait]
/// impl Transport for Prints {
///     async fn post(&self, post: &Post) -> Result<Reply, PostFault> {
///         println!("{} {:?} {}", post.url, post.headers, String::from_utf8_lossy(&post.body));
///         Ok(Reply { status: 204, retry_after: None })
///     }
/// }
///
/// let desk = Helpdesk::builder(MemoryStore::new()).build();
/// let admin = desk.tenant("acme")?.admin("root")?;
/// admin.init(&Settings { outbox: true, ..Settings::default() }).await?;
/// let (url, secret) = (EndpointUrl::new("https://hooks.example.com/in")?, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
/// admin.add(&Endpoint::new(EndpointId::new("shop")?, url, secret.parse()?)).await?;
/// admin.agent().open(OpenTicket::new("Printer jams")).await?;
///
/// let sink = WebhookSink::new(&desk, Arc::new(Prints));
/// assert_eq!(desk.relay(&sink, 100).await?.delivered, 1);
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
pub struct WebhookSink {
    desk: Helpdesk,
    transport: Arc<dyn Transport>,
    only: Option<EndpointId>,
    memory: Memory,
}

/// Who switches an endpoint off that wants nothing more.
const WEBHOOK: &str = "webhook";

impl WebhookSink {
    /// A sink for the endpoints of all tenants of a desk.
    pub fn new(desk: &Helpdesk, transport: Arc<dyn Transport>) -> Self {
        Self { desk: desk.clone(), transport, only: None, memory: Memory::default() }
    }

    /// The same for one endpoint alone: what is told again by hand reaches nobody else.
    pub fn only(mut self, endpoint: EndpointId) -> Self {
        self.only = Some(endpoint);
        self
    }

    async fn all(&self, event: &OutgoingEvent) -> Result<Answer, Error> {
        let admin = self.desk.tenant(event.tenant.as_str())?.admin(WEBHOOK)?;
        let endpoints = admin.agent().entries::<Endpoint>().await?;
        let mut wanted: Vec<Endpoint> = endpoints.into_iter().map(|endpoint| endpoint.value).collect();
        if let Some(only) = &self.only {
            wanted.retain(|endpoint| endpoint.id == *only);
            if wanted.iter().all(|endpoint| !endpoint.active) {
                return Ok(Answer::reject(format!("{only}: there is no such endpoint, or it is switched off")));
            }
        }
        wanted.retain(|endpoint| endpoint.wants(event.record.event.name()));
        let id = event.id();
        let before = self.memory.of(id);
        let left: Vec<&Endpoint> = wanted.iter().filter(|endpoint| !before.contains_key(&endpoint.id)).collect();
        let payload = Payload::of(event);
        let parts = left.iter().map(|endpoint| -> Part<'_, _> { Box::pin(self.post(endpoint, &payload)) });
        let posted = together(parts.collect()).await;
        let mut later: Option<(String, Option<Seconds>)> = None;
        for (endpoint, posted) in left.iter().zip(posted) {
            match posted {
                Posted::Arrived => self.memory.note(id, endpoint.id.clone(), Through::Had),
                Posted::Gone => {
                    switch_off(&admin, endpoint).await?;
                    self.memory.note(id, endpoint.id.clone(), Through::Had);
                }
                Posted::Never { reason } => {
                    let reason = format!("{}: {reason}", endpoint.id);
                    self.memory.note(id, endpoint.id.clone(), Through::Refused(reason));
                }
                Posted::Later { reason, after } => {
                    let (first, longest) = later.unwrap_or((format!("{}: {reason}", endpoint.id), None));
                    later = Some((first, longest.max(after)));
                }
            }
        }
        if let Some((reason, after)) = later {
            return Ok(Answer::Retry { reason, after });
        }
        Ok(self.end(id, &wanted))
    }

    /// All are through.
    fn end(&self, event: EventId, wanted: &[Endpoint]) -> Answer {
        let mut through = self.memory.of(event);
        self.memory.forget(event);
        let refused = wanted.iter().find_map(|endpoint| match through.remove(&endpoint.id) {
            Some(Through::Refused(reason)) => Some(reason),
            Some(Through::Had) | None => None,
        });
        refused.map_or(Answer::Delivered, Answer::reject)
    }

    async fn post(&self, endpoint: &Endpoint, payload: &Payload) -> Posted {
        let post = post(endpoint, payload, self.desk.now());
        let answer = self.transport.post(&post).await;
        Posted::of(answer, self.desk.now())
    }
}

/// A payload as it is posted to an endpoint, signed at `now`.
pub(super) fn post(endpoint: &Endpoint, payload: &Payload, now: crate::env::Timestamp) -> Post {
    let body = payload.bytes();
    let signed = WebhookHeaders::sign(&payload.id.to_string(), now, &body, endpoint.secrets());
    let mut headers = vec![("content-type", "application/json".to_owned())];
    headers.extend(signed.pairs().map(|(name, value)| (name, value.to_owned())));
    Post { url: endpoint.url.clone(), headers, body, allow_private: endpoint.allow_private }
}

/// Switches an endpoint off, unless it was changed since it was read.
async fn switch_off(admin: &AdminDesk<'_>, endpoint: &Endpoint) -> Result<(), Error> {
    let found = admin.agent().entry::<Endpoint>(endpoint.id.as_str()).await;
    let found = match found {
        Err(Error::NotFound { .. }) => return Ok(()),
        found => found?,
    };
    if found.value != *endpoint {
        return Ok(());
    }
    let change = EndpointChange { active: Some(false), ..EndpointChange::default() };
    match admin.edit::<Endpoint>(endpoint.id.as_str(), change).expecting(found.version).await {
        Ok(_) | Err(Error::Conflict { .. } | Error::NotFound { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}

#[async_trait]
impl EventSink for WebhookSink {
    async fn tell(&self, event: &OutgoingEvent) -> Answer {
        match self.all(event).await {
            Ok(answer) => answer,
            Err(error) => Answer::retry(format!("the endpoints cannot be read: {}", error.code())),
        }
    }
}

impl std::fmt::Debug for WebhookSink {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("WebhookSink").field("only", &self.only).finish_non_exhaustive()
    }
}
