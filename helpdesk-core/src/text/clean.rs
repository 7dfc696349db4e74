//! Cleaning of single lines, bodies and file names: what is stripped, what is refused, what is kept.

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use super::{Invalid, Problem};

/// A single line (subject, name, tag): NFC, trimmed, without control, bidi and zero-width characters.
///
/// # Errors
/// A carriage return or line feed is refused, not stripped, since it could forge a header; so are an empty
/// line and one of more than `max` characters.
///
/// ```
/// use helpdesk_core::text::line;
/// assert_eq!(line("subject", "  Drucker\u{200b} druckt\u{0} nicht ", 200).unwrap(), "Drucker druckt nicht");
/// ```
pub fn line(field: &'static str, raw: &str, max: usize) -> Result<String, Invalid> {
    // Four bytes a character is the most UTF-8 needs; a longer text is refused before any work on it.
    if raw.len() > max.saturating_mul(8) {
        return Err(Invalid::new(field, Problem::TooLong { max, unit: "characters" }));
    }
    if raw.contains(['\r', '\n', '\u{2028}', '\u{2029}', '\u{85}']) {
        return Err(Invalid::new(field, Problem::LineBreak));
    }
    let seen = raw.chars().map(|c| if c == '\t' { ' ' } else { c }).filter(|c| !c.is_control() && !invisible(*c));
    let clean = nfc(seen.collect());
    let clean = clean.trim();
    if clean.is_empty() {
        return Err(Invalid::new(field, Problem::Empty));
    }
    if clean.chars().count() > max {
        return Err(Invalid::new(field, Problem::TooLong { max, unit: "characters" }));
    }
    Ok(clean.to_owned())
}

/// A text of several lines (a message's body): NFC, line ends `\n`, without NUL and other control characters.
/// Bidi and zero-width characters are kept: they belong to people's writing.
///
/// # Errors
/// An empty text and one of more than `max` bytes.
pub fn body(field: &'static str, raw: &str, max: usize) -> Result<String, Invalid> {
    let too_long = || Invalid::new(field, Problem::TooLong { max, unit: "bytes" });
    if raw.len() > max.saturating_mul(2) {
        return Err(too_long());
    }
    let broken = if raw.contains('\r') { &raw.replace("\r\n", "\n").replace('\r', "\n") } else { raw };
    let clean = nfc(broken.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect());
    if clean.trim().is_empty() {
        return Err(Invalid::new(field, Problem::Empty));
    }
    if clean.len() > max {
        return Err(too_long());
    }
    Ok(clean)
}

/// A file's name for display: the last part of a path, without characters that any file system or shell
/// takes for more than a name. It is never used as a path.
///
/// # Errors
/// A line break, and a name of more than `max` characters. A name with nothing left becomes `attachment`.
///
/// ```
/// use helpdesk_core::text::file_name;
/// assert_eq!(file_name("name", "../../\u{200b}.htaccess", 255).unwrap(), "htaccess");
/// assert_eq!(file_name("name", "CON", 255).unwrap(), "_CON");
/// ```
pub fn file_name(field: &'static str, raw: &str, max: usize) -> Result<String, Invalid> {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let name = match line(field, last, max) {
        Err(Invalid { problem: Problem::Empty, .. }) => String::new(),
        other => other?,
    };
    let name: String = name.chars().map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let name = name.trim_matches(['.', ' ']);
    if name.is_empty() {
        return Ok("attachment".to_owned());
    }
    let stem = name.split('.').next().unwrap_or_default().to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL")
        || (stem.len() == 4 && (stem.starts_with("COM") || stem.starts_with("LPT")));
    Ok(if device { format!("_{name}") } else { name.to_owned() })
}

/// The normal form; a text that is in it already, as nearly every one is, costs a look at each character only.
fn nfc(text: String) -> String {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes { text } else { text.nfc().collect() }
}

/// Characters that show nothing or turn the direction of what follows.
pub(crate) fn invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_refuses_breaks_and_strips_what_is_not_seen() {
        assert_eq!(line("s", "a\rb", 9).unwrap_err().problem, Problem::LineBreak);
        assert_eq!(line("s", "\u{202e}abc\u{1b}[0m", 9).unwrap(), "abc[0m");
        assert_eq!(line("s", " \u{200b} ", 9).unwrap_err().problem, Problem::Empty);
        assert_eq!(line("s", "abcd", 3).unwrap_err().problem, Problem::TooLong { max: 3, unit: "characters" });
    }

    #[test]
    fn a_body_keeps_bidi_and_loses_controls() {
        assert_eq!(body("b", "a\0b\r\nc\u{200f}\u{9b}", 99).unwrap(), "ab\nc\u{200f}");
        assert_eq!(body("b", "\r\n\t ", 99).unwrap_err().problem, Problem::Empty);
        assert!(body("b", &"x".repeat(100), 99).is_err());
    }

    #[test]
    fn every_spelling_becomes_the_normal_form() {
        for (raw, clean) in [("Mu\u{308}ller", "Müller"), ("Müller", "Müller"), ("plain", "plain"), ("\u{212b}", "Å")]
        {
            assert_eq!(line("s", raw, 99).unwrap(), clean);
            assert_eq!(body("b", raw, 99).unwrap(), clean);
        }
    }

    #[test]
    fn file_names_are_names_only() {
        assert_eq!(file_name("n", "C:\\a\\b.txt", 99).unwrap(), "b.txt");
        assert_eq!(file_name("n", "....", 99).unwrap(), "attachment");
        assert_eq!(file_name("n", "com1.txt", 99).unwrap(), "_com1.txt");
        assert!(file_name("n", &"x".repeat(5000), 255).is_err());
    }
}
