//! German and English words for what people read. What programs read is never translated, and stands elsewhere.

mod damage;
mod errors;
#[cfg(test)]
mod errors_tests;
mod grammar;
mod headings;
mod hints;
mod server_terms;
mod terms;

use helpdesk_core::text::Language;

pub(crate) use damage::damage;
pub(crate) use errors::{error, io_error};
pub(crate) use grammar::grammar;
pub(crate) use headings::{field, heading, word};
pub(crate) use hints::{DOCTOR, hint};
pub(crate) use terms::term;

/// A word or sentence in English and in German.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Phrase(pub(crate) &'static str, pub(crate) &'static str);

impl Phrase {
    /// It in `language`.
    pub(crate) fn get(self, language: Language) -> &'static str {
        match language {
            Language::De => self.1,
            _ => self.0,
        }
    }
}

/// A sentence with facts in it, in English and in German: whoever says it says both.
#[derive(Debug, Clone)]
pub(crate) struct Saying {
    pub(crate) en: String,
    pub(crate) de: String,
}

impl Saying {
    /// It in both languages.
    pub(crate) fn new(en: impl Into<String>, de: impl Into<String>) -> Self {
        Self { en: en.into(), de: de.into() }
    }

    /// A command to type, the same in every language.
    pub(crate) fn command(text: impl Into<String>) -> Self {
        let text = text.into();
        Self { de: text.clone(), en: text }
    }

    /// It in `language`.
    pub(crate) fn get(&self, language: Language) -> &str {
        match language {
            Language::De => &self.de,
            _ => &self.en,
        }
    }

    /// It with more of the same sentence.
    pub(crate) fn followed(self, en: &str, de: &str) -> Self {
        Self { en: self.en + " " + en, de: self.de + " " + de }
    }

    /// Both, one after the other.
    pub(crate) fn and(self, more: &Self) -> Self {
        Self { en: format!("{}; {}", self.en, more.en), de: format!("{}; {}", self.de, more.de) }
    }
}

impl From<Phrase> for Saying {
    fn from(Phrase(en, de): Phrase) -> Self {
        Self::new(en, de)
    }
}

/// That a list goes on.
pub(crate) fn more_follow(shown: usize, total: Option<u64>, cursor: &str, language: Language) -> String {
    let of = total.map(|total| total.to_string());
    match (language, of) {
        (Language::De, Some(total)) => format!("{shown} von {total} gezeigt; weiter mit --cursor {cursor}"),
        (Language::De, None) => format!("{shown} gezeigt, es folgen weitere; weiter mit --cursor {cursor}"),
        (_, Some(total)) => format!("{shown} of {total} shown; go on with --cursor {cursor}"),
        (_, None) => format!("{shown} shown, more follow; go on with --cursor {cursor}"),
    }
}

/// What to do after an interruption.
pub(crate) const LOOK_FIRST: Phrase = Phrase(
    "what was begun may be done; look before doing it again",
    "was begonnen war, ist vielleicht getan; nachsehen, bevor es noch einmal geschieht",
);

/// That a table has no room for some columns.
pub(crate) fn columns_left_out(columns: &[&'static str], language: Language) -> String {
    let names: Vec<&str> = columns.iter().map(|column| heading(column).get(language)).collect();
    let words = Phrase("no room here for", "kein Platz hier für").get(language);
    format!("{words}: {}", names.join(", "))
}

/// Nothing to show.
pub(crate) const NOTHING: Phrase = Phrase("nothing to show", "nichts anzuzeigen");
/// What to do next.
pub(crate) const NEXT: Phrase = Phrase("next:", "weiter:");
/// Nothing was done.
pub(crate) const DRY_RUN: Phrase = Phrase("dry run, nothing was changed:", "Probelauf, nichts wurde geändert:");
/// What a table leaves out.
pub(crate) const CSV_IS_A_TABLE: Phrase = Phrase(
    "CSV is a table: first messages only, no replies, notes or history; `helpdesk export jsonl` has everything",
    "CSV ist eine Tabelle: nur die ersten Nachrichten, keine Antworten, Notizen und Verläufe; alles hat `helpdesk export jsonl`",
);
/// Nothing would be done.
pub(crate) const NO_CHANGE: Phrase = Phrase("no change", "keine Änderung");
/// Yes or no.
pub(crate) const REALLY: Phrase = Phrase("really?", "wirklich?");
