//! An e-mail address that cannot carry a second header or recipient. Sending mail is not done here.

use unicode_normalization::UnicodeNormalization;

use crate::text::{Invalid, Problem};

/// Most bytes of an address (RFC 5321, section 4.5.3.1.3: a path of 256 with its brackets).
const MAX_BYTES: usize = 254;

/// An e-mail address in lower case, one `@` outside quotes, no space, control or bracket.
///
/// Two spellings that differ in case are one address here, so that no backend's collation decides it.
///
/// ```
/// use helpdesk_core::party::EmailAddress;
/// assert_eq!(EmailAddress::new(" Max@Example.COM ").unwrap().as_str(), "max@example.com");
/// assert!(EmailAddress::new("max@example.com\r\nBcc: all@example.com").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct EmailAddress(String);

impl EmailAddress {
    /// Checks and takes an address.
    ///
    /// # Errors
    /// If it is empty, too long, has a line break, or is not `local@domain`.
    pub fn new(raw: &str) -> Result<Self, Invalid> {
        const FIELD: &str = "email";
        if raw.len() > MAX_BYTES * 2 {
            return Err(Invalid::new(FIELD, Problem::TooLong { max: MAX_BYTES, unit: "bytes" }));
        }
        if raw.contains(['\r', '\n']) {
            return Err(Invalid::new(FIELD, Problem::LineBreak));
        }
        let text: String = raw.trim().nfc().collect::<String>().to_lowercase();
        if text.is_empty() {
            return Err(Invalid::new(FIELD, Problem::Empty));
        }
        if text.len() > MAX_BYTES {
            return Err(Invalid::new(FIELD, Problem::TooLong { max: MAX_BYTES, unit: "bytes" }));
        }
        if Self::well_formed(&text) {
            Ok(Self(text))
        } else {
            Err(Invalid::malformed(FIELD, "an address such as max@example.com"))
        }
    }

    fn well_formed(text: &str) -> bool {
        let Some((local, domain)) = text.rsplit_once('@') else { return false };
        let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
        let forbidden =
            |c: char| c.is_control() || c.is_whitespace() || crate::text::invisible(c) || "<>(),;:\\[]".contains(c);
        !local.is_empty()
            && !text.chars().any(forbidden)
            && (quoted || !local.contains(['@', '"']))
            && !domain.is_empty()
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.chars().all(|c| c.is_alphanumeric() || c == '-')
            })
    }

    /// The address.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for EmailAddress {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl TryFrom<String> for EmailAddress {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl From<EmailAddress> for String {
    fn from(address: EmailAddress) -> Self {
        address.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_what_people_have_and_refuses_what_forges() {
        for good in ["a@b", "o'neil+x@sub.example.com", "jörg@müller.de", "\"a@b\"@example.com"] {
            assert!(EmailAddress::new(good).is_ok(), "{good}");
        }
        for bad in ["", "a", "@b", "a@", "a@b@c", "a@-b", "a b@c", "a@b,c@d", "<a@b>", "a@b..c", "a\0@b", "a@b\n"] {
            assert!(EmailAddress::new(bad).is_err(), "{bad:?}");
        }
        assert!(EmailAddress::new(&format!("{}@b", "x".repeat(300))).is_err());
    }
}
