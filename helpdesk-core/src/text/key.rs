//! The macros for two families of validated names: opaque host ids, and slugs that the desk's own data uses.

/// Most bytes a host id may have.
pub(crate) const HOST_ID_BYTES: usize = 128;
/// Most bytes a slug may have.
pub(crate) const SLUG_BYTES: usize = 64;

/// Whether `text` may be a host id: 1 to 128 bytes, no space at the ends, nothing unseen inside.
pub(crate) fn is_host_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= HOST_ID_BYTES
        && text.trim() == text
        && !text.chars().any(|c| c.is_control() || super::invisible(c))
}

/// Whether `text` may be a slug: 1 to 64 of `a-z`, `0-9`, `_` and `-`, beginning with a letter or digit.
pub(crate) fn is_slug(text: &str) -> bool {
    text.len() <= SLUG_BYTES
        && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-')
}

/// Defines a newtype over a checked string.
macro_rules! checked {
    ($(#[$doc:meta])* $name:ident, $field:literal, $check:path, $form:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks and takes a text.
            ///
            /// # Errors
            #[doc = concat!("If it is not ", $form, ".")]
            pub fn new(text: impl Into<String>) -> Result<Self, $crate::text::Invalid> {
                let text = text.into();
                if $check(&text) { Ok(Self(text)) } else { Err($crate::text::Invalid::malformed($field, $form)) }
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::text::Invalid;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::text::Invalid;
            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0
            }
        }
    };
}

/// Defines an opaque id that the host gives.
macro_rules! host_id {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $crate::text::key::checked!($(#[$doc])* $name, $field, $crate::text::key::is_host_id,
            "1 to 128 bytes without control or invisible characters and without space at the ends");
    };
}

/// Defines a name of the desk's own data.
macro_rules! slug {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $crate::text::key::checked!($(#[$doc])* $name, $field, $crate::text::key::is_slug,
            "1 to 64 of a-z, 0-9, _ and -, beginning with a letter or digit");
    };
}

pub(crate) use {checked, host_id, slug};
