//! Where rows of CSV begin and end, none longer than allowed. Quotes that do not fit cost their own line, not the rest of
//! the file: after it the next line is read. Lines end as any system ends them. What a row says is not looked at.

use std::io::{self, Read};

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;
/// How many of the longest rows are read in vain for quotes that do not fit; after that a row ends with its line, so
/// that a file full of them takes no longer than its length.
const PATIENCE: usize = 4;

/// The rows.
pub(super) struct Split {
    source: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Where in the buffer the next row begins.
    begin: usize,
    longest: usize,
    /// How many bytes may yet be read in vain.
    patience: usize,
    line: u64,
    offset: u64,
}

/// A row as it stands in the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Raw {
    /// The line that it begins on.
    pub(super) line: u64,
    /// How many bytes of the file are read with it.
    pub(super) offset: u64,
    /// Its bytes, without its end. Of one with a fault, its first line.
    pub(super) text: Vec<u8>,
    /// What is wrong with it as a whole.
    pub(super) fault: Option<Fault>,
}

/// What is wrong with a row as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Its line has more bytes than allowed.
    TooLong,
    /// A quote is not closed.
    Open,
    /// Text stands behind a closing quote: most likely an earlier one was not closed, and this one opens another cell.
    Stray,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// At the beginning of a cell.
    Cell,
    /// In a cell without quotes.
    Bare,
    /// Within quotes.
    Quoted,
    /// Behind a quote that may be the last, or the first of two.
    Quote,
    /// In a line where quotes do not fit.
    Stray,
}

impl Split {
    /// The rows of `source`, none of more than `longest` bytes.
    pub(super) fn new(source: Box<dyn Read + Send>, longest: usize) -> Self {
        let patience = longest.saturating_mul(PATIENCE);
        Self { source, buffer: Vec::new(), begin: 0, longest, patience, line: 1, offset: 0 }
    }

    /// The next row, be it empty; `None` at the end.
    ///
    /// # Errors
    /// If the source cannot be read.
    pub(super) fn next(&mut self) -> io::Result<Option<Raw>> {
        let mut state = State::Cell;
        let mut read = 0;
        loop {
            let Some(byte) = self.byte(read)? else {
                let fault = match state {
                    State::Quoted => Some(Fault::Open),
                    State::Stray => Some(Fault::Stray),
                    _ => None,
                };
                return match fault {
                    _ if read == 0 => Ok(None),
                    Some(fault) => self.broken(read, fault).map(Some),
                    None => Ok(Some(self.row(read, 0))),
                };
            };
            let ends = matches!(byte, b'\n' | b'\r');
            state = match (state, byte) {
                (State::Quoted, _) if ends && self.patience == 0 => return self.broken(read, Fault::Open).map(Some),
                (State::Quoted, b'"') => State::Quote,
                (State::Cell | State::Quote, b'"') | (State::Quoted, _) => State::Quoted,
                (_, _) if ends => {
                    let fault = (state == State::Stray).then_some(Fault::Stray);
                    let end = self.end(read)?;
                    return Ok(Some(Raw { fault, ..self.row(read, end) }));
                }
                (State::Stray, _) => State::Stray,
                (_, b',') => State::Cell,
                (State::Quote, _) if self.lines(read) > 0 => return self.broken(read, Fault::Stray).map(Some),
                (State::Quote, _) => State::Stray,
                _ => State::Bare,
            };
            read += 1;
            if read > self.longest {
                return self.cut(read).map(Some);
            }
        }
    }

