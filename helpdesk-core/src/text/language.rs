//! The languages of the desk's own words, and labels in each of them.

use serde::{Deserialize, Serialize};

/// A language that the desk speaks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Language {
    /// English.
    #[default]
    En,
    /// German.
    De,
}

impl Language {
    /// Every language, in the order in which matrices print them.
    pub const ALL: [Self; 2] = [Self::En, Self::De];
}

/// A name in each language.
///
/// ```
/// use helpdesk_core::text::{Labels, Language};
/// let open = Labels::new("Open", "Offen");
/// assert_eq!(open.get(Language::De), "Offen");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// The English name.
    pub en: String,
    /// The German name.
    pub de: String,
}

impl Labels {
    /// A name in English and in German.
    pub fn new(en: impl Into<String>, de: impl Into<String>) -> Self {
        Self { en: en.into(), de: de.into() }
    }

    /// The name in `language`.
    pub fn get(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::De => &self.de,
        }
    }
}
