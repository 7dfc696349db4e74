//! Rows of a CSV file, read into requests by the names in its first row.

use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};
use helpdesk_core::desk::ImportRequest;
use helpdesk_core::text::{Invalid, Problem};
use serde_json::{Map, Value, json};

use super::super::form::{KNOWN, TOLD};
use super::entry::{Entry, Work};
use super::reason::{self, Reason};
use super::split::{Fault, Raw, Split};
use super::{BOM, Feed, KEPT};
use crate::failure::Failure;
use crate::lang::Saying;

/// What parts of the requester are called in the first row.
const REQUESTER: &str = "requester_";
/// The code of a row that is none.
const INVALID_ROW: &str = "invalid_row";
/// How many characters of a name that is no column are said.
const SAID: usize = 100;

/// The rows.
pub(super) struct Rows {
    split: Split,
    columns: Vec<String>,
    longest: usize,
}

impl Rows {
    /// The rows of `source`, those of more than `longest` bytes marked as bad.
    ///
    /// # Errors
    /// If the first row cannot be read, or has a name that is not known or stands there twice.
    pub(super) fn new(source: Box<dyn Read + Send>, longest: usize) -> Result<Self, Failure> {
        let mut split = Split::new(source, longest);
        let mut first = Vec::new();
        // Whatever empty lines stand before the names.
        while first.strip_prefix(BOM).unwrap_or(&first).trim_ascii().is_empty() {
            let Some(raw) = split.next().map_err(|error| Failure::io("import", error))? else { break };
            first = raw.text;
        }
        let headers = cells(first.strip_prefix(BOM).unwrap_or(&first));
        let columns: Vec<String> = headers.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        let wrong = |problem, en: String, de: String| {
            Err(Failure::from(Invalid::new("columns", problem)).hinting(Saying::new(en, de)))
        };
        if let Some(unknown) = columns.iter().find(|name| !is_known(name)) {
            let known = KNOWN.join(", ");
            let unknown: String = unknown.chars().take(SAID).collect();
            return wrong(
                Problem::Unknown,
                format!("{unknown:?} is not a column; columns are {known}"),
                format!("{unknown:?} ist keine Spalte; Spalten sind {known}"),
            );
        }
        // Each is one of the known ones, so that twice is found among the first few.
        let twice = columns.iter().enumerate().find(|(place, name)| columns[..*place].contains(name));
        if let Some((_, twice)) = twice {
            let (en, de) = (format!("{twice:?} stands there twice"), format!("{twice:?} steht dort zweimal"));
            return wrong(Problem::Duplicate, en, de);
        }
        Ok(Self { split, columns, longest })
    }

    fn faulty(&self, fault: Fault) -> Reason {
        let longest = self.longest;
        let words = match fault {
            Fault::TooLong => return Reason::too_long(longest),
            Fault::Open => Saying::new(
                format!("a quote is not closed within {longest} bytes or before the end of the file"),
                format!("ein Anführungszeichen schließt nicht innerhalb von {longest} Bytes oder vor dem Dateiende"),
            ),
            Fault::Stray => Saying::new(
                "text stands behind a closing quote, or a quote is not closed",
                "hinter einem schließenden Anführungszeichen steht Text, oder eines schließt nicht",
            ),
        };
        Reason::whole(INVALID_ROW, words)
    }

    fn request(&self, row: &ByteRecord) -> Result<ImportRequest, Reason> {
        if row.len() != self.columns.len() {
            let (cells, columns) = (row.len(), self.columns.len());
            let words = Saying::new(
                format!("the row has {cells} cells, the first row has {columns}"),
                format!("die Zeile hat {cells} Zellen, die erste hat {columns}"),
            );
            return Err(Reason::whole(INVALID_ROW, words));
        }
        let mut request = Map::new();
        let mut requester = Map::new();
        for (name, cell) in self.columns.iter().zip(row) {
            let Ok(cell) = std::str::from_utf8(cell) else {
                return Err(Reason::no_text(Some(name)));
            };
            if cell.contains('\0') {
                // Text of another encoding, or no text: cleaning it would make it look whole.
                return Err(Reason::value(name.clone(), &Saying::new("has a NUL", "enthält ein NUL-Zeichen")));
            }
            let cell = plain(cell);
            match name.as_str() {
                _ if cell.is_empty() => {}
                told if TOLD.contains(&told) => {}
                "tags" => {
                    request.insert(name.clone(), cell.split(',').map(|tag| json!(tag.trim())).collect());
                }
                _ => match name.strip_prefix(REQUESTER) {
                    Some(part) => drop(requester.insert(part.to_owned(), json!(cell))),
                    None => drop(request.insert(name.clone(), json!(cell))),
                },
            }
        }
        request.insert("requester".to_owned(), requester.into());
        reason::value(Value::Object(request)).map_err(|reason| {
            reason.renamed(|field| match field.strip_prefix("requester.") {
                Some(part) => format!("{REQUESTER}{part}"),
                None => field.to_owned(),
            })
        })
    }
}

impl Feed for Rows {
    fn next(&mut self) -> Result<Option<Entry>, Failure> {
        loop {
            let raw = self.split.next().map_err(|error| Failure::io("import", error))?;
            let Some(Raw { line, offset, mut text, fault }) = raw else { return Ok(None) };
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let request = match fault {
                None => self.request(&cells(&text)),
                Some(fault) => {
                    text.truncate(KEPT);
                    Err(self.faulty(fault))
                }
            };
            let work = request.map_or_else(Work::Bad, |request| Work::Row(Box::new(request)));
            return Ok(Some(Entry { number: line, offset, text, work }));
        }
    }
}

/// The cells of a row.
fn cells(row: &[u8]) -> ByteRecord {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(row.len() + 1).from_reader(row);
    let mut cells = ByteRecord::new();
    // Reading from memory does not fail, and a row is split off where the reader would end it.
    drop(reader.read_byte_record(&mut cells));
    cells
}

fn is_known(name: &str) -> bool {
    KNOWN.contains(&name) || TOLD.contains(&name)
}

/// A cell without the `'` that an export put before what begins like a formula.
fn plain(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if crate::output::neutral(rest) == cell => rest,
        _ => cell,
    }
}
