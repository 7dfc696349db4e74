//! A tag: one short line in lower case.

use crate::text::{Invalid, line};

/// A tag. Case and outer space do not matter; a comma is refused, since lists of tags are written with it.
///
/// ```
/// use helpdesk_core::ticket::Tag;
/// assert_eq!(Tag::new(" VIP ").unwrap().as_str(), "vip");
/// assert!(Tag::new("a,b").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Tag(String);

impl Tag {
    /// Most characters of a tag.
    pub const MAX_CHARS: usize = 64;

    /// Checks and takes a tag.
    ///
    /// # Errors
    /// If it is empty, too long, or has a comma or a line break.
    pub fn new(raw: &str) -> Result<Self, Invalid> {
        let text = line("tags", raw, Self::MAX_CHARS)?.to_lowercase();
        if text.contains(',') {
            return Err(Invalid::malformed("tags", "without a comma"));
        }
        Ok(Self(text))
    }

    /// The tag.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for Tag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Tag {
    type Err = Invalid;
    fn from_str(text: &str) -> Result<Self, Invalid> {
        Self::new(text)
    }
}

impl TryFrom<String> for Tag {
    type Error = Invalid;
    fn try_from(text: String) -> Result<Self, Invalid> {
        Self::new(&text)
    }
}

impl From<Tag> for String {
    fn from(tag: Tag) -> Self {
        tag.0
    }
}
