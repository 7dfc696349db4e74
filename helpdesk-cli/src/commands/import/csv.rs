//! Rows of a CSV file, read into requests by the names in its first row.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use csv::{ByteRecord, Reader, ReaderBuilder};
use helpdesk_core::desk::ImportRequest;
use serde_json::{Map, Value, json};

use super::super::form::{KNOWN, TOLD};
use super::Feed;
use super::entry::{Entry, Work};
use crate::failure::Failure;
use crate::lang::Saying;

/// The rows.
pub(super) struct Rows {
    reader: Reader<Bounded>,
    columns: Vec<String>,
    /// Bytes read since the last row.
    since: Arc<AtomicUsize>,
}

/// A source that ends with an error when one row takes more than allowed: an unclosed quote would take the whole file.
struct Bounded {
    source: Box<dyn Read + Send>,
    since: Arc<AtomicUsize>,
    longest: usize,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.since.load(Ordering::Relaxed) > self.longest {
            let problem = format!("a row is longer than {} bytes, or a quote is not closed", self.longest);
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        let read = self.source.read(buffer)?;
        self.since.fetch_add(read, Ordering::Relaxed);
        Ok(read)
    }
}

impl Rows {
    /// The rows of `source`.
    ///
    /// # Errors
    /// If the first row cannot be read, or has a name that is not known.
    pub(super) fn new(source: Box<dyn Read + Send>, longest: usize) -> Result<Self, Failure> {
        let since = Arc::new(AtomicUsize::new(0));
        let bounded = Bounded { source, since: Arc::clone(&since), longest };
        let mut reader = ReaderBuilder::new().flexible(true).from_reader(bounded);
        let headers = reader.byte_headers().map_err(|error| Failure::io("import", error.into()))?;
        let columns: Vec<String> = headers
            .iter()
            .map(|name| String::from_utf8_lossy(name).trim_start_matches('\u{feff}').trim().to_owned())
            .collect();
        if let Some(unknown) = columns.iter().find(|name| !is_known(name)) {
            let known = KNOWN.join(", ");
            let unknown: String = unknown.chars().take(100).collect();
            let invalid = helpdesk_core::text::Invalid::new("columns", helpdesk_core::text::Problem::Unknown);
            return Err(Failure::from(invalid).hinting(Saying::new(
                format!("{unknown:?} is not a column; columns are {known}"),
                format!("{unknown:?} ist keine Spalte; Spalten sind {known}"),
            )));
        }
        Ok(Self { reader, columns, since })
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
        match serde_json::from_value::<ImportRequest>(Value::Object(request)) {
            Ok(request) => Work::Row(Box::new(request)),
            Err(error) => Work::Bad { code: "invalid_row", reason: Saying::command(error.to_string()) },
        }
    }
}

impl Feed for Rows {
    fn next(&mut self) -> Result<Option<Entry>, Failure> {
        self.since.store(0, Ordering::Relaxed);
        let mut row = ByteRecord::new();
        if !self.reader.read_byte_record(&mut row).map_err(|error| Failure::io("import", error.into()))? {
            return Ok(None);
        }
        let position = row.position().map_or((0, 0), |position| (position.line(), position.byte()));
        let work = self.work(&row);
        let text = row.as_slice().to_vec();
        Ok(Some(Entry { number: position.0, offset: position.1, text, work }))
    }
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
