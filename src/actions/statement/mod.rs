//! Statements of a committed run: what they say, exporting them, and sending them. A statement is
//! drawn from the committed run whenever it is needed and comes out as the same bytes each time.

mod account;
mod book;
pub mod export;
mod lines;
pub mod send;

pub use book::StatementBook;
