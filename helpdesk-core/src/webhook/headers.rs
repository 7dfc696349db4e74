//! The headers of a post: made by the sender, verified by the receiver. The scheme is `v1` of Standard Webhooks: an
//! HMAC-SHA256 over id, instant and body.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::WebhookSecret;
use crate::env::Timestamp;
use crate::sla::Seconds;

/// What a post says about itself, and by which it is known to come from whoever has the secret.
///
/// ```
/// use helpdesk_core::webhook::{Unverified, WebhookHeaders, WebhookSecret};
///
/// let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
/// let now = "2021-02-25T15:02:10Z".parse().unwrap();
/// let (id, body) = ("msg_p5jXN8AQM9LWM0D4loKWxJek", br#"{"test": 2432232314}"#);
/// let sent = WebhookHeaders::sign(id, now, body, [&secret]);
///
/// // What a receiver does with the headers of a request: read them, verify them over the body as it came.
/// let headers: std::collections::HashMap<&str, &str> = sent.pairs().into();
/// let read = WebhookHeaders::read(|name| headers.get(name).map(ToString::to_string)).unwrap();
/// assert_eq!(read.verify(now, body, [&secret]), Ok(()));
/// assert_eq!(read.verify(now, b"{}", [&secret]), Err(Unverified::NoMatch));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookHeaders {
    /// `webhook-id`: the event's id, the same on every try.
    pub id: String,
    /// `webhook-timestamp`: when it was sent, in seconds since the Unix epoch.
    pub timestamp: String,
    /// `webhook-signature`: one signature or several, with a blank between them.
    pub signature: String,
}

/// Why a post is not to be believed. The words carry nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unverified {
    /// A header is missing.
    #[error("the header {0} is missing")]
    Missing(&'static str),
    /// The instant is no number of seconds.
    #[error("the timestamp is malformed")]
    Timestamp,
    /// It was sent too long ago: it may be a copy of an old one.
    #[error("the timestamp is too old")]
    TooOld,
    /// It was sent in the future.
    #[error("the timestamp is too new")]
    TooNew,
    /// No signature was made with any of the secrets over this body.
    #[error("no signature matches")]
    NoMatch,
}

impl Unverified {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::Missing(_) => "webhook_header_missing",
            Self::Timestamp => "webhook_timestamp_malformed",
            Self::TooOld => "webhook_too_old",
            Self::TooNew => "webhook_too_new",
            Self::NoMatch => "webhook_no_match",
        }
    }
}

/// The version of the scheme, as a signature begins with it.
const SCHEME: &str = "v1,";

impl WebhookHeaders {
    /// The name of the header with the id.
    pub const ID: &'static str = "webhook-id";
    /// The name of the header with the instant.
    pub const TIMESTAMP: &'static str = "webhook-timestamp";
    /// The name of the header with the signatures.
    pub const SIGNATURE: &'static str = "webhook-signature";
    /// How far the sender's clock and the receiver's may differ, and how long a post may take.
    pub const TOLERANCE: Seconds = Seconds::minutes(5);
    /// Most signatures that are looked at.
    const SIGNATURES: usize = 16;

    /// The headers of a post that is sent at `at`, signed with each of the secrets: with the new one and the one before,
    /// while a receiver changes over.
    pub fn sign<'a>(
        id: &str,
        at: Timestamp,
        body: &[u8],
        secrets: impl IntoIterator<Item = &'a WebhookSecret>,
    ) -> Self {
        let timestamp = at.timestamp().to_string();
        let signed = |secret: &WebhookSecret| {
            let mac = mac(secret, id, &timestamp, body);
            mac.map(|mac| format!("{SCHEME}{}", STANDARD.encode(mac.finalize().into_bytes())))
        };
        let signatures: Vec<String> = secrets.into_iter().filter_map(signed).collect();
        Self { id: id.to_owned(), signature: signatures.join(" "), timestamp }
    }

    /// The headers by name.
    pub fn pairs(&self) -> [(&'static str, &str); 3] {
        [(Self::ID, &self.id), (Self::TIMESTAMP, &self.timestamp), (Self::SIGNATURE, &self.signature)]
    }

    /// Reads the headers of a request; `value` gives the value of a header by its name in lower case.
    ///
    /// # Errors
    /// [`Unverified::Missing`] naming the first that is not there.
    pub fn read(value: impl Fn(&'static str) -> Option<String>) -> Result<Self, Unverified> {
        let value = |name| value(name).ok_or(Unverified::Missing(name));
        Ok(Self { id: value(Self::ID)?, timestamp: value(Self::TIMESTAMP)?, signature: value(Self::SIGNATURE)? })
    }

    /// Verifies that a post with this body was signed with one of the secrets, within [`WebhookHeaders::TOLERANCE`] of
    /// `now`. Signatures are compared in constant time. A receiver also keeps the ids that it has seen for so long.
    ///
    /// # Errors
    /// Why it is not to be believed.
    pub fn verify<'a>(
        &self,
        now: Timestamp,
        body: &[u8],
        secrets: impl IntoIterator<Item = &'a WebhookSecret>,
    ) -> Result<(), Unverified> {
        self.verify_within(Self::TOLERANCE, now, body, secrets)
    }

    /// The same with another tolerance.
    ///
    /// # Errors
    /// As [`WebhookHeaders::verify`].
    pub fn verify_within<'a>(
        &self,
        tolerance: Seconds,
        now: Timestamp,
        body: &[u8],
        secrets: impl IntoIterator<Item = &'a WebhookSecret>,
    ) -> Result<(), Unverified> {
        let is_number = !self.timestamp.is_empty() && self.timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let sent: i64 = self.timestamp.parse().ok().filter(|_| is_number).ok_or(Unverified::Timestamp)?;
        let age = now.timestamp().saturating_sub(sent);
        if age > i64::from(tolerance.0) {
            return Err(Unverified::TooOld);
        }
        if age < -i64::from(tolerance.0) {
            return Err(Unverified::TooNew);
        }
        let given = self.signature.split(' ').filter_map(|signature| signature.strip_prefix(SCHEME));
        let given: Vec<Vec<u8>> = given.take(Self::SIGNATURES).filter_map(|text| STANDARD.decode(text).ok()).collect();
        for secret in secrets {
            for signature in &given {
                let mac = mac(secret, &self.id, &self.timestamp, body);
                if mac.is_some_and(|mac| mac.verify_slice(signature).is_ok()) {
                    return Ok(());
                }
            }
        }
        Err(Unverified::NoMatch)
    }
}

/// The code over id, instant and body. A key of any length will do, so that it is always there.
fn mac(secret: &WebhookSecret, id: &str, timestamp: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.bytes()).ok()?;
    for part in [id.as_bytes(), b".", timestamp.as_bytes(), b".", body] {
        mac.update(part);
    }
    Some(mac)
}
