//! Where an endpoint is. Which addresses its name may lead to is looked at when a connection is made, not here.

use std::fmt;
use std::net::IpAddr;

use crate::text::{Invalid, Problem};

/// An address to post to: `https`, or `http` on this machine.
///
/// ```
/// use helpdesk_core::webhook::EndpointUrl;
/// let url = EndpointUrl::new("https://hooks.example.com/in?key=1").unwrap();
/// assert_eq!((url.host(), url.port(), &*url.target()), ("hooks.example.com", 443, "/in?key=1"));
/// assert!(EndpointUrl::new("http://127.0.0.1:8080/in").is_ok());
/// assert!(EndpointUrl::new("http://hooks.example.com/in").is_err());
/// assert!(EndpointUrl::unencrypted("http://hooks.example.com/in").is_ok());
/// assert!(EndpointUrl::new("https://user:password@example.com/").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EndpointUrl {
    text: String,
    is_https: bool,
    host: String,
    port: u16,
    /// Where the path begins.
    target: usize,
}

impl EndpointUrl {
    /// Most bytes of it.
    pub const MAX_BYTES: usize = 2048;

    /// Reads an address: `https`, or `http` on this machine.
    ///
    /// # Errors
    /// If it is no such address, has a user, a password or a fragment in it, or is too long.
    pub fn new(text: &str) -> Result<Self, Invalid> {
        let url = Self::unencrypted(text)?;
        if url.is_https || url.is_loopback() {
            Ok(url)
        } else {
            Err(Invalid::new("url", Problem::OutOfRange { expected: "https, or http on this machine" }))
        }
    }

    /// Reads an address that may be `http` anywhere: whoever is on the way can read what is posted there, and change it.
    ///
    /// # Errors
    /// As [`EndpointUrl::new`].
    pub fn unencrypted(text: &str) -> Result<Self, Invalid> {
        if text.len() > Self::MAX_BYTES {
            return Err(Invalid::new("url", Problem::TooLong { max: Self::MAX_BYTES, unit: "bytes" }));
        }
        Self::parse(text).ok_or_else(|| Invalid::malformed("url", "a URL such as https://example.com/hook"))
    }

    fn parse(text: &str) -> Option<Self> {
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) || text.contains(['#', '\\', '"', '<', '>']) {
            return None;
        }
        let (is_https, rest) = match text.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("http://")?),
        };
        let authority = rest.split(['/', '?']).next()?;
        let (host, port) = if let Some(bracketed) = authority.strip_prefix('[') {
            let (host, port) = bracketed.split_once(']')?;
            host.parse::<std::net::Ipv6Addr>().ok()?;
            (host, port)
        } else {
            let (host, port) = authority.split_at(authority.find(':').unwrap_or(authority.len()));
            let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
            if host.is_empty() || host.starts_with(['.', '-']) || host.len() > 253 || !host.chars().all(is_name) {
                return None;
            }
            (host, port)
        };
        let port = match port.strip_prefix(':') {
            Some(port) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                port.parse().ok().filter(|port| *port > 0)?
            }
            None if port.is_empty() => {
                if is_https {
                    443
                } else {
                    80
                }
            }
            _ => return None,
        };
        let target = text.len() - rest.len() + authority.len();
        Some(Self { text: text.to_owned(), is_https, host: host.to_ascii_lowercase(), port, target })
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the connection is encrypted.
    pub fn is_https(&self) -> bool {
        self.is_https
    }

    /// The name or number of the machine, in lower case; a number of version 6 without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as a request names them.
    pub fn authority(&self) -> &str {
        let begin = if self.is_https { "https://".len() } else { "http://".len() };
        self.text.get(begin..self.target).unwrap_or_default()
    }

    /// Path and query as a request names them; without a path it is `/`.
    pub fn target(&self) -> String {
        match self.text.get(self.target..) {
            None | Some("") => "/".to_owned(),
            Some(query) if query.starts_with('?') => format!("/{query}"),
            Some(path) => path.to_owned(),
        }
    }

    /// Whether it is written as one of this machine.
    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl fmt::Display for EndpointUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// As it is stored: whether it may be unencrypted was decided when it was set.
impl TryFrom<String> for EndpointUrl {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::unencrypted(&text)
    }
}

impl From<EndpointUrl> for String {
    fn from(url: EndpointUrl) -> Self {
        url.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_found() {
        for (text, host, port, authority, target) in [
            ("https://a.example", "a.example", 443, "a.example", "/"),
            ("https://A.example:8443/x/y?z=1&w", "a.example", 8443, "A.example:8443", "/x/y?z=1&w"),
            ("https://a.example?x=/y", "a.example", 443, "a.example", "/?x=/y"),
            ("http://[::1]:90/x", "::1", 90, "[::1]:90", "/x"),
            ("http://localhost/", "localhost", 80, "localhost", "/"),
        ] {
            let url = EndpointUrl::new(text).unwrap();
            assert_eq!((url.host(), url.port(), url.authority(), &*url.target()), (host, port, authority, target));
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "https://",
            "https:///x",
            "ftp://a.example/",
            "file:///etc/passwd",
            "gopher://a",
            "//a.example",
            "https://a b",
            "https://a.example/\r\nx: y",
            "https://a.example/#x",
            "https://u@a.example/",
            "https://a.example:0/",
            "https://a.example:99999/",
            "https://a.example:/",
            "https://a.example:+1/",
            "https://[::1/",
            "https://[x]/",
            "https://ä.example/",
            "https://a.example\\@b.example/",
            "HTTPS://a.example",
            "https://-a.example/",
            "https://a%2eexample/",
        ] {
            assert!(EndpointUrl::unencrypted(text).is_err(), "{text:?}");
        }
        let long = format!("https://a.example/{}", "x".repeat(EndpointUrl::MAX_BYTES));
        assert!(matches!(EndpointUrl::new(&long), Err(Invalid { problem: Problem::TooLong { .. }, .. })));
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_the_clear() {
        for text in ["http://127.0.0.1/", "http://127.8.9.1:8/", "http://[::1]/", "http://LOCALHOST/"] {
            assert!(EndpointUrl::new(text).is_ok(), "{text}");
        }
        for text in ["http://10.0.0.1/", "http://localhost.example/", "http://2130706433/", "http://[::2]/"] {
            assert!(EndpointUrl::new(text).is_err() && EndpointUrl::unencrypted(text).is_ok(), "{text}");
        }
    }
}
