//! The file of what was rejected: line, code, field, reason and the line itself, as JSON lines.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::PathBuf;

use helpdesk_core::text::Language;
use serde_json::json;

use super::reason::Reason;
use crate::failure::Failure;
use crate::lang::Saying;
use crate::output::printable;

/// The file, made when the first line is rejected.
pub(super) struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    dry_run: bool,
    language: Language,
}

impl Rejects {
    /// Begins; what an earlier import left is taken away, unless this one goes on from it. A dry run keeps nothing.
    ///
    /// # Errors
    /// If the old file cannot be taken away.
    pub(super) fn new(path: PathBuf, resume: bool, dry_run: bool, language: Language) -> Result<Self, Failure> {
        if !resume && !dry_run {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Failure::io(path.display().to_string(), error));
                }
                _ => {}
            }
        }
        Ok(Self { path, file: None, dry_run, language })
    }

    /// Keeps a line.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn keep(&mut self, number: u64, reason: &Reason, text: &[u8]) -> Result<(), Failure> {
        let words = reason.words.get(self.language);
        if self.dry_run {
            let line = Saying::new(format!("line {number}: {words}"), format!("Zeile {number}: {words}"));
            drop(writeln!(anstream::stderr(), "{}", printable(line.get(self.language))));
            return Ok(());
        }
        let text = String::from_utf8_lossy(text);
        let line = json!({ "line": number, "code": reason.code, "field": reason.field, "reason": words, "text": text });
        let failed = |error| Failure::io(self.path.display().to_string(), error);
        let file = match &mut self.file {
            Some(file) => file,
            none => {
                let opened = OpenOptions::new().create(true).append(true).open(&self.path).map_err(failed)?;
                none.insert(BufWriter::new(opened))
            }
        };
        writeln!(file, "{line}").map_err(failed)
    }

    /// Ends; where the file is, if there is one.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn finish(self) -> Result<Option<PathBuf>, Failure> {
        match self.file {
            Some(mut file) => {
                file.flush().map_err(|error| Failure::io(self.path.display().to_string(), error))?;
                Ok(Some(self.path))
            }
            None => Ok(None),
        }
    }
}
