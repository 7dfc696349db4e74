//! Webhooks: events posted to endpoints, signed as Standard Webhooks has it. No HTTP client lives here: the host brings a
//! [`Transport`]. The receiving side, for hosts in Rust, is here too.

mod endpoint;
mod headers;
#[cfg(test)]
mod headers_tests;
mod memory;
mod outcome;
mod payload;
mod secret;
mod sink;
mod test;
mod transport;
mod url;

pub use endpoint::{Endpoint, EndpointChange, EndpointId, EventName};
pub use headers::{Unverified, WebhookHeaders};
pub use payload::{PING, Payload, SCHEMA};
pub use secret::WebhookSecret;
pub use sink::WebhookSink;
pub use test::Tested;
pub use transport::{Post, PostFault, Reply, Transport};
pub use url::EndpointUrl;
