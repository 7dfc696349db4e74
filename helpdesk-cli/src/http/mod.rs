//! The HTTP client of webhooks: one post a connection, to an address that was looked at, and nothing else.

mod address;
mod client;

pub(crate) use client::HttpTransport;
