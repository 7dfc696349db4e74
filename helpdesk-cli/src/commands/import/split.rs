//! Where rows of CSV begin and end, none longer than allowed. Quotes that do not fit cost their own line, not the rest of
//! the file: after it the next line is read. What a row says is not looked at.

use std::io::{self, Read};

/// How much is read at a time.
const CHUNK: usize = 64 * 1024;

/// The rows.
pub(super) struct Split {
    source: Box<dyn Read + Send>,
    buffer: Vec<u8>,
    /// Where in the buffer the next row begins.
    begin: usize,
    longest: usize,
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
        Self { source, buffer: Vec::new(), begin: 0, longest, line: 1, offset: 0 }
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
                return Ok((read > 0).then(|| match fault {
                    Some(fault) => self.broken(read, fault),
                    None => self.row(read, 0),
                }));
            };
            state = match (state, byte) {
                (State::Stray, b'\n') => return Ok(Some(Raw { fault: Some(Fault::Stray), ..self.row(read, 1) })),
                (State::Stray, _) => State::Stray,
                (State::Quoted, b'"') | (State::Quote, b'\r') => State::Quote,
                (State::Cell | State::Quote, b'"') | (State::Quoted, _) => State::Quoted,
                (_, b'\n') => return Ok(Some(self.row(read, 1))),
                (_, b',') => State::Cell,
                (State::Quote, _) if self.lines(read) > 0 => return Ok(Some(self.broken(read, Fault::Stray))),
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
    fn broken(&mut self, read: usize, fault: Fault) -> Raw {
        let line = self.line;
        let there = &self.buffer[self.begin..self.begin + read];
        let first = there.iter().position(|byte| *byte == b'\n');
        let text = self.take(first.unwrap_or(read), usize::from(first.is_some()));
        Raw { line, offset: self.offset, text, fault: Some(fault) }
    }

    /// The same for a row that is too long; a line that is too long by itself is passed over to its end.
    fn cut(&mut self, read: usize) -> io::Result<Raw> {
        let mut cut = self.broken(read, Fault::Open);
        if cut.text.len() == read {
            cut.fault = Some(Fault::TooLong);
            loop {
                match self.byte(0)? {
                    None => break,
                    Some(b'\n') => break drop(self.take(0, 1)),
                    Some(_) => drop(self.take(1, 0)),
                }
            }
        }
        cut.offset = self.offset;
        Ok(cut)
    }

    /// How many lines end within so many bytes.
    fn lines(&self, bytes: usize) -> u64 {
        self.buffer[self.begin..self.begin + bytes].split(|byte| *byte == b'\n').skip(1).count() as u64
    }

    fn take(&mut self, bytes: usize, end: usize) -> Vec<u8> {
        self.line += self.lines(bytes + end);
        let all = &self.buffer[self.begin..self.begin + bytes + end];
        self.offset += all.len() as u64;
        let text = all[..bytes].to_vec();
        self.begin += bytes + end;
        text
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
            [row(1, "5\" disk", None), row(2, "\"a \"\"b\"\"\"\r", None), row(3, "c", None)]
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
}
