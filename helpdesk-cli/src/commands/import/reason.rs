//! Why an entry is not taken: a stable code, the field it is about, and words in both languages. What the parser of JSON
//! says is put in the desk's own words; nothing of the value itself is repeated.

use helpdesk_core::desk::Error;
use helpdesk_core::text::{Invalid, Language};
use helpdesk_core::ticket::Rejection;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::error::Category;

use crate::lang::{self, Saying, term};

/// A value is not acceptable; the code that the desk has for it, too.
const INVALID_VALUE: &str = "invalid_value";
/// How many characters of a name that somebody gave are said.
const SAID: usize = 100;
/// What begins the words of a time that cannot be read.
const NO_TIME: [&str; 7] = [
    "input is out of range",
    "no possible date and time",
    "input is not enough",
    "input contains invalid",
    "premature end of input",
    "trailing input",
    "bad or unsupported format",
];

/// Why an entry is not taken.
#[derive(Debug, Clone)]
pub(crate) struct Reason {
    /// The stable code.
    pub(crate) code: &'static str,
    /// The field, as a path such as `messages[2].author`.
    pub(crate) field: Option<String>,
    /// Why, in words that name the field.
    pub(crate) words: Saying,
}

impl From<&Error> for Reason {
    fn from(error: &Error) -> Self {
        let field = match error {
            Error::Invalid(Invalid { field, .. }) | Error::Rejected(Rejection::Invalid(Invalid { field, .. })) => {
                Some(field.to_string())
            }
            _ => None,
        };
        let words = Saying::new(lang::error(error, Language::En), lang::error(error, Language::De));
        Self { code: error.code().as_str(), field, words }
    }
}

impl Reason {
    /// It is about the whole entry.
    pub(super) fn whole(code: &'static str, words: Saying) -> Self {
        Self { code, field: None, words }
    }

    /// The line has more than `longest` bytes.
    pub(super) fn too_long(longest: usize) -> Self {
        let words = Saying::new(
            format!("the line is longer than {longest} bytes"),
            format!("die Zeile ist länger als {longest} Bytes"),
        );
        Self::whole("limit_exceeded", words)
    }

    /// The bytes of `field` are no text.
    pub(super) fn no_text(field: Option<&str>) -> Self {
        let place = field.map(|field| format!("{field}: ")).unwrap_or_default();
        let words = Saying::new(format!("{place}is not UTF-8"), format!("{place}ist kein UTF-8"));
        Self { code: "invalid_utf8", field: field.map(str::to_owned), words }
    }

    /// `field` has a value that cannot be taken.
    pub(super) fn value(field: String, words: &Saying) -> Self {
        let words = Saying::new(format!("{field}: {}", words.en), format!("{field}: {}", words.de));
        Self { code: INVALID_VALUE, field: Some(field), words }
    }

    /// The same with the field under another name.
    pub(super) fn renamed(mut self, name: impl FnOnce(&str) -> String) -> Self {
        if let Some(field) = &self.field {
            let (old, new) = (format!("{field}: "), name(field));
            let again = |words: &str| format!("{new}: {}", words.strip_prefix(&old).unwrap_or(words));
            self.words = Saying::new(again(&self.words.en), again(&self.words.de));
            self.field = Some(new);
        }
        self
    }
}

/// Reads a line of JSON.
///
/// # Errors
/// Why it cannot be read.
pub(super) fn read<T: DeserializeOwned>(line: &[u8]) -> Result<T, Reason> {
    if line.trim_ascii_start().first() != Some(&b'{') {
        // A list would be taken field by field.
        return Err(Reason::whole("invalid_json", Saying::new("this is no JSON object", "das ist kein JSON-Objekt")));
    }
    // Only what is refused is read again for the path.
    serde_json::from_slice(line).map_err(|error| {
        if std::str::from_utf8(line).is_err() {
            return Reason::no_text(None);
        }
        let column = error.column();
        let words = match error.classify() {
            Category::Data => return pathed::<T>(line, &error),
            Category::Eof => Saying::new("the JSON ends too early", "das JSON endet zu früh"),
            _ => Saying::new(
                format!("this is no JSON, from column {column} on"),
                format!("das ist kein JSON, ab Spalte {column}"),
            ),
        };
        Reason::whole("invalid_json", words)
    })
}

