//! Reads a CSV file row by row: line numbers of the physical file, the stated encoding, one row in
//! memory at a time. A row that cannot be read is told with its line and the next one goes on.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, Read as _, Seek as _, SeekFrom};
use std::path::Path;
use std::sync::Arc;

use encoding_rs::Encoding;

use super::FileFormat;
use super::splitter::{Next, Record, Splitter};

/// The longest value of one cell.
const MAX_CELL_BYTES: usize = 4096;

/// Why a file cannot be imported at all.
#[derive(Debug, thiserror::Error)]
pub enum SheetFault {
    /// The file cannot be opened or read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// Its name.
        file: String,
        /// What the system said.
        reason: String,
    },
    /// There is nothing in it.
    #[error("{0} is empty; the first line must name the columns")]
    Empty(String),
    /// Two bytes a letter.
    #[error("{0} is encoded as UTF-16; save it as “CSV UTF-8” and import that file")]
    Utf16(String),
    /// The header cannot be read.
    #[error("{file}, line 1: {reason}")]
    Header {
        /// Its name.
        file: String,
        /// Why.
        reason: String,
    },
    /// The mapping names a column that the file does not have.
    #[error(
        "{file} has no column “{column}”{}; its columns are: {}",
        .nearest.as_ref().map(|n| format!(" (did you mean “{n}”?)")).unwrap_or_default(), .known.join(", ")
    )]
    NoColumn {
        /// Its name.
        file: String,
        /// The column that the mapping names.
        column: String,
        /// The most similar column that is there.
        nearest: Option<String>,
        /// The columns that are there.
        known: Vec<String>,
    },
}

impl SheetFault {
    /// What the system said about a file.
    pub fn unreadable(file: &str, fault: &std::io::Error) -> Self {
        Self::Unreadable { file: file.to_owned(), reason: fault.to_string() }
    }
}

/// Why one row cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// Not a record.
    #[error("{0}")]
    Broken(&'static str),
    /// Too few or too many cells.
    #[error("the row has {found} cells, the header has {expected}; check for a missing or an extra delimiter")]
    CellCount {
        /// Cells of the row.
        found: usize,
        /// Columns of the header.
        expected: usize,
    },
    /// Bytes that the encoding does not have.
    #[error(
        "column “{column}” is not {encoding} (byte 0x{byte:02X}); set `encoding` in the mapping, such as windows-1252, or save the file as UTF-8"
    )]
    Encoding {
        /// The column.
        column: String,
        /// The encoding of the mapping.
        encoding: &'static str,
        /// The first byte that does not fit.
        byte: u8,
    },
    /// A value that cannot be meant.
    #[error("column “{column}” holds {bytes} bytes, at most {MAX_CELL_BYTES} fit; shorten it")]
    TooLong {
        /// The column.
        column: String,
        /// Its length.
        bytes: usize,
    },
    /// A character that is not text.
    #[error("column “{column}” holds the control character U+{code:04X}; remove it")]
    Control {
        /// The column.
        column: String,
        /// Its code.
        code: u32,
    },
}

/// The names of the columns.
#[derive(Debug)]
pub struct Header {
    names: Vec<String>,
    positions: HashMap<String, usize>,
}

impl Header {
    /// A header of these names.
    pub fn new(names: Vec<String>) -> Self {
        let positions = names.iter().enumerate().rev().map(|(at, name)| (name.clone(), at)).collect();
        Self { names, positions }
    }

    /// The names in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Where a column stands.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.positions.get(name).copied()
    }
}

/// One row of the file.
#[derive(Debug, Clone)]
pub struct Row {
    /// The physical line on which it starts, from 1.
    pub line: u64,
    /// Where it starts in the file.
    pub offset: u64,
    /// The columns.
    pub header: Arc<Header>,
    /// The cells, trimmed, in the order of the columns; as much as could be read where `fault` is set.
    pub cells: Vec<String>,
    /// Why the row cannot be used.
    pub fault: Option<RowFault>,
}

impl Row {
    /// The cell of a column; empty where there is none.
    pub fn cell(&self, column: &str) -> &str {
        self.header.position(column).and_then(|at| self.cells.get(at)).map_or("", String::as_str)
    }
}

/// The rows of a file.
pub struct Rows {
    splitter: Splitter<BufReader<File>>,
    record: Record,
    header: Arc<Header>,
    encoding: &'static Encoding,
    delimiter: u8,
    path: std::path::PathBuf,
    file: String,
    total_bytes: u64,
}

impl Rows {
    /// Opens a file and reads its header; `file` is what people call it.
    pub fn open(path: &Path, file: &str, format: &FileFormat) -> Result<Self, SheetFault> {
        let unreadable = |fault| SheetFault::unreadable(file, &fault);
        let mut handle = File::open(path).map_err(unreadable)?;
        let total_bytes = handle.metadata().map_err(unreadable)?.len();
        let mut mark = Vec::with_capacity(3);
        handle.by_ref().take(3).read_to_end(&mut mark).map_err(unreadable)?;
        if mark.starts_with(&[0xFF, 0xFE]) || mark.starts_with(&[0xFE, 0xFF]) {
            return Err(SheetFault::Utf16(file.to_owned()));
        }
        let start = if mark == [0xEF, 0xBB, 0xBF] { 3 } else { 0 };
        handle.seek(SeekFrom::Start(start)).map_err(unreadable)?;
        let splitter = Splitter::new(BufReader::with_capacity(1 << 16, handle), format.delimiter, start, 1);
        let mut rows = Self {
            splitter,
            record: Record::default(),
            header: Arc::new(Header::new(Vec::new())),
            encoding: format.encoding,
            delimiter: format.delimiter,
            path: path.to_owned(),
            file: file.to_owned(),
            total_bytes,
        };
        rows.read_header()?;
        Ok(rows)
    }

