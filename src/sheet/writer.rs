//! Writes CSV that opens safely in a spreadsheet: RFC 4180, and a cell that a spreadsheet would take for
//! a formula gets an apostrophe in front, so that it is shown as text and never worked out.

use std::borrow::Cow;
use std::io::{self, Write};

/// The cell as it may be opened in a spreadsheet. Plain numbers, negative ones too, stay as they are.
pub fn neutralised(cell: &str) -> Cow<'_, str> {
    let is_number = || {
        let digits = cell.trim_start_matches(['-', '+']);
        digits.len() + 1 >= cell.len()
            && digits.starts_with(|c: char| c.is_ascii_digit())
            && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    };
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !is_number() {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Writes records.
pub struct CsvWriter<W: Write>(W);

impl<W: Write> CsvWriter<W> {
    /// Writes to `to`.
    pub const fn new(to: W) -> Self {
        Self(to)
    }

    /// Writes one record.
    pub fn write<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        for (at, cell) in cells.into_iter().enumerate() {
            if at > 0 {
                self.0.write_all(b",")?;
            }
            let cell = neutralised(cell);
            if cell.contains(['"', ',', '\n', '\r']) {
                write!(self.0, "\"{}\"", cell.replace('"', "\"\""))?;
            } else {
                self.0.write_all(cell.as_bytes())?;
            }
        }
        self.0.write_all(b"\r\n")
    }

    /// Writes what is still buffered and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        self.0.flush()?;
        Ok(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        for formula in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "=HYPERLINK(\"http://x\")"] {
            assert_eq!(neutralised(formula), format!("'{formula}"), "{formula}");
        }
        for plain in ["-5", "+49", "-1.50", "12", "Smith", "a=b"] {
            assert_eq!(neutralised(plain), plain);
        }
    }

    #[test]
    fn records_follow_rfc_4180() {
        let mut out = CsvWriter::new(Vec::new());
        out.write(["a", "b,c", "say \"hi\"", "=1"]).unwrap();
        assert_eq!(String::from_utf8(out.finish().unwrap()).unwrap(), "a,\"b,c\",\"say \"\"hi\"\"\",'=1\r\n");
    }
}
