//! Values as literals of the text protocol, for what must go in one round trip or survive being dropped: the driver's
//! prepared statements do neither. Whatever comes from outside is spelt in hexadecimal digits, so that no value can be
//! anything else than a value.

use std::fmt::Write;

use serde_json::Value as Json;

use crate::server::hex::hex;
use crate::server::value::Value;

/// Spells a value.
pub(super) fn spell(value: &Value, text: &mut String) {
    match value {
        // Writing to a string cannot fail.
        Value::Int(Some(int)) => drop(write!(text, "{int}")),
        Value::Text(Some(value)) => utf8(value, text),
        Value::Id(Some(id)) => bytes(id.as_bytes(), text),
        Value::Int(None) | Value::Text(None) | Value::Id(None) => text.push_str("NULL"),
        Value::Rows(_) | Value::Ints(_) | Value::Texts(_) | Value::Ids(_) => utf8(&json(value), text),
    }
}

/// A list, or rows, as the one value that the engine takes apart.
pub(super) fn json(value: &Value) -> String {
    match value {
        Value::Rows(rows) => rows.to_string(),
        Value::Ints(values) => Json::from(values.clone()).to_string(),
        Value::Texts(values) => Json::from(values.clone()).to_string(),
        Value::Ids(values) => {
            let ids: Vec<_> = values.iter().map(|id| id.map(|id| id.simple().to_string())).collect();
            Json::from(ids).to_string()
        }
        Value::Int(_) | Value::Text(_) | Value::Id(_) => String::new(),
    }
}

fn utf8(value: &str, text: &mut String) {
    text.push_str("_utf8mb4 ");
    bytes(value.as_bytes(), text);
}

fn bytes(value: &[u8], text: &mut String) {
    text.push_str("X'");
    hex(value, text);
    text.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_digits_and_nothing_else() {
        let mut text = String::new();
        for value in [
            Value::from("'; DROP TABLE helpdesk_ticket; -- \\"),
            Value::texts(["\"]') --", "\u{0}"]),
            Value::from(i64::MIN),
            Value::from(None::<&str>),
        ] {
            spell(&value, &mut text);
            text.push(' ');
        }
        let plain = text.replace("_utf8mb4 X'", "").replace(['\'', ' ', '-'], "").replace("NULL", "");
        assert!(plain.bytes().all(|byte| byte.is_ascii_hexdigit()), "{text}");
    }
}
