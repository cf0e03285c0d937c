//! Splits the bytes of a CSV file into records (RFC 4180, any line ending) in bounded memory. A quote
//! that is never closed costs the line it stands on, not the rest of the file.

use std::collections::VecDeque;
use std::io::{BufRead, Read as _};

/// The longest record: beyond it a quote was left open.
const MAX_RECORD_BYTES: usize = 64 * 1024;

/// One record: its fields one after the other, and the physical line it starts on.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// The line of the file on which the record starts, from 1.
    pub line: u64,
    /// Where the record starts in the file.
    pub offset: u64,
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Record {
    /// Number of fields.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// The fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &[u8]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).map(|(start, end)| &self.bytes[start..*end])
    }

    /// Whether nothing stands on the line.
    fn is_blank(&self) -> bool {
        self.ends.len() <= 1 && self.bytes.iter().all(u8::is_ascii_whitespace)
    }

    /// Takes the record apart at the delimiter; quotes protect delimiters and line ends.
    fn split(&mut self, text: &[u8], delimiter: u8) {
        self.bytes.clear();
        self.ends.clear();
        let (mut quoted, mut at_start, mut index) = (false, true, 0);
        while let Some(&byte) = text.get(index) {
            index += 1;
            if quoted {
                match byte {
                    b'"' if text.get(index) == Some(&b'"') => {
                        self.bytes.push(b'"');
                        index += 1;
                    }
                    b'"' => quoted = false,
                    other => self.bytes.push(other),
                }
            } else if byte == b'"' && at_start {
                quoted = true;
                at_start = false;
            } else if byte == delimiter {
                self.ends.push(self.bytes.len());
                at_start = true;
            } else {
                self.bytes.push(byte);
                at_start = false;
            }
        }
        self.ends.push(self.bytes.len());
    }
}

/// What came next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// A record.
    Record,
    /// The line could not be a record of its own; the reason is for the person who sent the file.
    Bad(&'static str),
    /// The end of the file.
    End,
}

/// Reads records from bytes.
pub(super) struct Splitter<R> {
    from: R,
    delimiter: u8,
    /// Physical lines read ahead while looking for a closing quote, with their offsets.
    ahead: VecDeque<(u64, Vec<u8>)>,
    next_line: u64,
    read: u64,
    /// How many cells a row has, once the header told.
    pub cell_count: Option<usize>,
}

/// Where text read so far ends, by the same rules as [`Record::split`].
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// Behind a quote that closes, unless another one follows.
    Closed,
}

/// What quotes do in text read so far.
#[derive(Clone, Copy)]
struct Quotes {
    place: Place,
    /// Something other than a delimiter followed a closing quote.
    are_odd: bool,
}

impl Quotes {
    const NONE: Self = Self { place: Place::Start, are_odd: false };

    fn after(mut self, text: &[u8], delimiter: u8) -> Self {
        for &byte in text {
            self.place = match (self.place, byte) {
                (Place::Quoted, b'"') => Place::Closed,
                (Place::Quoted, _) | (Place::Start | Place::Closed, b'"') => Place::Quoted,
                (_, other) if other == delimiter => Place::Start,
                (Place::Closed, b'\r' | b'\n') => Place::Closed,
                (Place::Closed, _) => {
                    self.are_odd = true;
                    Place::Plain
                }
                _ => Place::Plain,
            };
        }
        self
    }

    fn is_open(self) -> bool {
        self.place == Place::Quoted
    }
}

impl<R: BufRead> Splitter<R> {
    /// Reads from `from`, whose first byte is at `offset` of the file and begins line `line`.
    pub fn new(from: R, delimiter: u8, offset: u64, line: u64) -> Self {
        Self { from, delimiter, ahead: VecDeque::new(), next_line: line, read: offset, cell_count: None }
    }

    /// How many bytes of the file were read.
    pub fn bytes_read(&self) -> u64 {
        self.read
    }

    /// Reads the next record that is not blank.
    pub fn next(&mut self, into: &mut Record) -> std::io::Result<Next> {
        loop {
            let Some((offset, first)) = self.take_line()? else { return Ok(Next::End) };
            into.line = self.next_line;
            into.offset = offset;
            self.next_line += 1;
            if first.len() > MAX_RECORD_BYTES {
                into.split(&[], self.delimiter);
                return Ok(Next::Bad("the line is longer than 64 KB; check the delimiter and the line ends"));
            }
            let Some(text) = self.complete(first, into)? else {
                return Ok(Next::Bad("a quote is opened and never closed; double it (\"\") or remove it"));
            };
            into.split(&text, self.delimiter);
            if !into.is_blank() {
                return Ok(Next::Record);
            }
        }
    }

