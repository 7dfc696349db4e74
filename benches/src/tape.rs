//! What the desk wrote, row by row, as statements that do it again: so the bare engine gets exactly the desk's rows,
//! whatever they are. Those who listen to an engine are `recorder` and `servers::recorder`.

/// A value of a row.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Text(String),
    Blob(Vec<u8>),
    Id(uuid::Uuid),
}

/// A changed row: the statement that changes it again, parted where its values stand.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    pub(crate) pieces: Vec<String>,
    pub(crate) values: Vec<Value>,
}

/// A table that is listened to.
pub(crate) struct Table {
    pub(crate) name: String,
    pub(crate) columns: Vec<String>,
    /// What finds a row again.
    pub(crate) key: Vec<String>,
}

impl Change {
    /// What became of a row that `key` finds, from `old` to `new`; nothing if it is as it was.
    pub(crate) fn of(table: &Table, key: Vec<Value>, old: Option<Vec<Value>>, new: Option<Vec<Value>>) -> Option<Self> {
        let name = &table.name;
        let mut change = Self { pieces: vec![String::new()], values: Vec::new() };
        match (old, new) {
            (None, None) => return None,
            (None, Some(values)) => {
                change.say(&format!("INSERT INTO {name} VALUES ("));
                for (at, value) in values.into_iter().enumerate() {
                    change.say(if at > 0 { ", " } else { "" });
                    change.put(value);
                }
                change.say(")");
                return Some(change);
            }
            (Some(_), None) => change.say(&format!("DELETE FROM {name}")),
            (Some(old), Some(new)) => {
                change.say(&format!("UPDATE {name} SET "));
                let columns = table.columns.iter().zip(old).zip(new);
                for (at, ((column, _), new)) in columns.filter(|((_, old), new)| old != new).enumerate() {
                    change.say(&format!("{}{column} = ", if at > 0 { ", " } else { "" }));
                    change.put(new);
                }
                if change.values.is_empty() {
                    return None;
                }
            }
        }
        for (at, (column, value)) in table.key.iter().zip(key).enumerate() {
            change.say(&format!("{}{column} = ", if at > 0 { " AND " } else { " WHERE " }));
            change.put(value);
        }
        Some(change)
    }

    /// The statement with what `spelt` says in the place of each value, counted from 0.
    pub(crate) fn text(&self, mut spelt: impl FnMut(usize, &Value) -> String) -> String {
        let mut text = String::new();
        for (at, piece) in self.pieces.iter().enumerate() {
            text.push_str(piece);
            if let Some(value) = self.values.get(at) {
                text.push_str(&spelt(at, value));
            }
        }
        text
    }

    fn say(&mut self, text: &str) {
        if let Some(last) = self.pieces.last_mut() {
            last.push_str(text);
        }
    }

    fn put(&mut self, value: Value) {
        self.values.push(value);
        self.pieces.push(String::new());
    }
}

/// The bytes that hexadecimal digits stand for.
pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2).unwrap_or_default(), 16).unwrap_or_default();
    (0..hex.len() / 2).map(|n| byte(n * 2)).collect()
}