    fn read_header(&mut self) -> Result<(), SheetFault> {
        let file = || self.file.clone();
        match self.splitter.next(&mut self.record) {
            Err(fault) => Err(SheetFault::unreadable(&self.file, &fault)),
            Ok(Next::End) => Err(SheetFault::Empty(file())),
            Ok(Next::Bad(reason)) => Err(SheetFault::Header { file: file(), reason: reason.to_owned() }),
            Ok(Next::Record) => {
                let (names, fault) = self.decoded();
                if let Some(fault) = fault {
                    return Err(SheetFault::Header { file: self.file.clone(), reason: fault.to_string() });
                }
                self.splitter.cell_count = Some(names.len());
                self.header = Arc::new(Header::new(names));
                Ok(())
            }
        }
    }

    /// The columns.
    pub fn header(&self) -> &Arc<Header> {
        &self.header
    }

    /// Makes sure that every column the mapping names is there.
    pub fn require<'a>(&self, columns: impl IntoIterator<Item = &'a str>) -> Result<(), SheetFault> {
        let missing = columns.into_iter().find(|column| self.header.position(column).is_none());
        missing.map_or(Ok(()), |column| {
            let known = self.header.names().to_vec();
            let nearest = crate::text::nearest(column, known.iter().map(String::as_str)).map(str::to_owned);
            Err(SheetFault::NoColumn { file: self.file.clone(), column: column.to_owned(), nearest, known })
        })
    }

    /// Bytes read so far, and bytes in all.
    pub fn progress(&self) -> (u64, u64) {
        (self.splitter.bytes_read(), self.total_bytes)
    }

    /// Goes on at a row that was read before.
    pub fn seek(&mut self, offset: u64, line: u64) -> Result<(), SheetFault> {
        let unreadable = |fault| SheetFault::unreadable(&self.file, &fault);
        let mut handle = File::open(&self.path).map_err(unreadable)?;
        handle.seek(SeekFrom::Start(offset)).map_err(unreadable)?;
        self.splitter = Splitter::new(BufReader::new(handle), self.delimiter, offset, line);
        self.splitter.cell_count = Some(self.header.names().len());
        Ok(())
    }

    /// The next row, or `None` at the end.
    pub fn next_row(&mut self) -> Result<Option<Row>, SheetFault> {
        let next = self.splitter.next(&mut self.record).map_err(|fault| SheetFault::unreadable(&self.file, &fault))?;
        let broken = match next {
            Next::End => return Ok(None),
            Next::Bad(reason) => Some(RowFault::Broken(reason)),
            Next::Record => None,
        };
        let (cells, fault) = self.decoded();
        let expected = self.header.names().len();
        let fault = broken
            .or_else(|| {
                let found = self.record.len();
                (found != expected).then_some(RowFault::CellCount { found, expected })
            })
            .or(fault);
        Ok(Some(Row {
            line: self.record.line,
            offset: self.record.offset,
            header: Arc::clone(&self.header),
            cells,
            fault,
        }))
    }

    /// The cells of the record as text, and the first thing that is wrong with them.
    fn decoded(&self) -> (Vec<String>, Option<RowFault>) {
        let mut fault = None;
        let mut cells = Vec::with_capacity(self.record.len());
        for (at, bytes) in self.record.fields().enumerate() {
            let column = || self.header.names().get(at).cloned().unwrap_or_else(|| (at + 1).to_string());
            let shown = if bytes.len() > MAX_CELL_BYTES {
                fault.get_or_insert_with(|| RowFault::TooLong { column: column(), bytes: bytes.len() });
                &bytes[..80]
            } else {
                bytes
            };
            let text = if let Some(text) = self.encoding.decode_without_bom_handling_and_without_replacement(shown) {
                text
            } else {
                fault.get_or_insert_with(|| RowFault::Encoding {
                    column: column(),
                    encoding: self.encoding.name(),
                    byte: first_wrong_byte(bytes),
                });
                String::from_utf8_lossy(shown)
            };
            if let Some(control) = text.chars().find(|c| is_not_text(*c)) {
                fault.get_or_insert_with(|| RowFault::Control { column: column(), code: control.into() });
            }
            cells.push(text.trim().to_owned());
        }
        (cells, fault)
    }
}

/// Control characters and the marks that turn the direction of everything after them. A tab or a line
/// end within a cell is white space.
fn is_not_text(c: char) -> bool {
    (c.is_control() && !matches!(c, '\t' | '\n' | '\r'))
        || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}' | '\u{FFFE}' | '\u{FFFF}')
}

fn first_wrong_byte(bytes: &[u8]) -> u8 {
    let valid = std::str::from_utf8(bytes).map_or_else(|fault| fault.valid_up_to(), str::len);
    bytes.get(valid).or_else(|| bytes.iter().find(|b| !b.is_ascii())).copied().unwrap_or_default()
}
