//! Sheets of other systems: reading CSV files row by row, what their columns mean (the mapping), and
//! writing CSV. Bytes in, values out; it knows no database and decides nothing about members or orders.

mod cells;
mod edges;
mod mapping;
mod reader;
mod splitter;
mod writer;

pub use cells::{CellFault, Cells};
pub use edges::{EdgeFault, Person, unfold};
pub use mapping::{
    ATTRIBUTES, Case, Column, Columns, EdgeRules, FileFormat, ImportKind, MEASURES, Mapping, MappingFault, OrderRules,
    Original, Repeats, Returns, RowRules, SkipRule, Spread, Unmatched, VolumeFrom,
};
pub use reader::{Header, Row, RowFault, Rows, SheetFault};
pub use writer::{CsvWriter, neutralised};
