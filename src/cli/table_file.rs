//! A small CSV file with a header, written by hand or by a spreadsheet, and everything that is wrong in it.

use std::path::Path;
use std::str::FromStr;

use super::Failure;
use super::input_file::{TABLE, read_text};
use crate::domain::money::{Currency, Volume};
use crate::plan::fault::suggest;
use crate::text::{is_unseen, shortened};

/// The rows of a file by column name.
pub struct TableFile {
    name: String,
    header: Vec<String>,
    rows: Vec<(u64, csv::StringRecord)>,
    /// What is wrong, each with its line.
    faults: Vec<(u64, String)>,
}

impl TableFile {
    /// Reads a file. Columns are separated by commas, or by semicolons or tabs as some spreadsheets write them.
    pub fn read(file: &Path, known: &[&str], needed: &[&str]) -> Result<Self, Failure> {
        let name = file.display().to_string();
        let text = read_text(file, TABLE)?;
        let head = text.lines().next().unwrap_or_default();
        let delimiter = [b',', b';', b'\t'].into_iter().find(|sign| head.as_bytes().contains(sign)).unwrap_or(b',');
        let mut reader = csv::ReaderBuilder::new()
            .trim(csv::Trim::All)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text.as_bytes());
        let header = reader.headers()?.iter().map(|column| column.to_lowercase().replace(' ', "_")).collect();
        let mut table = Self { name, header, rows: Vec::new(), faults: Vec::new() };
        table.check_header(known, needed);
        for record in reader.records() {
            let record = record?;
            let line = record.position().map_or(0, csv::Position::line);
            table.rows.push((line, record));
            table.check_row(table.rows.len() - 1);
        }
        Ok(table)
    }

    fn check_row(&mut self, row: usize) {
        let cells = &self.rows[row].1;
        let (count, columns) = (cells.len(), self.header.len());
        let bad = cells.iter().position(|cell| cell.contains(|c| is_unseen(c) || c == '\n' || c == '\t'));
        if count > columns {
            self.fault(row, format!("{count} cells, but the header has {columns} columns"));
        }
        if let Some(column) = bad.and_then(|bad| self.header.get(bad)) {
            let message = format!("{column}: there is a line end or a control character in it; is a quote not closed?");
            self.fault(row, message);
        }
    }

    fn check_header(&mut self, known: &[&str], needed: &[&str]) {
        let mut faults = Vec::new();
        for (place, column) in self.header.iter().enumerate() {
            if !known.contains(&column.as_str()) {
                let advice = suggest(column, known.iter().copied());
                faults.push(format!("unknown column “{}”; {advice}", shortened(column)));
            } else if self.header[..place].contains(column) {
                faults.push(format!("the column “{column}” is there twice"));
            }
        }
        for column in needed.iter().filter(|column| !self.header.iter().any(|name| name == *column)) {
            faults.push(format!("the column “{column}” is missing"));
        }
        self.faults.extend(faults.into_iter().map(|fault| (1, fault)));
    }

    /// How many rows there are below the header.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// The line of the file on which a row begins.
    pub fn line(&self, row: usize) -> u64 {
        self.rows.get(row).map_or(0, |(line, _)| *line)
    }

    /// A cell; empty where the row or the column is not there.
    pub fn cell(&self, row: usize, column: &str) -> &str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| self.rows.get(row)?.1.get(place)).unwrap_or("")
    }

    /// Notes what is wrong in a row.
    pub fn fault(&mut self, row: usize, message: impl std::fmt::Display) {
        self.faults.push((self.line(row), message.to_string()));
    }

    /// Notes what is wrong with a cell, which may be too long to be repeated.
    fn wrong(&mut self, row: usize, column: &str, fault: &str) {
        let cell = self.cell(row, column);
        let fault = if cell.is_empty() { fault.to_owned() } else { fault.replace(cell, &shortened(cell)) };
        self.fault(row, format!("{column}: {fault}"));
    }

    /// Everything that is wrong, in the order of the file, each with file and line.
    pub fn faults(mut self) -> Vec<String> {
        self.faults.sort_by_key(|(line, _)| *line);
        self.faults.iter().map(|(line, fault)| format!("{}:{line}: {fault}", self.name)).collect()
    }

    /// A cell as a value, or what it is when the cell is empty.
    pub fn value<T>(&mut self, row: usize, column: &str, empty: T) -> T
    where
        T: FromStr<Err: std::fmt::Display>,
    {
        let text = self.cell(row, column);
        if text.is_empty() {
            return empty;
        }
        match text.parse() {
            Ok(value) => value,
            Err(fault) => {
                self.wrong(row, column, &fault.to_string());
                empty
            }
        }
    }

    /// A cell as a whole number.
    pub fn whole<T: FromStr>(&mut self, row: usize, column: &str, empty: T) -> T {
        let text = self.cell(row, column);
        if text.is_empty() {
            return empty;
        }
        let Ok(value) = text.parse() else {
            self.fault(row, format!("{column}: “{}” is not a whole number", shortened(self.cell(row, column))));
            return empty;
        };
        value
    }

    /// A cell as a volume.
    pub fn points(&mut self, row: usize, column: &str, empty: Volume) -> Volume {
        if self.reads_as_thousands(row, column) { empty } else { self.value(row, column, empty) }
    }

    /// A cell as an amount in minor units.
    pub fn money(&mut self, row: usize, column: &str, currency: Currency, empty: i64) -> i64 {
        if currency.places() < 3 && self.reads_as_thousands(row, column) {
            return empty;
        }
        let text = self.cell(row, column);
        let read = if text.is_empty() { Ok(empty) } else { currency.parse_minor(text) };
        read.unwrap_or_else(|fault| {
            self.wrong(row, column, &fault.to_string());
            empty
        })
    }

    /// Three decimals are refused, as in cases: in half of the world they are thousands.
    fn reads_as_thousands(&mut self, row: usize, column: &str) -> bool {
        let text = self.cell(row, column);
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let Some((whole, decimals)) = text.split_once('.') else { return false };
        if decimals.len() != 3 || !digits(decimals) || !digits(whole.trim_start_matches('-')) || whole.len() > 20 {
            return false;
        }
        let message = format!(
            "{column}: “{text}” can be read as {whole}{decimals} or as a number with decimals; write {whole}{decimals}, or \
             {whole}.{decimals}0"
        );
        self.fault(row, message);
        true
    }
}

/// Every fault of some files as one failure, the first ones of many.
pub fn failure(mut faults: Vec<String>) -> Failure {
    const SHOWN: usize = 50;
    let more = faults.len().saturating_sub(SHOWN);
    faults.truncate(SHOWN);
    if more > 0 {
        faults.push(format!("and {more} more"));
    }
    Failure::failed(faults.join("\n"))
}
