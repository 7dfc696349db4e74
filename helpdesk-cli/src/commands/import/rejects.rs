//! The file of what was rejected: line, code, reason and the line itself, as JSON lines.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, ErrorKind, Write};
use std::path::PathBuf;

use serde_json::json;

use crate::failure::Failure;

/// The file, made when the first line is rejected.
pub(super) struct Rejects {
    path: PathBuf,
    file: Option<BufWriter<File>>,
    dry_run: bool,
}

impl Rejects {
    /// Begins; what an earlier import left is taken away, unless this one goes on from it. A dry run keeps nothing.
    ///
    /// # Errors
    /// If the old file cannot be taken away.
    pub(super) fn new(path: PathBuf, resume: bool, dry_run: bool) -> Result<Self, Failure> {
        if !resume && !dry_run {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(Failure::io(path.display().to_string(), error));
                }
                _ => {}
            }
        }
        Ok(Self { path, file: None, dry_run })
    }

    /// Keeps a line.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub(super) fn keep(&mut self, number: u64, code: &str, reason: &str, text: &[u8]) -> Result<(), Failure> {
        let line = json!({ "line": number, "code": code, "reason": reason, "text": String::from_utf8_lossy(text) });
        if self.dry_run {
            drop(writeln!(anstream::stderr(), "{}", crate::output::printable(&format!("line {number}: {reason}"))));
            return Ok(());
        }
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
