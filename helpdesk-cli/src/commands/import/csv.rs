//! Rows of a CSV file, read into requests by the names in its first row.

use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};
use helpdesk_core::desk::ImportRequest;
use serde_json::{Map, Value, json};

use super::super::form::{KNOWN, TOLD};
use super::entry::{Entry, Work};
use super::split::{Raw, Split};
use super::{BOM, Feed, KEPT, parse};
use crate::failure::Failure;
use crate::lang::Saying;

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
    /// If the first row cannot be read, or has a name that is not known.
    pub(super) fn new(source: Box<dyn Read + Send>, longest: usize) -> Result<Self, Failure> {
        let mut split = Split::new(source, longest);
        let first = split.next().map_err(|error| Failure::io("import", error))?.map(|raw| raw.text).unwrap_or_default();
        let headers = cells(first.strip_prefix(BOM).unwrap_or(&first));
        let columns: Vec<String> = headers.iter().map(|name| String::from_utf8_lossy(name).trim().to_owned()).collect();
        if let Some(unknown) = columns.iter().find(|name| !is_known(name)) {
            let known = KNOWN.join(", ");
            let unknown: String = unknown.chars().take(100).collect();
            let invalid = helpdesk_core::text::Invalid::new("columns", helpdesk_core::text::Problem::Unknown);
            return Err(Failure::from(invalid).hinting(Saying::new(
                format!("{unknown:?} is not a column; columns are {known}"),
                format!("{unknown:?} ist keine Spalte; Spalten sind {known}"),
            )));
        }
        Ok(Self { split, columns, longest })
    }

    /// A row that does not end, told by what is wrong with it.
    fn endless(&self) -> Work {
        let longest = self.longest;
        let reason = Saying::new(
            format!("the row is longer than {longest} bytes, or a quote is not closed"),
            format!("die Zeile ist länger als {longest} Bytes, oder ein Anführungszeichen ist nicht geschlossen"),
        );
        Work::Bad { code: "invalid_row", reason }
    }

    fn work(&self, row: &ByteRecord) -> Work {
        if row.len() != self.columns.len() {
            let (cells, columns) = (row.len(), self.columns.len());
            let reason = Saying::new(
                format!("the row has {cells} cells, the first row has {columns}"),
                format!("die Zeile hat {cells} Zellen, die erste hat {columns}"),
            );
            return Work::Bad { code: "invalid_row", reason };
        }
        let mut request = Map::new();
        let mut requester = Map::new();
        for (name, cell) in self.columns.iter().zip(row) {
            let Ok(cell) = std::str::from_utf8(cell) else {
                return Work::Bad {
                    code: "invalid_utf8",
                    reason: Saying::new(format!("{name} is not UTF-8"), format!("{name} ist kein UTF-8")),
                };
            };
            let cell = plain(cell);
            match name.as_str() {
                _ if cell.is_empty() => {}
                told if TOLD.contains(&told) => {}
                "tags" => {
                    request.insert(name.clone(), cell.split(',').map(|tag| json!(tag.trim())).collect());
                }
                _ => match name.strip_prefix("requester_") {
                    Some(part) => drop(requester.insert(part.to_owned(), json!(cell))),
                    None => drop(request.insert(name.clone(), json!(cell))),
                },
            }
        }
        request.insert("requester".to_owned(), requester.into());
        match parse::value::<ImportRequest>(Value::Object(request)) {
            Ok(request) => Work::Row(Box::new(request)),
            Err(unreadable) => Work::Bad { code: unreadable.code, reason: unreadable.reason },
        }
    }
}

impl Feed for Rows {
    fn next(&mut self) -> Result<Option<Entry>, Failure> {
        loop {
            let raw = self.split.next().map_err(|error| Failure::io("import", error))?;
            let Some(Raw { line, offset, mut text, whole }) = raw else { return Ok(None) };
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let work = if whole {
                self.work(&cells(&text))
            } else {
                text.truncate(KEPT);
                self.endless()
            };
            return Ok(Some(Entry { number: line, offset, text, work }));
        }
    }
}

/// The cells of a row.
fn cells(row: &[u8]) -> ByteRecord {
    let mut reader =
        ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(row.len() + 1).from_reader(row);
    let mut cells = ByteRecord::new();
    // Reading from memory does not fail, and there is one row at most.
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
