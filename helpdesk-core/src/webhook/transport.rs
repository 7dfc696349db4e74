//! What carries posts: the host's HTTP client, behind a small trait.

use async_trait::async_trait;

use super::EndpointUrl;

/// Carries a post. It follows no redirects, bounds the time it takes and what it reads of the answer, and looks at the
/// address that it connects to: unless [`Post::allow_private`] says so, not one of a private network, of this machine or
/// of its neighbourhood. `http` is spoken in the clear only where the URL says so.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Posts once, and gives what was answered, whatever that is.
    async fn post(&self, post: &Post) -> Result<Reply, PostFault>;
}

/// A post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// Where to.
    pub url: EndpointUrl,
    /// With which headers, beside those that every request has.
    pub headers: Vec<(&'static str, String)>,
    /// The body.
    pub body: Vec<u8>,
    /// Whether it may go to an address of a private network.
    pub allow_private: bool,
}

/// What was answered.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The header `Retry-After`.
    pub retry_after: Option<String>,
}

/// Why nothing was answered. The words name the fault and nothing that was sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PostFault {
    /// It may be so for now: no connection, no name, a bad certificate, too slow.
    #[error("{0}")]
    Unreachable(String),
    /// It is not to be posted there: the address is not allowed.
    #[error("{0}")]
    Refused(String),
}