    /// Adds following lines while a quote is open. `None` where it is never closed, or where what it
    /// swallowed is no row of this file: then `into` holds the first line as it is, and the lines after
    /// it are read again as rows of their own.
    fn complete(&mut self, first: Vec<u8>, into: &mut Record) -> std::io::Result<Option<Vec<u8>>> {
        let mut quotes = Quotes::NONE.after(&first, self.delimiter);
        if !quotes.is_open() {
            return Ok(Some(without_line_end(first)));
        }
        let mut text = first.clone();
        let mut taken: Vec<(u64, Vec<u8>)> = Vec::new();
        while quotes.is_open() && text.len() <= MAX_RECORD_BYTES {
            let Some((offset, line)) = self.take_line()? else { break };
            quotes = quotes.after(&line, self.delimiter);
            text.extend_from_slice(&line);
            taken.push((offset, line));
        }
        let text = without_line_end(text);
        if !quotes.is_open() && !quotes.are_odd {
            into.split(&text, self.delimiter);
            if self.cell_count.is_none_or(|expected| expected == into.len()) {
                self.next_line += taken.len() as u64;
                return Ok(Some(text));
            }
        }
        for line in taken.into_iter().rev() {
            self.ahead.push_front(line);
        }
        into.split(&without_line_end(first), self.delimiter);
        Ok(None)
    }

    fn take_line(&mut self) -> std::io::Result<Option<(u64, Vec<u8>)>> {
        if let Some(line) = self.ahead.pop_front() {
            return Ok(Some(line));
        }
        let mut line = Vec::new();
        let offset = self.read;
        let limit = MAX_RECORD_BYTES as u64 + 2;
        let read = self.from.by_ref().take(limit).read_until(b'\n', &mut line)?;
        self.read += read as u64;
        if read as u64 == limit && line.last() != Some(&b'\n') {
            self.read += skip_line(&mut self.from)?;
        }
        Ok((read > 0).then_some((offset, line)))
    }
}

/// Passes over the rest of a line that is too long to keep.
fn skip_line(from: &mut impl BufRead) -> std::io::Result<u64> {
    let mut skipped = 0;
    loop {
        let buffer = from.fill_buf()?;
        if buffer.is_empty() {
            return Ok(skipped);
        }
        let (length, found) =
            buffer.iter().position(|b| *b == b'\n').map_or((buffer.len(), false), |at| (at + 1, true));
        from.consume(length);
        skipped += length as u64;
        if found {
            return Ok(skipped);
        }
    }
}

fn without_line_end(mut line: Vec<u8>) -> Vec<u8> {
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<(u64, Result<Vec<String>, &'static str>)> {
        let mut splitter = Splitter::new(text.as_bytes(), b',', 0, 1);
        let mut record = Record::default();
        let mut out = Vec::new();
        loop {
            let fields = |record: &Record| record.fields().map(|f| String::from_utf8_lossy(f).into_owned()).collect();
            match splitter.next(&mut record).unwrap() {
                Next::Record => out.push((record.line, Ok(fields(&record)))),
                Next::Bad(reason) => out.push((record.line, Err(reason))),
                Next::End => return out,
            }
        }
    }

    #[expect(clippy::unnecessary_wraps, reason = "compared with what the splitter gives")]
    fn fields(list: &[&str]) -> Result<Vec<String>, &'static str> {
        Ok(list.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn quotes_protect_delimiters_line_ends_and_quotes() {
        let rows = all("a,\"b,c\",\"say \"\"hi\"\"\"\r\n\n\"two\nlines\",x,\nlast,5\" pipe,");
        assert_eq!(rows[0], (1, fields(&["a", "b,c", "say \"hi\""])));
        assert_eq!(rows[1], (3, fields(&["two\nlines", "x", ""])));
        assert_eq!(rows[2], (5, fields(&["last", "5\" pipe", ""])));
        assert_eq!(rows.len(), 3);
    }

    #[test]
    fn an_open_quote_costs_one_line_and_not_the_rest_of_the_file() {
        let rows = all("a,b\n1,\"open\n2,fine\n3,fine\n");
        assert_eq!(rows[0], (1, fields(&["a", "b"])));
        assert!(rows[1].0 == 2 && rows[1].1.is_err());
        assert_eq!(rows[2], (3, fields(&["2", "fine"])));
        assert_eq!(rows[3], (4, fields(&["3", "fine"])));
    }

    #[test]
    fn an_open_quote_that_a_later_one_seems_to_close_swallows_no_rows() {
        let text = "a,b\n1,\"open\n2,fine\n3,\"quoted\"\n";
        let mut splitter = Splitter::new(text.as_bytes(), b',', 0, 1);
        splitter.cell_count = Some(2);
        let mut record = Record::default();
        let seen: Vec<(u64, bool)> = (0..4)
            .map(|_| {
                let next = splitter.next(&mut record).unwrap();
                (record.line, next == Next::Record)
            })
            .collect();
        assert_eq!(seen, [(1, true), (2, false), (3, true), (4, true)]);
    }

    #[test]
    fn a_huge_line_is_passed_over_in_bounded_memory() {
        let long = "x".repeat(300_000);
        let rows = all(&format!("a\n{long}\nb\n"));
        assert_eq!(rows[0], (1, fields(&["a"])));
        assert!(rows[1].0 == 2 && rows[1].1.is_err());
        assert_eq!(rows[2], (3, fields(&["b"])));
    }
}