    /// The byte so far behind the beginning of the row.
    fn byte(&mut self, at: usize) -> io::Result<Option<u8>> {
        if self.begin + at == self.buffer.len() {
            self.buffer.drain(..self.begin);
            self.begin = 0;
            let before = self.buffer.len();
            self.buffer.resize(before + CHUNK, 0);
            let read = loop {
                match self.source.read(&mut self.buffer[before..]) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    read => break read,
                }
            };
            self.buffer.truncate(before + read.as_ref().copied().unwrap_or_default());
            read?;
        }
        Ok(self.buffer.get(self.begin + at).copied())
    }

    /// The row of so many bytes, and so many behind it that end it.
    fn row(&mut self, bytes: usize, end: usize) -> Raw {
        let line = self.line;
        let text = self.take(bytes, end);
        Raw { line, offset: self.offset, text, fault: None }
    }

    /// The first line of a row with a fault; the next row begins behind it.
    fn broken(&mut self, read: usize, fault: Fault) -> io::Result<Raw> {
        let line = self.line;
        let there = &self.buffer[self.begin..self.begin + read];
        let first = there.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(read);
        self.patience = self.patience.saturating_sub(read - first);
        let end = self.end(first)?;
        let text = self.take(first, end);
        Ok(Raw { line, offset: self.offset, text, fault: Some(fault) })
    }

    /// The same for a row that is too long; a line that is too long by itself is passed over to its end.
    fn cut(&mut self, read: usize) -> io::Result<Raw> {
        let mut cut = self.broken(read, Fault::Open)?;
        if cut.text.len() == read {
            cut.fault = Some(Fault::TooLong);
            while self.byte(0)?.is_some() {
                let rest = &self.buffer[self.begin..];
                let end = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r'));
                self.pass(end.unwrap_or(rest.len()));
                if end.is_some() {
                    let end = self.end(0)?;
                    self.pass(end);
                    break;
                }
            }
        }
        cut.offset = self.offset;
        Ok(cut)
    }

    /// How many bytes end the line there: none, one, or the two of Windows.
    fn end(&mut self, at: usize) -> io::Result<usize> {
        Ok(match self.byte(at)? {
            Some(b'\n') => 1,
            Some(b'\r') => 1 + usize::from(self.byte(at + 1)? == Some(b'\n')),
            _ => 0,
        })
    }

    /// How many lines end within so many bytes.
    fn lines(&self, bytes: usize) -> u64 {
        let there = &self.buffer[self.begin..self.begin + bytes];
        let ends = there.iter().enumerate().filter(|(at, byte)| match byte {
            b'\n' => true,
            b'\r' => there.get(at + 1) != Some(&b'\n'),
            _ => false,
        });
        ends.count() as u64
    }

    fn take(&mut self, bytes: usize, end: usize) -> Vec<u8> {
        let text = self.buffer[self.begin..self.begin + bytes].to_vec();
        self.pass(bytes + end);
        text
    }

    fn pass(&mut self, bytes: usize) {
        self.line += self.lines(bytes);
        self.offset += bytes as u64;
        self.begin += bytes;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str, longest: usize) -> Vec<(u64, String, Option<Fault>)> {
        let mut split = Split::new(Box::new(io::Cursor::new(text.as_bytes().to_vec())), longest);
        let rows = std::iter::from_fn(|| split.next().unwrap());
        rows.map(|row| (row.line, String::from_utf8(row.text).unwrap(), row.fault)).collect()
    }

    fn row(line: u64, text: &str, fault: Option<Fault>) -> (u64, String, Option<Fault>) {
        (line, text.to_owned(), fault)
    }

    #[test]
    fn rows_end_where_no_quote_is_open() {
        assert_eq!(
            rows("a,b\n\"c\nd\",e\n\nf", 99),
            [row(1, "a,b", None), row(2, "\"c\nd\",e", None), row(4, "", None), row(5, "f", None)]
        );
        assert_eq!(
            rows("5\" disk\n\"a \"\"b\"\"\"\r\nc", 99),
            [row(1, "5\" disk", None), row(2, "\"a \"\"b\"\"\"", None), row(3, "c", None)]
        );
        assert_eq!(rows("", 99), []);
    }

    #[test]
    fn a_quote_that_is_not_closed_costs_its_own_line() {
        assert_eq!(
            rows("a,\"b\nc,d\ne,f\n", 99),
            [row(1, "a,\"b", Some(Fault::Open)), row(2, "c,d", None), row(3, "e,f", None)]
        );
        let long = format!("x,\"{}\nc,d\n", "y\n".repeat(20));
        let told = rows(&long, 10);
        assert_eq!(told.first(), Some(&row(1, "x,\"y", Some(Fault::Open))));
        assert_eq!(told.last(), Some(&row(22, "c,d", None)));
    }

    #[test]
    fn text_behind_a_closing_quote_costs_its_own_line() {
        let stray = Some(Fault::Stray);
        assert_eq!(
            rows("a,\"b\nc,\"d\",e\nf", 99),
            [row(1, "a,\"b", stray), row(2, "c,\"d\",e", None), row(3, "f", None)]
        );
        assert_eq!(rows("a,\"b\"c,\"d\ne", 99), [row(1, "a,\"b\"c,\"d", stray), row(2, "e", None)]);
        assert_eq!(rows("\"a\" ", 99), [row(1, "\"a\" ", stray)]);
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over() {
        let told = rows(&format!("{}\nc,d\n", "x".repeat(200_000)), 10);
        assert_eq!((told.len(), told[0].1.len(), told[0].2), (2, 11, Some(Fault::TooLong)));
        assert_eq!(told[1], row(2, "c,d", None));
    }

    #[test]
    fn lines_end_as_any_system_ends_them() {
        let told = [row(1, "a,b", None), row(2, "\"c\rd\"", None), row(4, "e", None), row(5, "f", None)];
        assert_eq!(rows("a,b\r\"c\rd\"\re\r\nf", 99), told);
        let open = Some(Fault::Open);
        assert_eq!(rows("a,\"b\r\nc\r", 99), [row(1, "a,\"b", open), row(2, "c", None)]);
        let long = format!("{}\r\nc\r", "x".repeat(200_000));
        assert_eq!(rows(&long, 10)[1], row(2, "c", None));
    }

    #[test]
    fn a_file_full_of_open_quotes_is_read_a_few_times_at_most() {
        // Each line leaves the quotes open, whether it begins within some or not.
        let (lines, longest) = (2_000, 4_000);
        let text = "a\",\",\n".repeat(lines);
        let mut split = Split::new(Box::new(io::Cursor::new(text.into_bytes())), longest);
        let mut told = 0;
        while let Some(row) = split.next().unwrap() {
            assert_eq!((row.text.as_slice(), row.fault), (b"a\",\",".as_slice(), Some(Fault::Open)));
            told += 1;
        }
        assert_eq!((told, split.patience), (lines, 0));
        // A quote that fits is still one, within its line.
        let mut split = Split::new(Box::new(io::Cursor::new(b"\"a,b\",c\n\"d\n".to_vec())), longest);
        split.patience = 0;
        assert_eq!(split.next().unwrap().unwrap().fault, None);
        assert_eq!(split.next().unwrap().unwrap().fault, Some(Fault::Open));
    }
}
