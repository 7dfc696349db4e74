//! The secrets that sender and receiver share. They are read from outside: the core draws none.

use std::fmt;
use std::str::FromStr;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::text::{Invalid, hex};

/// A key that posts are signed with, written `whsec_` and base64. `Debug` and [`WebhookSecret::masked`] do not show it;
/// [`WebhookSecret::reveal`], and serialising it, which the store does, do.
///
/// ```
/// use helpdesk_core::webhook::WebhookSecret;
/// let secret: WebhookSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".parse().unwrap();
/// assert!(!format!("{secret:?}").contains("MfKQ9r8G"));
/// assert_eq!(secret.reveal(), "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
/// assert!("whsec_c2hvcnQ=".parse::<WebhookSecret>().is_err());
/// ```
#[derive(Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WebhookSecret(Vec<u8>);

/// What a written secret begins with.
const PREFIX: &str = "whsec_";

impl WebhookSecret {
    /// Least bytes of a key.
    pub const MIN_BYTES: usize = 24;
    /// Most bytes of a key.
    pub const MAX_BYTES: usize = 64;

    /// A secret of random bytes that the caller has drawn.
    ///
    /// # Errors
    /// If there are not 24 to 64 of them.
    pub fn new(bytes: &[u8]) -> Result<Self, Invalid> {
        if (Self::MIN_BYTES..=Self::MAX_BYTES).contains(&bytes.len()) { Ok(Self(bytes.to_vec())) } else { Err(wrong()) }
    }

    /// The secret as it is written.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// What may be shown of it: a digest, to tell two of them apart.
    pub fn masked(&self) -> String {
        let digest = hex(&Sha256::digest(&self.0));
        format!("{PREFIX}…{}", digest.get(..8).unwrap_or_default())
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

fn wrong() -> Invalid {
    Invalid::malformed("secret", "whsec_ and 24 to 64 bytes in base64")
}

impl FromStr for WebhookSecret {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        let bytes = text.strip_prefix(PREFIX).and_then(|encoded| STANDARD.decode(encoded).ok()).ok_or_else(wrong)?;
        Self::new(&bytes)
    }
}

impl TryFrom<String> for WebhookSecret {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        text.parse()
    }
}

impl From<WebhookSecret> for String {
    fn from(secret: WebhookSecret) -> Self {
        secret.reveal()
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_secret_of_enough_bytes_is_taken() {
        for length in [0, 23, 65] {
            assert!(WebhookSecret::new(&vec![7; length]).is_err(), "{length}");
        }
        for length in [24, 64] {
            let secret = WebhookSecret::new(&vec![7; length]).unwrap();
            assert_eq!(secret.reveal().parse::<WebhookSecret>().unwrap(), secret);
        }
        let plain = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
        for text in
            ["", "whsec_", plain, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaS!", "WHSEC_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
        {
            assert!(text.parse::<WebhookSecret>().is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_shown_is_no_part_of_the_secret() {
        let secret = WebhookSecret::new(&[7; 24]).unwrap();
        let shown = format!("{secret:?} {}", secret.masked());
        for part in secret.reveal().trim_start_matches(PREFIX).as_bytes().windows(4) {
            assert!(!shown.contains(std::str::from_utf8(part).unwrap()), "{shown}");
        }
        assert_ne!(secret.masked(), WebhookSecret::new(&[8; 24]).unwrap().masked());
    }
}
