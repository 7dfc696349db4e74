//! How text is cut into terms, once and for all backends: Unicode words, lower case, diacritics folded, German and
//! English endings taken off. Every backend stores and seeks these terms, so all find the same.

use std::collections::BTreeSet;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Rises when the same text gives other terms; a store then has to index anew.
pub const TERMS_VERSION: u32 = 1;

/// Most characters of a term; longer words are cut.
const MAX_CHARS: usize = 40;

/// The terms of a text.
///
/// ```
/// use helpdesk_core::query::terms;
/// assert_eq!(terms("Rechnungen"), terms("RECHNUNG"));
/// assert_eq!(terms("printers"), terms("Printer"));
/// assert_eq!(terms("Grüße, café!"), terms("GRUSSE CAFÉ"));
/// assert!(terms("%_\" * --").is_empty());
/// ```
pub fn terms(text: &str) -> BTreeSet<String> {
    let stemmers = [Stemmer::create(Algorithm::German), Stemmer::create(Algorithm::English)];
    text.unicode_words().map(|word| term(word, &stemmers)).filter(|term| !term.is_empty()).collect()
}

fn term(word: &str, stemmers: &[Stemmer; 2]) -> String {
    let folded: String = word
        .nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .take(MAX_CHARS)
        .collect::<String>()
        .replace('ß', "ss");
    // Both, one after the other: a word's language is not known, and the same happens to text and question.
    stemmers.iter().fold(folded, |term, stemmer| stemmer.stem(&term).into_owned())
}
