//! A receiver in place of HTTP: it verifies what it gets, and answers as it was told.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use helpdesk_core::env::{Clock, ManualClock};
use helpdesk_core::ticket::EventId;
use helpdesk_core::webhook::{Payload, Post, PostFault, Reply, Transport, WebhookHeaders, WebhookSecret};

pub(crate) type Answers = BTreeMap<String, Vec<Result<u16, PostFault>>>;

/// Receives posts, verifies them, and answers as it was told, by host; 200 when nothing is left to answer.
pub(crate) struct Receiver {
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) secrets: Mutex<Vec<WebhookSecret>>,
    pub(crate) answers: Mutex<Answers>,
    pub(crate) retry_after: Option<String>,
    pub(crate) got: Mutex<Vec<(String, Payload)>>,
}

#[async_trait::async_trait]
impl Transport for Receiver {
    async fn post(&self, post: &Post) -> Result<Reply, PostFault> {
        tokio::task::yield_now().await;
        let header = |name| post.headers.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
        let headers = WebhookHeaders::read(header).unwrap();
        let secrets = self.secrets.lock().unwrap().clone();
        headers.verify(self.clock.now(), &post.body, &secrets).unwrap();
        assert_eq!(header("content-type").unwrap(), "application/json");
        let payload: Payload = serde_json::from_slice(&post.body).unwrap();
        assert_eq!(headers.id, payload.id.to_string());
        let host = post.url.host().to_owned();
        self.got.lock().unwrap().push((host.clone(), payload));
        let mut answers = self.answers.lock().unwrap();
        let left = answers.entry(host).or_default();
        let status = if left.is_empty() { 200 } else { left.remove(0)? };
        Ok(Reply { status, retry_after: self.retry_after.clone() })
    }
}

impl Receiver {
    pub(crate) fn answer(&self, host: &str, answers: &[u16]) {
        let answers = answers.iter().copied().map(Ok).collect();
        self.answers.lock().unwrap().insert(host.to_owned(), answers);
    }

    /// What it got since it was asked last: host, ticket's place, kind.
    pub(crate) fn got(&self) -> Vec<(String, u64, String)> {
        let got = std::mem::take(&mut *self.got.lock().unwrap());
        got.into_iter().map(|(host, payload)| (host, payload.seq, payload.kind)).collect()
    }

    pub(crate) fn ids(&self) -> Vec<EventId> {
        self.got.lock().unwrap().iter().map(|(_, payload)| payload.id).collect()
    }
}