/// Reads what a row of CSV says.
///
/// # Errors
/// Which field does not fit.
pub(super) fn value<T: DeserializeOwned>(value: Value) -> Result<T, Reason> {
    serde_path_to_error::deserialize(value).map_err(|error| said(&error.path().to_string(), error.inner()))
}

fn pathed<T: DeserializeOwned>(line: &[u8], error: &serde_json::Error) -> Reason {
    let mut source = serde_json::Deserializer::from_slice(line);
    match serde_path_to_error::deserialize::<_, T>(&mut source) {
        Err(found) => said(&found.path().to_string(), found.inner()),
        Ok(_) => said(".", error),
    }
}

/// The desk's words for what serde says of the value at `path`.
fn said(path: &str, error: &serde_json::Error) -> Reason {
    let words = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    let words = words.strip_suffix(&place).unwrap_or(&words);
    let named = |rest: &str| rest.split('`').next().unwrap_or_default().to_owned();
    let within = |name: String| match path {
        _ if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        "." => name,
        _ => format!("{path}.{name}"),
    };
    let expected = |form: &'static str| Saying::new(format!("must be {form}"), must_be(form));
    let (field, words) = if let Some(rest) = words.strip_prefix("missing field `") {
        (within(named(rest)), Saying::new("is missing", "fehlt"))
    } else if let Some(rest) = words.strip_prefix("unknown field `") {
        (within(named(rest)), Saying::new("is no field here", "ist hier kein Feld"))
    } else if let Some(rest) = words.strip_prefix("duplicate field `") {
        (within(named(rest)), Saying::new("stands there twice", "steht dort doppelt"))
    } else if let Some((_, form)) = words.split_once(", expected ") {
        let (en, de) = form_of(form);
        (path.to_owned(), Saying::new(format!("must be {en}"), format!("erwartet wird {de}")))
    } else if NO_TIME.iter().any(|begin| words.starts_with(begin)) {
        (path.to_owned(), expected("an instant such as 2026-11-02T09:00:00Z"))
    } else {
        // The desk's own types name a field of theirs, which the path says better.
        let own = words.split_once(": ").map_or(words, |(_, own)| own);
        let de = match own.strip_prefix("must be ") {
            Some(form) => must_be(form),
            None => format!("hat keinen gültigen Wert ({})", term(own, Language::De)),
        };
        (path.to_owned(), Saying::new(own, de))
    };
    Reason::value(field.chars().take(SAID).collect(), &words)
}

fn must_be(form: &str) -> String {
    format!("erwartet wird {}", term(form, Language::De))
}

/// What serde calls the sorts of values, in words for people.
fn form_of(form: &str) -> (String, String) {
    let known = match form {
        "a string" => Some(("a text", "ein Text")),
        "a sequence" => Some(("a list", "eine Liste")),
        "a boolean" => Some(("true or false", "true oder false")),
        "a map" => Some(("an object", "ein Objekt")),
        _ if form.starts_with("struct ") => Some(("an object", "ein Objekt")),
        _ if form.contains("date and time") => {
            Some(("an instant such as 2026-11-02T09:00:00Z", "ein Zeitpunkt wie 2026-11-02T09:00:00Z"))
        }
        "u8" | "u16" | "u32" | "u64" | "usize" => Some(("a whole number from 0 up", "eine ganze Zahl ab 0")),
        "i64" | "i32" => Some(("a whole number", "eine ganze Zahl")),
        _ => None,
    };
    if let Some((en, de)) = known {
        return (en.to_owned(), de.to_owned());
    }
    let choices = form.replace('`', "");
    let choices = choices.strip_prefix("one of ").unwrap_or(&choices).to_owned();
    (choices.clone(), choices)
}

