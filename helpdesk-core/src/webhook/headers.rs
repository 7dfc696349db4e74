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

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "msg_p5jXN8AQM9LWM0D4loKWxJek";
    const BODY: &[u8] = br#"{"test": 2432232314}"#;

    fn secret() -> WebhookSecret {
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap()
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_timestamp(seconds, 0).unwrap()
    }

    /// The example that the libraries of Standard Webhooks are tested with.
    #[test]
    fn the_published_example_has_its_signature() {
        let headers = WebhookHeaders::sign(ID, at(1_614_265_330), BODY, [&secret()]);
        assert_eq!(headers.signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        assert_eq!(headers.timestamp, "1614265330");
    }

    #[test]
    fn what_was_changed_does_not_match() {
        let sent = WebhookHeaders::sign(ID, at(1000), BODY, [&secret()]);
        assert_eq!(sent.verify(at(1000), BODY, [&secret()]), Ok(()));
        let other = WebhookSecret::new(&[1; 32]).unwrap();
        assert_eq!(sent.verify(at(1000), BODY, [&other]), Err(Unverified::NoMatch));
        assert_eq!(sent.verify(at(1000), BODY, []), Err(Unverified::NoMatch));
        assert_eq!(sent.verify(at(1000), b"", [&secret()]), Err(Unverified::NoMatch));
        let changed = [
            WebhookHeaders { id: "msg_2".to_owned(), ..sent.clone() },
            WebhookHeaders { timestamp: "1001".to_owned(), ..sent.clone() },
            WebhookHeaders { signature: String::new(), ..sent.clone() },
            WebhookHeaders { signature: sent.signature.replacen("v1,", "v2,", 1), ..sent.clone() },
            WebhookHeaders { signature: "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc=".to_owned(), ..sent.clone() },
            WebhookHeaders { signature: "v1,".to_owned(), ..sent.clone() },
        ];
        for headers in changed {
            assert_eq!(headers.verify(at(1000), BODY, [&secret()]), Err(Unverified::NoMatch), "{headers:?}");
        }
    }

    #[test]
    fn one_of_several_signatures_and_secrets_is_enough() {
        let (old, new) = (secret(), WebhookSecret::new(&[9; 32]).unwrap());
        let sent = WebhookHeaders::sign(ID, at(1000), BODY, [&new, &old]);
        assert_eq!(sent.signature.split(' ').count(), 2);
        for secrets in [vec![&old], vec![&new], vec![&WebhookSecret::new(&[1; 24]).unwrap(), &old]] {
            assert_eq!(sent.verify(at(1000), BODY, secrets), Ok(()));
        }
        let beside = format!("v1a,xx v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= {}", sent.signature);
        let headers = WebhookHeaders { signature: beside, ..sent };
        assert_eq!(headers.verify(at(1000), BODY, [&old]), Ok(()));
    }

    #[test]
    fn an_old_or_early_post_is_not_believed() {
        let sent = WebhookHeaders::sign(ID, at(1000), BODY, [&secret()]);
        for (now, expected) in
            [(1300, Ok(())), (1301, Err(Unverified::TooOld)), (700, Ok(())), (699, Err(Unverified::TooNew))]
        {
            assert_eq!(sent.verify(at(now), BODY, [&secret()]), expected, "{now}");
        }
        assert_eq!(sent.verify_within(Seconds(1000), at(2000), BODY, [&secret()]), Ok(()));
        for bad in ["", "x", "+1000", "-1000", "1000.0", " 1000", "99999999999999999999"] {
            let headers = WebhookHeaders { timestamp: bad.to_owned(), ..sent.clone() };
            assert_eq!(headers.verify(at(1000), BODY, [&secret()]), Err(Unverified::Timestamp), "{bad}");
        }
        let headers = WebhookHeaders { timestamp: i64::MAX.to_string(), ..sent };
        assert_eq!(headers.verify(at(1000), BODY, [&secret()]), Err(Unverified::TooNew));
    }

    #[test]
    fn a_missing_header_is_named() {
        let sent = WebhookHeaders::sign(ID, at(1000), BODY, [&secret()]);
        for missing in [WebhookHeaders::ID, WebhookHeaders::TIMESTAMP, WebhookHeaders::SIGNATURE] {
            let pairs = sent.pairs();
            let value = |name| pairs.iter().find(|(known, _)| *known == name && name != missing);
            let read = WebhookHeaders::read(|name| value(name).map(|(_, value)| (*value).to_owned()));
            assert_eq!(read, Err(Unverified::Missing(missing)));
        }
    }
}
