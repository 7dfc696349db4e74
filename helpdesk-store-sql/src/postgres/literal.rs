//! Values as literals, for what must go in one round trip with what stands around it: the extended protocol takes one
//! statement at a time. Whatever comes from outside is spelt in hexadecimal digits, so that no value can be anything
//! else than a value, whatever the connection's settings say about strings.

use std::fmt::Write;

use crate::server::hex::hex;
use crate::server::value::Value;

/// Spells a value.
pub(super) fn spell(value: &Value, text: &mut String) {
    match value {
        Value::Int(value) => int(*value, text),
        Value::Text(value) => utf8(value.as_deref(), text),
        Value::Id(value) => id(*value, text),
        Value::Ints(values) => list("bigint", values, |value, text| int(*value, text), text),
        Value::Texts(values) => list("text", values, |value, text| utf8(value.as_deref(), text), text),
        Value::Ids(values) => list("uuid", values, |value, text| id(*value, text), text),
        Value::Rows(rows) => utf8(Some(&rows.to_string()), text),
    }
}

fn int(value: Option<i64>, text: &mut String) {
    match value {
        // Writing to a string cannot fail. A minus sign that stands by itself binds after the cast.
        Some(value) => drop(write!(text, "'{value}'::bigint")),
        None => text.push_str("NULL::bigint"),
    }
}

fn utf8(value: Option<&str>, text: &mut String) {
    let Some(value) = value else { return text.push_str("NULL::text") };
    text.push_str("convert_from(decode('");
    hex(value.as_bytes(), text);
    text.push_str("','hex'),'UTF8')");
}

fn id(value: Option<uuid::Uuid>, text: &mut String) {
    let Some(value) = value else { return text.push_str("NULL::uuid") };
    text.push('\'');
    hex(value.as_bytes(), text);
    text.push_str("'::uuid");
}

fn list<T>(kind: &str, values: &[T], spell: impl Fn(&T, &mut String), text: &mut String) {
    text.push_str("ARRAY[");
    for (index, value) in values.iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        spell(value, text);
    }
    for part in ["]::", kind, "[]"] {
        text.push_str(part);
    }
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
            Value::ints([i64::MAX, -1]),
            Value::from(uuid::Uuid::max()),
            Value::from(None::<&str>),
        ] {
            spell(&value, &mut text);
            text.push(' ');
        }
        let mut plain = text;
        for ours in ["convert_from(decode('", "','hex'),'UTF8')", "ARRAY[", "]", "[", "::bigint", "::text", "::uuid"] {
            plain = plain.replace(ours, "");
        }
        let plain = plain.replace(['\'', ' ', '-', ','], "").replace("NULL", "");
        assert!(plain.bytes().all(|byte| byte.is_ascii_hexdigit()), "{plain}");
    }
}