#[cfg(test)]
mod tests {
    use helpdesk_core::desk::ImportRequest;

    use super::*;

    #[test]
    fn every_wrong_value_names_its_field_in_both_languages() {
        let with = |more: &str| format!(r#"{{"external_id":"1","subject":"s",{more}}}"#);
        let message = |more: &str| with(&format!(r#""messages":[{{"author":"system","body":"b"}},{{{more}}}]"#));
        for (line, field, en, de) in [
            (r#"{"external_id":"1"}"#.to_owned(), "subject", "is missing", "fehlt"),
            (with(r#""body":7"#), "body", "must be a text", "erwartet wird ein Text"),
            (with(r#""subjekt":"x""#), "subjekt", "is no field here", "ist hier kein Feld"),
            (with(r#""subject":"again""#), "subject", "stands there twice", "steht dort doppelt"),
            (with(r#""tags":"a""#), "tags", "must be a list", "erwartet wird eine Liste"),
            (with(r#""tags":["a",7]"#), "tags[1]", "must be a text", "erwartet wird ein Text"),
            (with(r#""requester":"x""#), "requester", "must be an object", "erwartet wird ein Objekt"),
            (with(r#""requester":{"mail":"x"}"#), "requester.mail", "is no field here", "ist hier kein Feld"),
            (with(r#""requester":{"email":"x"}"#), "requester.email", "must be an address", "eine Adresse wie"),
            (with(r#""created_at":"yesterday""#), "created_at", "an instant such as", "ein Zeitpunkt wie"),
            (with(r#""created_at":5"#), "created_at", "an instant such as", "ein Zeitpunkt wie"),
            (
                with(r#""priority":"urgent""#),
                "priority",
                "be low, medium, high, critical",
                "wird low, medium, high, critical",
            ),
            (with(r#""assignee":" anna""#), "assignee", "must be 1 to 128 bytes", "1 bis 128 Bytes"),
            (with(r#""team":"""#), "team", "must be 1 to 128 bytes", "1 bis 128 Bytes"),
            (message(r#""author":"system""#), "messages[1].body", "is missing", "fehlt"),
            (message(r#""author":"system","body":[]"#), "messages[1].body", "must be a text", "ein Text"),
            (
                message(r#""author":"system","body":"b","visibility":"odd""#),
                "messages[1].visibility",
                "internal",
                "public",
            ),
        ] {
            let reason = read::<ImportRequest>(line.as_bytes()).unwrap_err();
            assert_eq!((reason.code, reason.field.as_deref()), ("invalid_value", Some(field)), "{line}: {reason:?}");
            let Saying { en: english, de: german } = &reason.words;
            assert!(english.starts_with(&format!("{field}: ")) && english.contains(en), "{line}: {reason:?}");
            assert!(german.starts_with(&format!("{field}: ")) && german.contains(de), "{line}: {reason:?}");
            assert_ne!(english, german, "{line}");
        }
    }

    #[test]
    fn what_is_no_json_says_so() {
        for (line, code, en) in [
            (&b"nonsense"[..], "invalid_json", "no JSON object"),
            (b"{\"external_id\":\"1\"", "invalid_json", "ends too early"),
            (b"{\"external_id\":\"\xff\"}", "invalid_utf8", "UTF-8"),
            (&[b'['; 10_000], "invalid_json", "no JSON object"),
            (b"[\"1\",null,{},\"subject\"]", "invalid_json", "no JSON object"),
            (b"{\"subject\" \"s\"}", "invalid_json", "no JSON, from column 12"),
        ] {
            let reason = read::<ImportRequest>(line).unwrap_err();
            assert_eq!((reason.code, reason.field.as_ref()), (code, None), "{reason:?}");
            assert!(reason.words.en.contains(en) && reason.words.en != reason.words.de, "{reason:?}");
        }
    }
}
