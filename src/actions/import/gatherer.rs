//! Gathers the rows of each order, wherever in the file they stand. A first pass notes the last row of
//! every order; the second gives an order when that row has come. Rows that stand near each other are
//! kept; of an order that reaches further only the places are, and its rows are read again.

use std::collections::HashMap;

use super::book::Book;
use super::foreseen::Wanted;
use super::order_rows::{Group, OrderRow, number_of, read};
use super::{ImportFault, ImportInput};
use crate::domain::calendar::Moment;
use crate::domain::company::Company;
use crate::sheet::{Cells, Row, Rows, SheetFault};

/// How many lines further the last row of an order may stand for the rows to be kept until then.
const NEAR: u64 = 1000;

/// What the first pass found out.
pub(super) struct Survey {
    /// The line of the last row of each order, by the hash of its number. Where two numbers share a
    /// hash, one of the orders waits until the end of the file.
    last_lines: HashMap<u64, u64>,
    /// What a dry run has to remember.
    pub wanted: Wanted,
}

/// The first pass over a file of orders.
pub(super) fn look_over(
    book: &mut Book<'_>,
    input: &ImportInput<'_>,
    company: &Company,
) -> Result<Survey, ImportFault> {
    let mapping = input.mapping;
    let mut rows = Rows::open(input.path, input.file_name, &mapping.file)?;
    rows.require(mapping.needed_columns())?;
    let mut survey = Survey { last_lines: HashMap::new(), wanted: Wanted::default() };
    let mut seen = 0_u64;
    while let Some(row) = rows.next_row()? {
        let cells = Cells::new(mapping, &row, company.zone);
        let is_skipped = row.fault.is_none() && cells.is_skipped();
        if let Ok(number) = number_of(cells)
            && !is_skipped
        {
            survey.last_lines.insert(hash(&[&number]), row.line);
            if input.is_dry_run {
                survey.wanted.look_at(mapping, cells, &number);
            }
        }
        seen += 1;
        if seen.is_multiple_of(20_000) {
            book.tell(0, 0)?;
        }
    }
    Ok(survey)
}

/// Where a row stands in the file.
#[derive(Debug, Clone, Copy)]
struct Place {
    offset: u64,
    line: u64,
}

/// What is kept of an order that is not complete.
enum Kept {
    Rows(Vec<OrderRow>),
    Places(Vec<Place>),
}

/// A return that waits for the sales of the whole file.
pub(super) struct Waiting {
    number: String,
    ordered_at: Moment,
    places: Vec<Place>,
}

/// The second pass.
pub(super) struct Gatherer<'a> {
    input: ImportInput<'a>,
    company: &'a Company,
    survey: &'a Survey,
    open: HashMap<String, Kept>,
    /// Reads rows a second time.
    again: Rows,
    returns: Vec<Waiting>,
}

impl<'a> Gatherer<'a> {
    pub fn new(input: ImportInput<'a>, company: &'a Company, survey: &'a Survey) -> Result<Self, SheetFault> {
        let again = Rows::open(input.path, input.file_name, &input.mapping.file)?;
        Ok(Self { input, company, survey, open: HashMap::new(), again, returns: Vec::new() })
    }

    /// Takes a row; gives the order that is complete with it. Goods that came back wait for the sales.
    pub fn add(&mut self, row: Row) -> Result<Option<Group>, SheetFault> {
        let cells = Cells::new(self.input.mapping, &row, self.company.zone);
        let number = match number_of(cells) {
            Ok(number) => number,
            Err(reason) => {
                let reason = row.fault.as_ref().map_or(reason, ToString::to_string);
                let rows = vec![OrderRow { row, values: Err(reason) }];
                return Ok(Some(Group { number: String::new(), rows }));
            }
        };
        let last = self.survey.last_lines.get(&hash(&[&number])).copied().unwrap_or(row.line);
        let line = row.line;
        let kept = self.open.entry(number.clone()).or_insert_with(|| {
            if last.saturating_sub(line) > NEAR { Kept::Places(Vec::new()) } else { Kept::Rows(Vec::new()) }
        });
        match kept {
            Kept::Rows(rows) => rows.push(order_row(row, self.input, self.company)),
            Kept::Places(places) => places.push(Place { offset: row.offset, line }),
        }
        if line < last { Ok(None) } else { self.close(number) }
    }

    /// The end of the file: numbers of orders that are still open.
    pub fn still_open(&self) -> Vec<String> {
        let mut numbers: Vec<String> = self.open.keys().cloned().collect();
        numbers.sort_unstable();
        numbers
    }

    /// Gives an order with all its rows, or lets it wait.
    pub fn close(&mut self, number: String) -> Result<Option<Group>, SheetFault> {
        let rows = match self.open.remove(&number) {
            None => return Ok(None),
            Some(Kept::Rows(rows)) => rows,
            Some(Kept::Places(places)) => self.read_again(&places)?,
        };
        let group = Group { number, rows };
        let Some(ordered_at) = group.returned_at(self.input.mapping) else { return Ok(Some(group)) };
        let places = group.rows.iter().map(|row| Place { offset: row.row.offset, line: row.row.line }).collect();
        self.returns.push(Waiting { number: group.number, ordered_at, places });
        Ok(None)
    }

    /// The returns of the file in the order of time.
    pub fn take_returns(&mut self) -> Vec<Waiting> {
        let mut returns = std::mem::take(&mut self.returns);
        returns.sort_by_key(|waiting| (waiting.ordered_at, waiting.places.first().map(|place| place.line)));
        returns
    }

    /// A return that waited, with its rows.
    pub fn resume(&mut self, waiting: Waiting) -> Result<Group, SheetFault> {
        Ok(Group { rows: self.read_again(&waiting.places)?, number: waiting.number })
    }

    fn read_again(&mut self, places: &[Place]) -> Result<Vec<OrderRow>, SheetFault> {
        let mut rows = Vec::with_capacity(places.len());
        let mut next_line = 0;
        for place in places {
            if place.line != next_line {
                self.again.seek(place.offset, place.line)?;
            }
            let Some(row) = self.again.next_row()? else { break };
            next_line = row.line + 1;
            rows.push(order_row(row, self.input, self.company));
        }
        Ok(rows)
    }
}

fn order_row(row: Row, input: ImportInput<'_>, company: &Company) -> OrderRow {
    let cells = Cells::new(input.mapping, &row, company.zone);
    let values = row.fault.as_ref().map_or_else(|| read(cells, company), |fault| Err(fault.to_string()));
    OrderRow { row, values }
}

/// FNV-1a over texts, the same in every process.
pub(super) fn hash(texts: &[&str]) -> u64 {
    let bytes = texts.iter().flat_map(|text| text.bytes().chain([0xFF]));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}
