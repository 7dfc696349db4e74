//! What goes to standard output: tables for people, tab-separated rows for pipes, JSON and CSV where asked. One value
//! goes in, its form is decided here.

mod color;
mod json;
mod relative_time;
mod request_json;
mod table;
mod ticket_json;
mod tsv;

use std::collections::BTreeMap;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::sync::OnceLock;

use helpdesk_core::env::Timestamp;
use helpdesk_core::sla::ServiceLevels;
use helpdesk_core::text::{Labels, Language};
use helpdesk_core::ticket::StatusKey;
use serde_json::Value;

use crate::failure::Failure;
use crate::lang;

pub(crate) use color::Tone;
pub(crate) use json::{Object, names, optional};
pub(crate) use relative_time::relative;
pub(crate) use request_json::{request_object, request_row, request_sheet};
pub(crate) use ticket_json::{Beside, event_json, message_json, ticket_object, ticket_row, ticket_sheet};
pub(crate) use tsv::neutral;

/// The form of the output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// A table, that wide.
    Table(u16),
    /// Tab-separated rows.
    Tabs,
    /// JSON, with only these fields if any are named.
    Json(Vec<String>),
    /// One JSON object a line.
    JsonLines,
    /// CSV with headings.
    Csv,
}

/// Where and how output is written.
#[derive(Debug, Clone)]
pub(crate) struct Output {
    /// The form.
    pub(crate) form: Form,
    /// The language of words for people.
    pub(crate) language: Language,
    /// Whether to colour.
    pub(crate) color: bool,
    /// Whether to leave talk out.
    pub(crate) quiet: bool,
    /// The present instant, for relative times.
    pub(crate) now: Timestamp,
    /// What the tenant calls its statuses; the keys stand for themselves until it is known.
    pub(crate) statuses: OnceLock<BTreeMap<StatusKey, Labels>>,
    /// The tenant's service levels; none until they are known.
    pub(crate) levels: OnceLock<ServiceLevels>,
}

/// A value in a row: in full for programs, and as people read it.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    full: String,
    shown: Option<String>,
    tone: Tone,
}

/// Rows under headings.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sheet {
    /// The columns' names on the wire.
    pub(crate) columns: Vec<&'static str>,
    /// The rows.
    pub(crate) rows: Vec<Vec<Cell>>,
}

/// A list with what is said about it.
#[derive(Debug, Default)]
pub(crate) struct Listed {
    /// What the items are.
    pub(crate) schema: &'static str,
    /// As rows.
    pub(crate) sheet: Sheet,
    /// As objects.
    pub(crate) items: Vec<Object>,
    /// How many there are in all.
    pub(crate) total: Option<u64>,
    /// Where to go on.
    pub(crate) next: Option<String>,
}

impl Cell {
    /// A text.
    pub(crate) fn new(full: impl Into<String>) -> Self {
        Self { full: full.into(), shown: None, tone: Tone::Plain }
    }

    /// The same, which people read otherwise.
    pub(crate) fn shown(mut self, shown: impl Into<String>) -> Self {
        self.shown = Some(shown.into());
        self
    }

    /// The same in a tone.
    pub(crate) fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }
}

impl Output {
    /// Whether people read it.
    pub(crate) fn is_terminal(&self) -> bool {
        matches!(self.form, Form::Table(_))
    }

    /// The tenant's service levels.
    pub(crate) fn levels(&self) -> &ServiceLevels {
        self.levels.get_or_init(ServiceLevels::default)
    }

    /// What people call a status.
    pub(crate) fn status<'a>(&'a self, key: &'a StatusKey) -> &'a str {
        let labels = self.statuses.get().and_then(|statuses| statuses.get(key));
        labels.map_or(key.as_str(), |labels| labels.get(self.language))
    }

    /// Whether it is JSON in some form.
    pub(crate) fn is_json(&self) -> bool {
        matches!(self.form, Form::Json(_) | Form::JsonLines)
    }

    /// Prints a list, and says on standard error if it goes on.
    ///
    /// # Errors
    /// If standard output fails, or a named field does not exist.
    pub(crate) fn list(&self, listed: Listed) -> Result<(), Failure> {
        let Listed { schema, sheet, items, total, next } = listed;
        let shown = sheet.rows.len();
        match &self.form {
            Form::Json(fields) => {
                let items = items.into_iter().map(|item| item.select(fields)).collect::<Result<Vec<_>, _>>()?;
                let list = json::List { schema, items, total, next: next.as_deref(), truncated: next.is_some() };
                self.json_line(&list)?;
            }
            Form::JsonLines => {
                let mut out = stdout();
                for item in &items {
                    serde_json::to_writer(&mut out, item).map_err(|error| Failure::output(error.into()))?;
                    out.write_all(b"\n").map_err(Failure::output)?;
                }
                out.flush().map_err(Failure::output)?;
            }
            _ => self.sheet(&sheet)?,
        }
        if let Some(next) = next {
            self.say(&lang::more_follow(shown, total, &next, self.language));
        } else if shown == 0 && self.is_terminal() {
            self.say(lang::NOTHING.get(self.language));
        }
        Ok(())
    }

