//! Lines of a file, one by one, none longer than allowed.

use std::io::{BufRead, BufReader, Read};

use super::entry::{Entry, Work};
use super::reason::Reason;
use super::{BOM, Feed, KEPT};
use crate::failure::Failure;

/// The lines.
pub(super) struct Lines {
    reader: BufReader<Box<dyn Read + Send>>,
    longest: usize,
    number: u64,
    offset: u64,
}

impl Lines {
    /// The lines of `source`, those of more than `longest` bytes marked as bad.
    pub(super) fn new(source: Box<dyn Read + Send>, longest: usize) -> Self {
        Self { reader: BufReader::new(source), longest, number: 0, offset: 0 }
    }

    /// Reads a line into `line`, at most one byte more than allowed; whether there was one.
    fn read(&mut self, line: &mut Vec<u8>) -> std::io::Result<bool> {
        let mut any = false;
        loop {
            let buffer = self.reader.fill_buf()?;
            if buffer.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = buffer.iter().position(|byte| *byte == b'\n');
            let part = &buffer[..end.unwrap_or(buffer.len())];
            let room = (self.longest + 1).saturating_sub(line.len());
            line.extend_from_slice(&part[..part.len().min(room)]);
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.reader.consume(used);
            self.offset += used as u64;
            if end.is_some() {
                return Ok(true);
            }
        }
    }
}

impl Feed for Lines {
    fn next(&mut self) -> Result<Option<Entry>, Failure> {
        loop {
            let mut text = Vec::new();
            if !self.read(&mut text).map_err(|error| Failure::io("import", error))? {
                return Ok(None);
            }
            self.number += 1;
            if self.number == 1 && text.starts_with(BOM) {
                text.drain(..BOM.len());
            }
            if text.iter().all(u8::is_ascii_whitespace) {
                continue;
            }
            let work = if text.len() > self.longest {
                text.truncate(KEPT);
                Work::Bad(Reason::too_long(self.longest))
            } else {
                Work::Line
            };
            return Ok(Some(Entry { number: self.number, offset: self.offset, text, work }));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_cut_and_the_next_is_whole() {
        let source = std::io::Cursor::new(b"\xef\xbb\xbf{}\n\naaaaaaaaaaaaaaaaaaaa\n\xff\nlast".to_vec());
        let mut lines = Lines::new(Box::new(source), 10);
        let first = lines.next().unwrap().unwrap();
        assert_eq!((first.number, first.text.as_slice()), (1, b"{}".as_slice()));
        assert!(matches!(lines.next().unwrap().unwrap().work, Work::Bad(_)));
        assert_eq!(lines.next().unwrap().unwrap().text, b"\xff");
        assert_eq!(lines.next().unwrap().unwrap().number, 5);
        assert!(lines.next().unwrap().is_none());
    }
}
