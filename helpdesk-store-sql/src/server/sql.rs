//! Statements put together from literal pieces and bound values: the only place where SQL is not one literal.
//! A piece is `&'static str` and a value is always bound, so nothing from outside can become SQL.

use std::fmt::Write;

use super::value::Value;

/// A statement on its way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sql {
    pieces: Vec<Piece>,
    values: Vec<Value>,
}

/// A bound value, to be named in the text as often as needed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Param(usize);

#[derive(Debug, Clone, Copy)]
enum Piece {
    Text(&'static str),
    Value(usize),
}

/// How an engine names the values in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Placeholders {
    /// `$1`, `$2` …: each value goes once.
    Numbered,
    /// `?`: a value goes as often as it is named.
    #[cfg_attr(not(feature = "mysql"), expect(dead_code, reason = "MariaDB's"))]
    Plain,
}

impl Sql {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// One literal with its values.
    pub(crate) fn of<const N: usize>(text: &'static str, values: [Value; N]) -> Self {
        let mut sql = Self::new();
        let params = values.map(|value| sql.param(value));
        sql.add(text, &params);
        sql
    }

    /// Binds a value.
    pub(crate) fn param(&mut self, value: impl Into<Value>) -> Param {
        self.values.push(value.into());
        Param(self.values.len() - 1)
    }

    /// Adds text whose `?` stand for `params`, in order.
    ///
    /// # Panics
    /// If there are not as many: both are literals of this crate.
    pub(crate) fn add(&mut self, text: &'static str, params: &[Param]) -> &mut Self {
        let mut pieces = text.split('?');
        self.pieces.extend(pieces.next().map(Piece::Text));
        let mut params = params.iter();
        for piece in pieces {
            let Some(Param(index)) = params.next() else { unreachable!("a placeholder has no value: {text}") };
            self.pieces.extend([Piece::Value(*index), Piece::Text(piece)]);
        }
        assert!(params.next().is_none(), "a value has no placeholder: {text}");
        self
    }

    /// Adds text without values.
    pub(crate) fn push(&mut self, text: &'static str) -> &mut Self {
        self.pieces.push(Piece::Text(text));
        self
    }

    /// The same statement behind a word that explains it.
    #[cfg(all(test, feature = "postgres", feature = "mysql"))]
    pub(crate) fn explained(&self, word: &'static str) -> Self {
        let mut explained = self.clone();
        explained.pieces.insert(0, Piece::Text(word));
        explained
    }

    /// The text as an engine wants it, and its values in the order in which they go. `schema` stands before the name of
    /// every table of ours.
    pub(crate) fn render(&self, placeholders: Placeholders, schema: Option<&str>) -> (String, Vec<&Value>) {
        let mut text = String::with_capacity(512);
        let mut values = Vec::with_capacity(self.values.len());
        for piece in &self.pieces {
            match (piece, placeholders) {
                (Piece::Text(piece), _) => text.push_str(piece),
                // Writing to a string cannot fail.
                (Piece::Value(index), Placeholders::Numbered) => drop(write!(text, "${}", index + 1)),
                (Piece::Value(index), Placeholders::Plain) => {
                    text.push('?');
                    values.extend(self.values.get(*index));
                }
            }
        }
        if placeholders == Placeholders::Numbered {
            values.extend(&self.values);
        }
        (placed(text, placeholders, schema), values)
    }

    /// The text with each value spelt where it stands, for an engine that else names them like this.
    pub(crate) fn spelt(
        &self,
        placeholders: Placeholders,
        schema: Option<&str>,
        spell: impl Fn(&Value, &mut String),
    ) -> String {
        let mut text = String::with_capacity(4096);
        for piece in &self.pieces {
            match piece {
                Piece::Text(piece) => text.push_str(piece),
                Piece::Value(index) => self.values.get(*index).into_iter().for_each(|value| spell(value, &mut text)),
            }
        }
        placed(text, placeholders, schema)
    }
}

/// Puts the schema before the names of our tables; in a spelt text these are the only places with such a name, since a
/// value has none but digits.
pub(crate) fn placed(text: String, placeholders: Placeholders, schema: Option<&str>) -> String {
    match (schema, placeholders) {
        (None, _) => text,
        (Some(schema), Placeholders::Numbered) => text.replace(" helpdesk_", &format!(" \"{schema}\".helpdesk_")),
        (Some(schema), Placeholders::Plain) => text.replace(" helpdesk_", &format!(" `{schema}`.helpdesk_")),
    }
}