    /// Prints one thing. `beside` stands beside it in JSON.
    ///
    /// # Errors
    /// If standard output fails, or a named field does not exist.
    pub(crate) fn item(
        &self,
        schema: &'static str,
        item: Object,
        beside: &[(&'static str, Value)],
        sheet: &Sheet,
    ) -> Result<(), Failure> {
        match &self.form {
            Form::Json(fields) => self.json_line(&json::Single { schema, item: item.select(fields)?, beside }),
            Form::JsonLines => self.json_line(&item),
            _ => self.sheet(sheet),
        }
    }

    /// Prints text as it is: for scripts and pages.
    ///
    /// # Errors
    /// If standard output fails.
    #[expect(clippy::unused_self, reason = "whoever has no output prints nothing")]
    pub(crate) fn raw(&self, text: &str) -> Result<(), Failure> {
        let mut out = stdout();
        out.write_all(text.as_bytes()).and_then(|()| out.flush()).map_err(Failure::output)
    }

    /// Prints rows in the form for people, for pipes, or as CSV.
    ///
    /// # Errors
    /// If standard output fails.
    pub(crate) fn sheet(&self, sheet: &Sheet) -> Result<(), Failure> {
        match self.form {
            Form::Table(width) => {
                let table::Fitted { text, left_out } = table::table(sheet, width, self.color, self.language);
                self.raw(&text)?;
                // What a write came to is one row, and says what matters of it.
                if !left_out.is_empty() && sheet.rows.len() > 1 {
                    self.say(&lang::columns_left_out(&left_out, self.language));
                }
                Ok(())
            }
            Form::Csv => self.raw(&tsv::csv(sheet)),
            _ => self.raw(&tsv::tabs(sheet)),
        }
    }

    /// Prints more rows of a list that goes on, without headings; in JSON one thing a line, each in its envelope with
    /// `--json`.
    ///
    /// # Errors
    /// As [`Output::list`].
    pub(crate) fn more(&self, schema: &'static str, sheet: &Sheet, items: Vec<Object>) -> Result<(), Failure> {
        match &self.form {
            Form::Json(fields) => {
                for item in items {
                    let item = json::Single { schema, item: item.select(fields)?, beside: &[] };
                    let text = serde_json::to_string(&item).map_err(|error| Failure::output(error.into()))?;
                    self.raw(&(text + "\n"))?;
                }
                Ok(())
            }
            Form::JsonLines => items.iter().try_for_each(|item| self.json_line(item)),
            Form::Table(width) => {
                let text = table::table(sheet, *width, self.color, self.language).text;
                self.raw(&behind_headings(&text))
            }
            Form::Csv => self.raw(&behind_headings(&tsv::csv(sheet))),
            Form::Tabs => self.raw(&tsv::tabs(sheet)),
        }
    }

    /// Says something on standard error, unless it is to be quiet. That nobody listens is no failure.
    pub(crate) fn say(&self, words: &str) {
        if !self.quiet {
            drop(writeln!(anstream::stderr(), "{}", printable(words)));
        }
    }

    /// Says what can usefully be done next, to people.
    pub(crate) fn next(&self, command: &str) {
        if self.is_terminal() {
            self.say(&format!("{} {command}", lang::NEXT.get(self.language)));
        }
    }

    fn json_line(&self, value: &impl serde::Serialize) -> Result<(), Failure> {
        let pretty = io::stdout().is_terminal();
        let text = if pretty { serde_json::to_string_pretty(value) } else { serde_json::to_string(value) };
        self.raw(&(text.map_err(|error| Failure::output(error.into()))? + "\n"))
    }
}

/// The lines behind the first.
fn behind_headings(text: &str) -> String {
    text.lines().skip(1).flat_map(|line| [line, "\n"]).collect()
}

/// An instant on the wire.
pub(crate) fn time(at: Timestamp) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

/// Text without what could steer a terminal.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

/// Standard output, gathered.
pub(crate) fn stdout() -> BufWriter<io::StdoutLock<'static>> {
    BufWriter::new(io::stdout().lock())
}
