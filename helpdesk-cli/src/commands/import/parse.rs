//! An entry's JSON read as what it should be; what does not fit is told with its field. What the values mean is the
//! core's.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;

use crate::lang::Saying;

/// Why an entry cannot be read.
#[derive(Debug)]
pub(super) struct Unreadable {
    /// The stable code.
    pub(super) code: &'static str,
    /// Why, with the field.
    pub(super) reason: Saying,
}

/// Reads a line.
///
/// # Errors
/// Which field does not fit, or where the JSON ends to be some.
pub(super) fn line<T: DeserializeOwned>(text: &[u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(text).map_err(|error| {
        if std::str::from_utf8(text).is_err() {
            return Unreadable { code: "invalid_utf8", reason: Saying::new("it is not UTF-8", "es ist kein UTF-8") };
        }
        if !error.is_data() {
            let (column, problem) = (error.column(), error.to_string());
            let reason = Saying::new(
                format!("it is no JSON from byte {column} on: {problem}"),
                format!("ab Byte {column} ist es kein JSON: {problem}"),
            );
            return Unreadable { code: "invalid_json", reason };
        }
        // Read again for the field: following it all the time would cost every good line.
        let mut json = serde_json::Deserializer::from_slice(text);
        of::<T, _>(&mut json).err().unwrap_or_else(|| misfit("", &error.to_string()))
    })
}

/// Reads a value.
///
/// # Errors
/// Which field does not fit.
pub(super) fn value<T: DeserializeOwned>(value: Value) -> Result<T, Unreadable> {
    of(value)
}

fn of<'de, T: Deserialize<'de>, D: Deserializer<'de>>(source: D) -> Result<T, Unreadable> {
    serde_path_to_error::deserialize(source).map_err(|error| {
        let path = error.path().to_string();
        misfit(if path == "." { "" } else { &path }, &error.into_inner().to_string())
    })
}

/// What the reader's words mean, in both languages.
fn misfit(path: &str, words: &str) -> Unreadable {
    // Where in the line it stands, the field says better.
    let words = words.rsplit_once(" at line ").map_or(words, |(words, _)| words);
    let named = |kind: &str| words.strip_prefix(kind).and_then(|rest| rest.split_once('`')).map(|(name, _)| name);
    let within = |name: &str| match path {
        "" => name.to_owned(),
        _ if path == name || path.ends_with(&format!(".{name}")) => path.to_owned(),
        _ => format!("{path}.{name}"),
    };
    let reason = if let Some(field) = named("missing field `").map(within) {
        Saying::new(format!("{field} is missing"), format!("{field} fehlt"))
    } else if let Some(field) = named("unknown field `").map(within) {
        Saying::new(format!("{field} is not known"), format!("{field} ist unbekannt"))
    } else if let Some(field) = named("duplicate field `").map(within) {
        Saying::new(format!("{field} stands there twice"), format!("{field} steht zweimal da"))
    } else {
        let (en, de) = if path.is_empty() { ("the line", "die Zeile") } else { (path, path) };
        Saying::new(format!("{en} does not fit: {words}"), format!("{de} passt nicht: {words}"))
    };
    Unreadable { code: "invalid_value", reason }
}

#[cfg(test)]
mod tests {
    use helpdesk_core::desk::ImportRequest;
    use helpdesk_core::text::Language;

    use super::*;

    #[test]
    fn what_does_not_fit_is_told_with_its_field() {
        for (text, code, en, de) in [
            (r#"{"external_id":"1"}"#, "invalid_value", "subject is missing", "subject fehlt"),
            (r#"{"external_id":"1","subject":"s","x":1}"#, "invalid_value", "x is not known", "x ist unbekannt"),
            (
                r#"{"external_id":"1","subject":"s","messages":[{"author":"system","body":"b","what":1}]}"#,
                "invalid_value",
                "messages[0].what is not known",
                "messages[0].what ist unbekannt",
            ),
            (r#"{"external_id":"1","subject":5}"#, "invalid_value", "subject does not fit: ", "subject passt nicht: "),
            (
                r#"{"external_id":"1","subject":"s","requester":{"email":[]}}"#,
                "invalid_value",
                "requester.email does not fit: ",
                "requester.email passt nicht: ",
            ),
            (
                r#"{"external_id":"1","subject":"s","created_at":"yesterday"}"#,
                "invalid_value",
                "created_at does not fit: ",
                "created_at passt nicht: ",
            ),
            (r#"{"external_id":"1","subject":"s","subject":"t"}"#, "invalid_value", "subject stands", "subject steht"),
            ("5", "invalid_value", "the line does not fit: ", "die Zeile passt nicht: "),
            (r#"{"external_id":"1""#, "invalid_json", "it is no JSON from byte 18 on: ", "ab Byte 18 ist es kein "),
        ] {
            let told = line::<ImportRequest>(text.as_bytes()).unwrap_err();
            assert_eq!(told.code, code, "{text}");
            assert!(told.reason.get(Language::En).starts_with(en), "{text}: {:?}", told.reason);
            assert!(told.reason.get(Language::De).starts_with(de), "{text}: {:?}", told.reason);
        }
        let told = line::<ImportRequest>(b"{\"external_id\":\"\xff\"}").unwrap_err();
        assert_eq!(told.code, "invalid_utf8");
    }
}
