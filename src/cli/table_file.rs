//! A small CSV file with a header, written by hand or by a spreadsheet, and everything that is wrong in it.

use std::path::Path;
use std::str::FromStr;

use super::Failure;
use super::plan::read_text;
use crate::domain::money::Currency;
use crate::plan::fault::suggest;

/// The rows of a file by column name.
pub struct TableFile {
    name: String,
    header: Vec<String>,
    rows: Vec<(u64, csv::StringRecord)>,
    /// What is wrong, each with its line.
    faults: Vec<(u64, String)>,
}

impl TableFile {
    /// Reads a file. Columns are separated by commas, or by semicolons as some spreadsheets write them.
    pub fn read(file: &Path, known: &[&str], needed: &[&str]) -> Result<Self, Failure> {
        let name = file.display().to_string();
        let text = read_text(file)?;
        let text = text.trim_start_matches('\u{feff}');
        let head = text.lines().next().unwrap_or_default();
        let delimiter = if head.contains(';') && !head.contains(',') { b';' } else { b',' };
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
            let row = table.rows.len() - 1;
            let (cells, columns) = (table.rows[row].1.len(), table.header.len());
            if cells > columns {
                table.fault(row, format!("{cells} cells, but the header has {columns} columns"));
            }
        }
        Ok(table)
    }

    fn check_header(&mut self, known: &[&str], needed: &[&str]) {
        let mut faults = Vec::new();
        for (place, column) in self.header.iter().enumerate() {
            if !known.contains(&column.as_str()) {
                let advice = suggest(column, known.iter().copied());
                faults.push(format!("unknown column “{column}”; {advice}"));
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

    /// A cell; empty where the row or the column is not there.
    pub fn cell(&self, row: usize, column: &str) -> &str {
        let place = self.header.iter().position(|name| name == column);
        place.and_then(|place| self.rows.get(row)?.1.get(place)).unwrap_or("")
    }

    /// Notes what is wrong in a row.
    pub fn fault(&mut self, row: usize, message: impl std::fmt::Display) {
        let line = self.rows.get(row).map_or(0, |(line, _)| *line);
        self.faults.push((line, message.to_string()));
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
                self.fault(row, format!("{column}: {fault}"));
                empty
            }
        }
    }

    /// A cell as an amount in minor units.
    pub fn money(&mut self, row: usize, column: &str, currency: Currency, empty: i64) -> i64 {
        let text = self.cell(row, column);
        let read = if text.is_empty() { Ok(empty) } else { currency.parse_minor(text) };
        read.unwrap_or_else(|fault| {
            self.fault(row, format!("{column}: {fault}"));
            empty
        })
    }
}
