//! Endpoints: where a tenant's events are posted to. Records like teams and categories, added, changed and removed by the
//! same methods; who may not edit settings does not see them.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{EndpointUrl, WebhookSecret};
use crate::desk::{Catalogued, Editable};
use crate::store::RecordKind;
use crate::text::slug;

slug!(
    /// An endpoint's id.
    EndpointId, "endpoint"
);
slug!(
    /// The name of a kind of event, as [`crate::ticket::Event::name`] gives it.
    EventName, "kind"
);

/// Where events are posted to.
///
/// ```
/// # tokio::runtime::Runtime::new().unwrap().block_on(async {
/// use helpdesk_core::webhook::{Endpoint, EndpointChange, EndpointId, EndpointUrl, EventName};
/// use helpdesk_core::{Helpdesk, MemoryStore};
///
/// let admin = Helpdesk::builder(MemoryStore::new()).build().tenant("acme")?.admin("root")?;
/// let url = EndpointUrl::new("https://hooks.example.com/in")?;
/// let secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse()?;
/// let mut shop = Endpoint::new(EndpointId::new("shop")?, url, secret);
/// shop.kinds.insert(EventName::new("opened")?);
/// admin.add(&shop).await?;
/// admin.edit::<Endpoint>("shop", EndpointChange { active: Some(false), ..EndpointChange::default() }).await?;
/// assert!(!admin.agent().entry::<Endpoint>("shop").await?.value.wants("opened"));
/// # Ok::<(), helpdesk_core::desk::Error>(()) }).unwrap();
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Where it is.
    pub url: EndpointUrl,
    /// What posts to it are signed with.
    pub secret: WebhookSecret,
    /// What they are signed with too, until the receiver has changed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_secret: Option<WebhookSecret>,
    /// Which kinds of events; all if none is named.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub kinds: BTreeSet<EventName>,
    /// Whether anything is posted to it.
    pub active: bool,
    /// Whether it may be at an address of a private network.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub allow_private: bool,
}

impl Endpoint {
    /// An active endpoint for all kinds of events, at a public address.
    pub fn new(id: EndpointId, url: EndpointUrl, secret: WebhookSecret) -> Self {
        Self { id, url, secret, previous_secret: None, kinds: BTreeSet::new(), active: true, allow_private: false }
    }

    /// Whether events of this kind are posted to it.
    pub fn wants(&self, kind: &str) -> bool {
        self.active && (self.kinds.is_empty() || self.kinds.iter().any(|wanted| wanted.as_str() == kind))
    }

    /// What posts to it are signed with, the newest first.
    pub fn secrets(&self) -> impl Iterator<Item = &WebhookSecret> {
        std::iter::once(&self.secret).chain(&self.previous_secret)
    }
}

/// A change of an endpoint. What is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EndpointChange {
    /// A new address.
    pub url: Option<EndpointUrl>,
    /// A new secret; posts are signed with the one before too.
    pub secret: Option<WebhookSecret>,
    /// Whether posts are not signed with the secret before any more.
    pub forget_previous: bool,
    /// All kinds that it wants from now on; none for all.
    pub kinds: Option<BTreeSet<EventName>>,
    /// Whether anything is posted to it.
    pub active: Option<bool>,
    /// Whether it may be at an address of a private network.
    pub allow_private: Option<bool>,
}

impl Catalogued for Endpoint {
    const KIND: RecordKind = RecordKind::Webhook;
    const WHAT: &'static str = "endpoint";

    fn key(&self) -> &str {
        self.id.as_str()
    }

    fn name(&self) -> Option<&str> {
        None
    }
}

impl Editable for Endpoint {
    type Change = EndpointChange;

    fn apply(&mut self, change: EndpointChange) {
        if let Some(url) = change.url {
            self.url = url;
        }
        if change.forget_previous {
            self.previous_secret = None;
        }
        if let Some(secret) = change.secret {
            let before = std::mem::replace(&mut self.secret, secret);
            self.previous_secret = (!change.forget_previous).then_some(before);
        }
        if let Some(kinds) = change.kinds {
            self.kinds = kinds;
        }
        self.active = change.active.unwrap_or(self.active);
        self.allow_private = change.allow_private.unwrap_or(self.allow_private);
    }
}
